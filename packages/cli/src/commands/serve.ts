import { defineCommand } from "../command.ts";
import type { Command } from "../command-spec.ts";
import type { Deps } from "../deps.ts";
import { toCliError } from "../errors.ts";
import { logBehind } from "../lib/log-behind.ts";
import { isLoopback } from "../lib/address.ts";
import { oneLine, quote } from "../lib/quote.ts";
import { shellWord } from "../lib/shell-word.ts";
import { describeMappings } from "../mapping-file.ts";
import { notice, warn } from "../notices.ts";
import { readServeSettings, SERVE_FLAGS, type ServeFlags } from "../serving/read-settings.ts";
import { type Serving, startServing } from "../serving/serving.ts";
import { CERTIFICATE_FILES } from "../state-dir.ts";

/** `iamgate serve`: the webhook of a kube-apiserver. */
export const command: Command = defineCommand(
  {
    name: "serve",
    summary: "Run the webhook that tells kube-apiserver who a token's bearer is",
    flags: SERVE_FLAGS,
    files: [
      ...CERTIFICATE_FILES,
      { path: "DIR/kubeconfig.yaml", help: "for kube-apiserver's --authentication-token-webhook-config-file" },
    ],
    notes: [
      "Prints where it listens on standard output, and logs one line of JSON for each decision on standard error; whoever reads that too slowly loses lines, which the log then says, but holds up nobody.",
      "SIGTERM and SIGINT end it when the requests in flight are answered, a second one at once. SIGHUP reads settings, mappings and certificates again, and says what needs a restart.",
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
    // Everything that is said goes the same way as the decisions, so that it stays in order and holds up nobody either.
    const log = logBehind(deps.stderr, deps.timers);
    try {
      return await serve(flags, { ...deps, stderr: { ...deps.stderr, write: log.write } });
    } finally {
      await log.flush(FLUSH_MS);
    }
  },
);

/** A log that nobody reads any more is not waited for longer. */
const FLUSH_MS = 1_000;

async function serve(flags: ServeFlags, deps: Deps): Promise<number> {
  const settings = await readServeSettings(flags, deps);
  const serving = await startServing(settings, deps);
  const { host } = settings.listen;
  if (!isLoopback(host)) {
    warn(
      deps,
      `--listen ${quote(host)}: is not the loopback address, so others than this machine's kube-apiserver may reach the webhook and ask it about tokens; --client-ca lets in only whom you name, and --cert serves a certificate for other names than localhost`,
    );
  }
  const stopListening = deps.onSignal(
    "SIGHUP",
    inTurn(() => reload(flags, serving, deps)),
  );
  try {
    deps.stdout.write(banner(serving, settings.stateDir));
    notice(deps, `stopping: ${await deps.untilAskedToStop()}`);
    const again = untilAskedAgain(deps);
    const cutOff = await Promise.race([serving.drain(), again]);
    if (typeof cutOff === "string") {
      notice(deps, `stopping at once: ${cutOff} came as well`);
      return 1;
    }
    if (cutOff > 0) warn(deps, `${cutOff} requests were not answered in time and are cut off`);
    return 0;
  } finally {
    stopListening();
    await serving.stop();
  }
}

async function reload(flags: ServeFlags, serving: Serving, deps: Deps): Promise<void> {
  try {
    await serving.reload(await readServeSettings(flags, deps));
  } catch (cause) {
    const { message, hint } = toCliError(cause);
    warn(deps, `SIGHUP: ${message}; ${hint}; everything stays as it was`);
  }
}

/** Does it again and again, but one after the other. */
function inTurn(action: () => Promise<void>): () => void {
  let queue = Promise.resolve();
  return () => {
    queue = queue.then(action);
  };
}

function untilAskedAgain({ onSignal }: Deps): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) onSignal(signal, () => resolve(signal));
  });
}

function banner({ clusters, operationsUrl }: Serving, stateDir: string): string {
  const lines = clusters.flatMap(({ id, url, kubeconfig, mappings }) => [
    `iamgate serve: listening on ${url}`,
    `  cluster id       ${oneLine(id)}`,
    `  mapping          ${oneLine(mappings().source)}: ${describeMappings(mappings())}`,
    `  state directory  ${oneLine(stateDir)}`,
    `  kubeconfig       ${oneLine(kubeconfig)}`,
    `  operations       ${operationsUrl === undefined ? "off" : `${operationsUrl}/readyz, /metrics`}`,
    "",
    "flags for kube-apiserver:",
    `  --authentication-token-webhook-config-file=${shellWord(kubeconfig)}`,
    "  --authentication-token-webhook-version=v1",
    "",
    "",
  ]);
  return lines.join("\n");
}
