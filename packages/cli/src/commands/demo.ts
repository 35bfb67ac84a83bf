import { credentialsOf, type Iam } from "@iamgate/sts";
import iamExample from "@iamgate/sts/iam.example.yaml" with { type: "text" };
import { acceptedHosts, allStsHosts } from "@iamgate/token";
import { join } from "node:path";
import { textFlag } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { Command } from "../command-spec.ts";
import awsAuthExample from "../demo/aws-auth.yaml" with { type: "text" };
import {
  type Arrival,
  type AuditTap,
  DEMO_CLUSTER_ID,
  isAsExpected,
  JOURNEYS,
  outcomeOf,
  travel,
} from "../demo/journeys.ts";
import { arrivalJson, arrivalText, headText, pasteText, type DemoPlace } from "../demo/pages.ts";
import type { Deps } from "../deps.ts";
import { describeIam, openIamFile } from "../iam-file.ts";
import { paintFor } from "../lib/paint.ts";
import { shellWord } from "../lib/shell-word.ts";
import { describeMappings, openMappingFile } from "../mapping-file.ts";
import { notice, warn } from "../notices.ts";
import { OUTPUT_FLAG } from "../output-flag.ts";
import { startSts } from "../start-sts.ts";
import { startWebhook } from "../start-webhook.ts";
import { defaultStateDir, openStateDir, writeState } from "../state-dir.ts";
import { serverNamesFor } from "../tls/server-names.ts";
import { trailText } from "../trail-report.ts";
import { makeVerifier } from "../verifier-flags.ts";

const LOOPBACK = "127.0.0.1";

/** `iamgate demo`: the whole way on one machine, with a local STS instead of AWS. */
export const command: Command = defineCommand(
  {
    name: "demo",
    summary: "Show the whole way on this machine: a local STS, the webhook, and four logins",
    flags: {
      once: { kind: "switch", help: "end after the four journeys instead of serving on" },
      output: OUTPUT_FLAG,
      "state-dir": textFlag({
        placeholder: "DIR",
        help: "keeps certificates and the demo's files; default $XDG_STATE_HOME/iamgate/demo or ~/.local/state/iamgate/demo",
      }),
    },
    notes: ["Everything listens on 127.0.0.1, on free ports. No AWS account is needed and none is asked."],
    examples: [
      { does: "look, then try the commands that it prints", line: "iamgate demo" },
      { does: "for a script", line: "iamgate demo --once --output json" },
    ],
  },
  async ({ flags }, deps) => {
    const names = serverNamesFor(
      LOOPBACK,
      allStsHosts().map((sts) => sts.host),
    );
    const state = await openStateDir(flags["state-dir"] ?? defaultStateDir(deps.env, "demo"), names, deps);
    const { directory } = state.paths;
    const files = { iam: join(directory, "iam.yaml"), awsAuth: join(directory, "aws-auth.yaml") };
    // Bun's types give `any` for every *.yaml; the attribute makes it text.
    await putBack(files.iam, String(iamExample), deps);
    await putBack(files.awsAuth, String(awsAuthExample), deps);

    const iam = await openIamFile({ path: files.iam, flag: "iam.yaml" }, deps);
    const mapping = await openMappingFile({ path: files.awsAuth, flag: "aws-auth.yaml" }, deps);
    const address = { host: LOOPBACK, port: 0 };
    const sts = startSts(iam.current, { address, state }, deps);
    const dial = { host: LOOPBACK, port: sts.port, ca: state.caPem };
    const verifier = makeVerifier(
      { clusterId: DEMO_CLUSTER_ID, partition: "aws", hosts: acceptedHosts({ partition: "aws" }), dial },
      deps,
    );
    const tap = auditTap();
    const webhook = startWebhook(
      { ...verifier, mappings: mapping.current },
      { address, state, audit: tap.audit },
      deps,
    );
    try {
      const place: DemoPlace = {
        sts: sts.url,
        stsDial: `${LOOPBACK}:${sts.port}`,
        webhook: webhook.url,
        ca: state.paths.ca,
        iam: { path: files.iam, holds: describeIam(iam.current()) },
        awsAuth: { path: files.awsAuth, holds: describeMappings(mapping.current()) },
        keys: await writeKeys(directory, iam.current(), deps),
      };
      const arrivals: Arrival[] = [];
      const paint = paintFor(deps.stdout, deps.env);
      if (flags.output === "text") deps.stdout.write(headText(place, paint));
      for (const journey of JOURNEYS) {
        const arrival = await travel(journey, { iam: iam.current(), url: webhook.url, caPem: state.caPem, tap }, deps);
        arrivals.push(arrival);
        if (flags.output === "text") deps.stdout.write(arrivalText(arrival, { now: deps.now(), paint }));
      }
      if (flags.output === "json") deps.stdout.write(`${JSON.stringify(arrivalJson(place, arrivals), null, 2)}\n`);
      const strays = arrivals.filter((arrival) => !isAsExpected(arrival));
      for (const { journey } of strays) warn(deps, `the journey of ${journey.title} did not end as it has to`);
      if (flags.once) return strays.length === 0 ? 0 : 1;

      if (flags.output === "text") deps.stdout.write(pasteText(place, paint));
      tap.tell = (event, trail) => {
        const report = trailText(trail, outcomeOf(event), { now: deps.now(), paint });
        deps.stdout.write(`${paint("bold", event.message)}\n${report}\n`);
      };
      await deps.untilAskedToStop();
      return strays.length === 0 ? 0 : 1;
    } finally {
      await Promise.all([webhook.stop(), sts.stop()]);
      mapping.stop();
      iam.stop();
    }
  },
);

