import { acceptedHosts, allStsHosts } from "@iamgate/token";
import { GATE_DEFAULTS } from "@iamgate/webhook";
import * as v from "valibot";
import { DIAL_ADDRESS_FORM, LISTEN_ADDRESS_FORM, parseDialAddress, parseListenAddress } from "../lib/address.ts";
import { CLUSTER_ID_FORM, parseClusterId } from "../lib/cluster-id.ts";
import { DURATION_FORM, DURATION_PATTERN, formatDuration, parseDuration } from "../lib/duration.ts";
import { VERIFIER_FLAGS } from "../verifier-flags.ts";
import { DEFAULTS } from "./resolve.ts";

// Each leaf says, as its message, what is expected there, and as its description what it is for: problems, the JSON
// schema for editors and its tooltips all come from here.

/** Bun sends 256 requests at once and queues the others inside, where no bound of ours reaches them. */
const MOST_CALLS = 240;
const PARTITIONS = [...new Set(allStsHosts().map((sts) => sts.partition))];
const MOST_ENTRIES = 1_048_576;
const MOST_CLUSTERS = 256;
const PATH_FORM = "a path such as /authenticate/prod, of letters, digits and -._~%";
const RESERVED_PATHS: ReadonlySet<string> = new Set(["/healthz", "/livez", "/readyz", "/metrics"]);

const cluster = mapping("a mapping with id and awsAuth", {
  id: text("What tokens must be signed for: the cluster's name or any unique id.", CLUSTER_ID_FORM, parseClusterId),
  awsAuth: file("The manifest of its ConfigMap kube-system/aws-auth; read again when it changes."),
  path: v.optional(
    text(
      "Where it is served; /authenticate for the only cluster, /authenticate/<id> for one of several.",
      PATH_FORM,
      parsePath,
    ),
  ),
});

const tls = mapping("a mapping with cert and key, or clientCa", {
  cert: v.optional(file("Serve with this certificate chain (PEM) instead of one that iamgate makes; needs key.")),
  key: v.optional(file("The private key of cert (PEM).")),
  clientCa: v.optional(
    file("Answer only clients whose certificate is of one of these authorities (PEM); any client by default."),
  ),
});

const sts = mapping("a mapping of settings", {
  partition: v.optional(
    v.pipe(
      v.picklist(PARTITIONS, `one of ${PARTITIONS.join(", ")}`),
      v.description(`The AWS partition that identities must be of; default ${DEFAULTS.partition}.`),
    ),
  ),
  regions: v.optional(
    list("Regions that this release does not know yet.", text("A region.", "a region such as eu-west-9", parseRegion)),
  ),
  hosts: v.optional(
    list(
      "More STS that tokens may be signed for: VPC endpoints or a local STS.",
      text("HOST[:PORT][=REGION].", VERIFIER_FLAGS["sts-host"].expected, VERIFIER_FLAGS["sts-host"].parse),
    ),
  ),
  futureSkew: v.optional(
    duration(`How far ahead a token may be dated; default ${DEFAULTS.futureSkewSeconds}s.`, { from: 0, to: 900_000 }),
  ),
  unsafeDial: v.optional(
    mapping("a mapping with address and ca", {
      address: text(
        "UNSAFE with an STS that is not your own: ask there whatever STS a token names.",
        DIAL_ADDRESS_FORM,
        parseDialAddress,
      ),
      ca: file("The only authorities that this STS's certificate may be of (PEM)."),
    }),
  ),
});

const rules = GATE_DEFAULTS;
const gate = mapping("a mapping of settings", {
  callsPerSecondPerPair: v.optional(
    count(
      `STS calls for one pair of access key and session token: so many at once and a second; successes are not counted; default ${rules.callsPerSecondPerPair}.`,
      100_000,
    ),
  ),
  callsPerSecond: v.optional(
    count(
      `STS calls in all: so many at once and a second; successes are not counted, a fifth is kept for known pairs; default ${rules.callsPerSecond}.`,
      1_000_000,
    ),
  ),
  pairs: v.optional(
    count(
      `Pairs known for an hour since STS last confirmed them; as many others are watched; default ${rules.pairs}.`,
      MOST_ENTRIES,
    ),
  ),
  verifiedEntries: v.optional(count(`Identities remembered; default ${rules.verifiedEntries}.`, MOST_ENTRIES)),
  refusedEntries: v.optional(count(`STS's refusals remembered; default ${rules.refusedEntries}.`, MOST_ENTRIES)),
  lifetime: v.optional(
    duration(`How long at most they are; 0s remembers nothing; default ${formatDuration(rules.lifetimeMs)}.`, {
      from: 0,
      to: 60_000,
    }),
  ),
  callsInFlight: v.optional(count(`STS calls in flight, in all; default ${rules.callsInFlight}.`, MOST_CALLS)),
  callsInFlightPerHost: v.optional(
    count(`STS calls in flight to one STS host; default ${rules.callsInFlightPerHost}.`, MOST_CALLS),
  ),
  waiting: v.optional(
    count(`Reviews that may wait for a free call, for each host and in all; default ${rules.waiting}.`, MOST_ENTRIES),
  ),
  wait: v.optional(
    duration(`How long a review waits for a free call; default ${formatDuration(rules.waitMs)}.`, {
      from: 0,
      to: 10_000,
    }),
  ),
  failuresToOpen: v.optional(
    count(`An STS host that fails so often in a row is left alone; default ${rules.failuresToOpen}.`, 1_000),
  ),
  open: v.optional(
    duration(`For so long; then one call probes; default ${formatDuration(rules.openMs)}.`, { from: 100, to: 60_000 }),
  ),
});

