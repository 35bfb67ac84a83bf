import type { Mappings } from "@iamgate/access";
import { requiredTextFlag, textFlag } from "../args.ts";
import { auditLine } from "../audit-log.ts";
import { defineCommand } from "../command.ts";
import type { Command } from "../command-spec.ts";
import { formatAddress, LISTEN_ADDRESS_FORM, parseListenAddress } from "../lib/address.ts";
import { oneLine } from "../lib/quote.ts";
import { shellWord } from "../lib/shell-word.ts";
import { describeMappings, openMappingFile } from "../mapping-file.ts";
import { notice } from "../notices.ts";
import { startWebhook } from "../start-webhook.ts";
import { CERTIFICATE_FILES, defaultStateDir, openStateDir, type StatePaths, writeState } from "../state-dir.ts";
import { reachableAt, serverNamesFor } from "../tls/server-names.ts";
import { openVerifier, VERIFIER_FLAGS } from "../verifier-flags.ts";
import { webhookKubeconfig } from "../webhook-kubeconfig.ts";

/** `iamgate serve`: the webhook of a kube-apiserver. */
export const command: Command = defineCommand(
  {
    name: "serve",
    summary: "Run the webhook that tells kube-apiserver who a token's bearer is",
    flags: {
      ...VERIFIER_FLAGS,
      "aws-auth": requiredTextFlag({
        placeholder: "FILE",
        help: "manifest of the ConfigMap kube-system/aws-auth; read again when it changes",
      }),
      listen: {
        kind: "value",
        given: true,
        placeholder: "HOST:PORT",
        default: "127.0.0.1:21362",
        parse: parseListenAddress,
        expected: LISTEN_ADDRESS_FORM,
        help: "where kube-apiserver finds the webhook",
      },
      "state-dir": textFlag({
        placeholder: "DIR",
        help: "keeps certificates and kubeconfig; default $XDG_STATE_HOME/iamgate/serve or ~/.local/state/iamgate/serve",
      }),
    },
    files: [
      ...CERTIFICATE_FILES,
      { path: "DIR/kubeconfig.yaml", help: "for kube-apiserver's --authentication-token-webhook-config-file" },
    ],
    notes: [
      "Prints where it listens on standard output, and logs one line of JSON for each decision on standard error. SIGTERM and SIGINT end it when the requests in flight are answered.",
    ],
    examples: [
      {
        does: "a cluster of one's own, asking AWS",
        line: "iamgate serve --cluster-id prod --aws-auth aws-auth.yaml --state-dir /var/lib/iamgate",
      },
      {
        does: "against the local STS of `iamgate sts`",
        line: "iamgate serve --cluster-id demo --aws-auth aws-auth.yaml --sts-dial 127.0.0.1:8443 --sts-ca ~/.local/state/iamgate/sts/ca.pem",
      },
    ],
  },
  async ({ flags }, deps) => {
    const verifier = await openVerifier(flags, deps);
    const mapping = await openMappingFile({ path: flags["aws-auth"], flag: "--aws-auth" }, deps);
    try {
      const directory = flags["state-dir"] ?? defaultStateDir(deps.env, "serve");
      const state = await openStateDir(directory, serverNamesFor(flags.listen.host), deps);
      for (const news of state.news) notice(deps, news);
      const gate = { ...verifier, mappings: mapping.current };
      const listener = startWebhook(
        gate,
        { address: flags.listen, state, audit: (event) => deps.stderr.write(auditLine(event, deps.now())) },
        deps,
      );
      try {
        const url = `https://${formatAddress({ host: reachableAt(flags.listen.host), port: listener.port })}`;
        await writeState(state.paths.kubeconfig, webhookKubeconfig(url, state.caPem), deps);
        deps.stdout.write(
          banner({ url, paths: state.paths, clusterId: flags["cluster-id"], mappings: mapping.current() }),
        );
        notice(deps, `stopping: ${await deps.untilAskedToStop()}`);
        return 0;
      } finally {
        await listener.stop();
      }
    } finally {
      mapping.stop();
    }
  },
);

function banner(of: {
  readonly url: string;
  readonly paths: StatePaths;
  readonly clusterId: string;
  readonly mappings: Mappings;
}): string {
  const { url, paths, clusterId, mappings } = of;
  return [
    `iamgate serve: listening on ${url}/authenticate`,
    `  cluster id       ${oneLine(clusterId)}`,
    `  mapping          ${oneLine(mappings.source)}: ${describeMappings(mappings)}`,
    `  state directory  ${oneLine(paths.directory)}`,
    `  kubeconfig       ${oneLine(paths.kubeconfig)}`,
    "",
    "flags for kube-apiserver:",
    `  --authentication-token-webhook-config-file=${shellWord(paths.kubeconfig)}`,
    "  --authentication-token-webhook-version=v1",
    "",
    "",
  ].join("\n");
}