/** The demo begins as it always does; what somebody made of its files is kept beside them, and told. */
async function putBack(path: string, text: string, deps: Deps): Promise<void> {
  const found = await deps.files.read(path).catch(() => undefined);
  const edited = found === undefined ? text : new TextDecoder().decode(found);
  if (edited !== text) {
    await writeState(`${path}.edited`, edited, deps);
    notice(deps, `${path} was edited: it begins anew, and the edited one is kept as ${path}.edited`);
  }
  await writeState(path, text, deps);
}

type Audit = Parameters<typeof startWebhook>[1]["audit"];

function auditTap(): AuditTap & { readonly audit: Audit; tell: Audit } {
  let last: ReturnType<AuditTap["last"]>;
  const tap = {
    last: () => last,
    tell: (() => undefined) as Audit,
    audit: ((event, trail) => {
      last = { event, trail };
      tap.tell(event, trail);
    }) as Audit,
  };
  return tap;
}

/** Shell files with the made-up keys, so that none has to be printed. */
async function writeKeys(directory: string, iam: Iam, deps: Deps): Promise<DemoPlace["keys"]> {
  const written: { name: string; path: string }[] = [];
  for (const [name, who] of [
    ["alice", "alice"],
    ["carol", "Developer/carol@example.com"],
    ["eve", "eve"],
  ] as const) {
    const { accessKeyId, secretAccessKey, sessionToken } = credentialsOf(iam, who);
    const path = join(directory, `${name}.env`);
    const session =
      sessionToken === undefined ? "unset AWS_SESSION_TOKEN" : `export AWS_SESSION_TOKEN=${shellWord(sessionToken)}`;
    const text = [
      `# ${who} of the demo: made-up keys, known to its local STS alone.`,
      `export AWS_ACCESS_KEY_ID=${shellWord(accessKeyId)}`,
      `export AWS_SECRET_ACCESS_KEY=${shellWord(secretAccessKey)}`,
      session,
      "unset AWS_CREDENTIAL_EXPIRATION AWS_ENDPOINT_URL AWS_ENDPOINT_URL_STS",
      "",
    ].join("\n");
    await writeState(path, text, deps);
    written.push({ name, path });
  }
  return written;
}
