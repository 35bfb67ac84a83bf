import type { Iam } from "@iamgate/sts";
import { allStsHosts } from "@iamgate/token";
import { requiredTextFlag, textFlag } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { Command } from "../command-spec.ts";
import { describeIam, openIamFile } from "../iam-file.ts";
import { formatAddress, LISTEN_ADDRESS_FORM, parseListenAddress } from "../lib/address.ts";
import { oneLine } from "../lib/quote.ts";
import { shellWord } from "../lib/shell-word.ts";
import { notice } from "../notices.ts";
import { startSts } from "../start-sts.ts";
import { CERTIFICATE_FILES, defaultStateDir, openStateDir, type ServerState } from "../state-dir.ts";
import { reachableAt, serverNamesFor } from "../tls/server-names.ts";

/** `iamgate sts`: a local STS that truly verifies signatures. */
export const command: Command = defineCommand(
  {
    name: "sts",
    summary: "Run a local AWS STS that truly verifies signatures, for development and tests",
    flags: {
      iam: requiredTextFlag({
        placeholder: "FILE",
        help: "declares accounts, users, roles and their keys; read again when it changes",
      }),
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
    files: CERTIFICATE_FILES,
    notes: [
      "Its certificate is valid for every STS name that AWS has, so that a request signed for one of them can be sent here. Never put its authority into a system's own trust store.",
    ],
    examples: [
      { does: "identities of a file, on the default port", line: "iamgate sts --iam iam.yaml" },
      {
        does: "on any free port, with its files in ./state",
        line: "iamgate sts --iam iam.yaml --listen 127.0.0.1:0 --state-dir state",
      },
    ],
  },
  async ({ flags }, deps) => {
    const iam = await openIamFile({ path: flags.iam, flag: "--iam" }, deps);
    try {
      const stsHosts = allStsHosts().map((sts) => sts.host);
      const names = serverNamesFor(flags.listen.host, stsHosts);
      const state = await openStateDir(flags["state-dir"] ?? defaultStateDir(deps.env, "sts"), names, deps);
      for (const news of state.news) notice(deps, news);
      const listener = startSts(iam.current, { address: flags.listen, state }, deps);
      try {
        const url = `https://${formatAddress({ host: reachableAt(flags.listen.host), port: listener.port })}`;
        deps.stdout.write(banner(url, state, iam.current()));
        notice(deps, `stopping: ${await deps.untilAskedToStop()}`);
        return 0;
      } finally {
        await listener.stop();
      }
    } finally {
      iam.stop();
    }
  },
);

function banner(url: string, { paths }: ServerState, iam: Iam): string {
  return [
    `iamgate sts: listening on ${url}`,
    `  identities       ${oneLine(iam.source)}: ${describeIam(iam)}`,
    `  state directory  ${oneLine(paths.directory)}`,
    `  authority        ${oneLine(paths.ca)}`,
    "",
    "for AWS clients:",
    `  export AWS_ENDPOINT_URL_STS=${url}`,
    `  export AWS_CA_BUNDLE=${shellWord(paths.ca)}`,
    "",
    "",
  ].join("\n");
}
