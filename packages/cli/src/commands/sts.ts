import type { AuditEvent, Iam } from "@iamgate/sts";
import iamExample from "@iamgate/sts/iam.example.yaml" with { type: "text" };
import { allStsHosts } from "@iamgate/token";
import { textFlag } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { Command } from "../command-spec.ts";
import { usageError } from "../errors.ts";
import { describeIam, openIamFile } from "../iam-file.ts";
import { formatAddress, LISTEN_ADDRESS_FORM, parseListenAddress } from "../lib/address.ts";
import { logBehind } from "../lib/log-behind.ts";
import { oneLine } from "../lib/quote.ts";
import { shellWord } from "../lib/shell-word.ts";
import { notice } from "../notices.ts";
import { openSealingKey } from "../sealing-key.ts";
import { startSts } from "../start-sts.ts";
import { CERTIFICATE_FILES, defaultStateDir, openStateDir, type ServerState } from "../state-dir.ts";
import { reachableAt, serverNamesFor } from "../tls/server-names.ts";

/** How long the log is waited for at the end. */
const FLUSH_MS = 1_000;

/** `iamgate sts`: a local STS that truly verifies signatures. */
export const command: Command = defineCommand(
  {
    name: "sts",
    summary: "Run a local AWS STS that truly verifies signatures, for development and tests",
    flags: {
      iam: textFlag({
        placeholder: "FILE",
        help: "declares accounts, users, roles and their keys; read again when it changes (required, but for --example)",
      }),
      example: { kind: "switch", help: "print a commented iam.yaml with every field, and end" },
      listen: {
        kind: "value",
        given: true,
        placeholder: "HOST:PORT",
        default: "127.0.0.1:8443",
        parse: parseListenAddress,
        expected: LISTEN_ADDRESS_FORM,
        help: "where AWS clients and `iamgate serve --sts-dial` find it",
      },
      "state-dir": textFlag({
        placeholder: "DIR",
        help: "keeps certificates; default $XDG_STATE_HOME/iamgate/sts or ~/.local/state/iamgate/sts",
      }),
    },
    files: [
      ...CERTIFICATE_FILES,
      { path: "DIR/sealing-key", help: "seals session tokens; sessions live through restarts as long as it is there" },
    ],
    notes: [
      "Its certificate is valid for every STS name that AWS has, so that a request signed for one of them can be sent here. Never put its authority into a system's own trust store.",
    ],
    examples: [
      { does: "begin with an example", line: "iamgate sts --example > iam.yaml" },
      { does: "identities of a file, on the default port", line: "iamgate sts --iam iam.yaml" },
      {
        does: "on any free port, with its files in ./state",
        line: "iamgate sts --iam iam.yaml --listen 127.0.0.1:0 --state-dir state",
      },
    ],
  },
  async ({ flags }, deps) => {
    if (flags.example) {
      // Bun's types give `any` for every *.yaml; the attribute makes it text.
      deps.stdout.write(String(iamExample));
      return 0;
    }
    if (flags.iam === undefined) {
      throw usageError(
        "flag --iam: is required",
        "add --iam FILE; `iamgate sts --example` prints a file to begin with",
      );
    }
    const iam = await openIamFile({ path: flags.iam, flag: "--iam" }, deps);
    try {
      const stsHosts = allStsHosts().map((sts) => sts.host);
      const names = serverNamesFor(flags.listen.host, stsHosts);
      const state = await openStateDir(flags["state-dir"] ?? defaultStateDir(deps.env, "sts"), names, deps);
      for (const news of state.news) notice(deps, news);
      const sealingKey = await openSealingKey(state.paths.directory, deps);
      const log = logBehind(deps.stderr, deps.timers);
      const audit = (event: AuditEvent): void => log.write(stsAuditLine(event, deps.now()));
      const listener = startSts(iam.current, { address: flags.listen, state, sealingKey, audit }, deps);
      try {
        const url = `https://${formatAddress({ host: reachableAt(flags.listen.host), port: listener.port })}`;
        deps.stdout.write(banner(url, state, iam.current()));
        const signal = await deps.untilAskedToStop();
        await log.flush(FLUSH_MS);
        notice(deps, `stopping: ${signal}`);
        return 0;
      } finally {
        await listener.stop();
        await log.flush(FLUSH_MS);
      }
    } finally {
      iam.stop();
    }
  },
);

/** A call as one line of JSON; JSON escapes line breaks, so a line is always one call. */
function stsAuditLine({ message, ...event }: AuditEvent, now: number): string {
  return `${JSON.stringify({ time: new Date(now).toISOString(), message, ...event })}\n`;
}

function banner(url: string, { paths }: ServerState, iam: Iam): string {
  return [
    `iamgate sts: listening on ${url}`,
    `  identities       ${oneLine(iam.source)}: ${describeIam(iam)}`,
    `  state directory  ${oneLine(paths.directory)}`,
    `  authority        ${oneLine(paths.ca)}`,
    "",
    "for `iamgate serve` and `iamgate verify`:",
    `  --sts-dial ${url.slice("https://".length)} --sts-ca ${shellWord(paths.ca)}`,
    "for AWS clients; tokens then name this address, so `serve` and `verify` want it listed too:",
    `  export AWS_ENDPOINT_URL_STS=${url}`,
    `  export AWS_CA_BUNDLE=${shellWord(paths.ca)}`,
    `  --sts-host ${url.slice("https://".length)}`,
    `  (an AWS CLI that does not know that variable wants --endpoint-url ${url})`,
    "",
    "",
  ].join("\n");
}