/** iamgate's own file, `iamgate.yaml`. */
export const CONFIG_SCHEMA = mapping("a mapping of settings", {
  clusters: v.pipe(
    v.array(cluster, "a list of clusters, each with id and awsAuth"),
    v.minLength(1, "a list of clusters, each with id and awsAuth"),
    v.maxLength(MOST_CLUSTERS, `at most ${MOST_CLUSTERS} clusters`),
    v.description("The clusters that tokens are verified for; usually one."),
  ),
  listen: v.optional(
    text(
      `Where kube-apiserver finds the webhook; default ${DEFAULTS.listen}.`,
      LISTEN_ADDRESS_FORM,
      parseListenAddress,
    ),
  ),
  operations: v.optional(
    text(
      `Where health and metrics are served in plain HTTP, or off; default ${DEFAULTS.operations}.`,
      `${LISTEN_ADDRESS_FORM}, or off`,
      (written) => (written === "off" ? ("off" as const) : parseListenAddress(written)),
    ),
  ),
  stateDir: v.optional(
    file(
      "Keeps certificates and kubeconfig; default $XDG_STATE_HOME/iamgate/serve or ~/.local/state/iamgate/serve.",
      "a directory's path",
    ),
  ),
  drain: v.optional(
    duration(`How long requests in flight may take after SIGTERM; default ${DEFAULTS.drainSeconds}s.`, {
      from: 0,
      to: 3_600_000,
    }),
  ),
  tls: v.optional(tls),
  sts: v.optional(sts),
  gate: v.optional(gate),
});

/** What {@link CONFIG_SCHEMA} makes of a file. */
export type Config = v.InferOutput<typeof CONFIG_SCHEMA>;

function mapping<const E extends v.ObjectEntries>(expected: string, entries: E) {
  return v.strictObject(entries, expected);
}

function list<const S extends v.GenericSchema>(about: string, item: S) {
  return v.pipe(v.array(item, "a list, each item on a line that starts with a dash"), v.description(about));
}

/** Text that a parser makes a value of. */
function text<T>(about: string, expected: string, parse: (written: string) => T | undefined) {
  return v.pipe(
    v.string(expected),
    v.description(about),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const value = parse(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message: expected });
      return NEVER;
    }),
  );
}

function file(about: string, expected = "a file's path") {
  return v.pipe(
    v.string(expected),
    v.minLength(1, expected),
    v.check((path) => !/\p{Cc}/u.test(path) && path.isWellFormed(), `${expected} without control characters`),
    v.description(about),
  );
}

function duration(about: string, { from, to }: { readonly from: number; readonly to: number }) {
  const expected = `${DURATION_FORM}, from ${formatDuration(from)} to ${formatDuration(to)}`;
  return v.pipe(
    v.string(expected),
    v.regex(DURATION_PATTERN, expected),
    v.description(about),
    v.rawTransform<string, number>(({ dataset, addIssue, NEVER }) => {
      const milliseconds = parseDuration(dataset.value);
      if (milliseconds !== undefined && milliseconds >= from && milliseconds <= to) return milliseconds;
      addIssue({ message: expected });
      return NEVER;
    }),
  );
}

function count(about: string, most: number) {
  const expected = `a whole number from 1 to ${most}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(1, expected),
    v.maxValue(most, expected),
    v.description(about),
  );
}

function parsePath(written: string): string | undefined {
  const isPath = /^(?=.{1,512}$)(?:\/(?!\.{1,2}(?:\/|$))(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+)+$/.test(written);
  return isPath && !RESERVED_PATHS.has(written) ? written : undefined;
}

function parseRegion(written: string): string | undefined {
  try {
    return acceptedHosts({ extraRegions: [written] }).regions.has(written) ? written : undefined;
  } catch {
    return undefined;
  }
}
