import { acceptedHosts, type AcceptedHosts, allStsHosts, type ExtraAuthority } from "@iamgate/token";
import { createAskSts, type StsDial, type Verifier } from "@iamgate/webhook";
import { type Flags, type FlagValues, requiredTextFlag, textFlag } from "./args.ts";
import { askStsOptions } from "./ask-sts-options.ts";
import type { Deps } from "./deps.ts";
import { usageError } from "./errors.ts";
import { type Address, DIAL_ADDRESS_FORM, formatAddress, parseDialAddress } from "./lib/address.ts";
import { CLUSTER_ID_FORM, parseClusterId } from "./lib/cluster-id.ts";
import { quote } from "./lib/quote.ts";
import { warn } from "./notices.ts";
import { readCaFile } from "./tls/read-ca-file.ts";

const PARTITIONS = [...new Set(allStsHosts().map((sts) => sts.partition))];

/** What a verifier has to be told: which tokens it takes, and whom it asks. */
export const VERIFIER_FLAGS = {
  "cluster-id": {
    ...requiredTextFlag({
      short: "i",
      placeholder: "ID",
      help: "what tokens must be signed for: the cluster's name or any unique id",
    }),
    parse: parseClusterId,
    expected: CLUSTER_ID_FORM,
  },
  partition: {
    kind: "value",
    given: true,
    placeholder: "NAME",
    default: "aws",
    parse: (text: string) => (PARTITIONS.includes(text) ? text : undefined),
    expected: `one of ${PARTITIONS.join(", ")}`,
    help: "the AWS partition that identities must be of",
  },
  "sts-host": {
    kind: "list",
    placeholder: "HOST[:PORT][=REGION]",
    parse: parseStsHost,
    expected: "a lower-case HOST[:PORT] as tokens name it and perhaps =REGION, for example 127.0.0.1:8443=us-west-2",
    help: "one more STS that tokens may be signed for, by its exact name: a VPC endpoint or a local STS",
  },
  "sts-dial": {
    kind: "value",
    given: false,
    placeholder: "HOST:PORT",
    parse: parseDialAddress,
    expected: DIAL_ADDRESS_FORM,
    help: "UNSAFE with an STS that is not your own: ask there whatever STS a token names; needs --sts-ca",
  },
  "sts-ca": textFlag({
    placeholder: "FILE",
    help: "UNSAFE likewise: the only authorities that STS's certificate may be of; needs --sts-dial",
  }),
} as const satisfies Flags;

/**
 * Makes a verifier of its flags; says so on standard error where they replace AWS as the root of trust.
 *
 * @throws CliError for flags that do not go together, and for an unreadable `--sts-ca`.
 */
export async function openVerifier(flags: FlagValues<typeof VERIFIER_FLAGS>, deps: Deps): Promise<Verifier> {
  const hosts = hostsOf(flags.partition, flags["sts-host"]);
  const dial = await dialOf(flags["sts-dial"], flags["sts-ca"], deps);
  if (dial !== undefined) warnOfDial(deps, dial, flags["sts-ca"] ?? "");
  return makeVerifier({ clusterId: flags["cluster-id"], partition: flags.partition, hosts, dial }, deps);
}

/** A verifier that asks STS over the network. */
export function makeVerifier(
  {
    clusterId,
    partition,
    hosts,
    dial,
  }: {
    readonly clusterId: string;
    readonly partition: string;
    readonly hosts: AcceptedHosts;
    readonly dial: StsDial | undefined;
  },
  deps: Deps,
): Verifier {
  return { hosts, partition, askSts: createAskSts(askStsOptions(clusterId, dial, deps)), now: deps.now };
}

function parseStsHost(text: string): ExtraAuthority | undefined {
  const [, authority, region] = /^([^=]+?)(?:=([a-z0-9-]+))?$/.exec(text) ?? [];
  if (authority === undefined) return undefined;
  const extra = region === undefined ? { authority } : { authority, region };
  try {
    acceptedHosts({ extraAuthorities: [extra] });
    return extra;
  } catch {
    return undefined;
  }
}

function hostsOf(partition: string, extraAuthorities: readonly ExtraAuthority[]): AcceptedHosts {
  const hosts = acceptedHosts({ partition, extraAuthorities });
  for (const { authority } of extraAuthorities) {
    const host = hosts.byAuthority.get(authority);
    if (host === undefined || host.partition === partition) continue;
    throw usageError(
      `flag --sts-host ${quote(`${authority}=${host.region ?? ""}`)}: its region is of partition ${host.partition}`,
      `name a region of partition ${partition}, or add --partition ${host.partition}`,
    );
  }
  return hosts;
}

async function dialOf(dial: Address | undefined, caPath: string | undefined, deps: Deps): Promise<StsDial | undefined> {
  if (dial === undefined && caPath === undefined) return undefined;
  if (dial === undefined || caPath === undefined) {
    const [given, missing] =
      dial === undefined ? ["--sts-ca", "--sts-dial HOST:PORT"] : ["--sts-dial", "--sts-ca FILE"];
    throw usageError(
      `flag ${given}: is taken only together with ${missing.split(" ")[0]}`,
      `add ${missing}, or leave ${given} away to ask AWS itself`,
    );
  }
  return { ...dial, ca: await readCaFile({ path: caPath, flag: "--sts-ca" }, deps.files) };
}

/** Says loudly that somebody else than AWS says who everybody is. */
export function warnOfDial(deps: Deps, dial: StsDial, caPath: string): void {
  warn(
    deps,
    `--sts-dial ${formatAddress(dial)} with --sts-ca ${quote(caPath)} REPLACES AWS AS THE ROOT OF TRUST: whoever answers there, with a certificate of that authority, says who everybody is; leave both flags away to ask AWS`,
  );
}
