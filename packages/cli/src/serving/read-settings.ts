import { type Flags, type FlagValues, textFlag } from "../args.ts";
import { readConfigFile } from "../config/read-config-file.ts";
import type { Given, SettingsLayer } from "../config/layer.ts";
import { type ClusterFlags, DEFAULTS, resolveSettings } from "../config/resolve.ts";
import type { Deps } from "../deps.ts";
import { LISTEN_ADDRESS_FORM, parseListenAddress } from "../lib/address.ts";
import { DURATION_FORM, parseDuration } from "../lib/duration.ts";
import { notice, warn } from "../notices.ts";
import { defaultStateDir } from "../state-dir.ts";
import { VERIFIER_FLAGS } from "../verifier-flags.ts";
import type { ServeSettings } from "./settings.ts";

const { default: _partitionDefault, ...PARTITION_FLAG } = VERIFIER_FLAGS.partition;

/** The flags of `iamgate serve`. None has a default of its own, so that the file is heard where a flag is absent. */
export const SERVE_FLAGS = {
  config: textFlag({
    short: "c",
    placeholder: "FILE",
    help: "settings: iamgate's own (docs/configuration.md), or the Go authenticator's; flags override it",
  }),
  ...VERIFIER_FLAGS,
  "cluster-id": { ...VERIFIER_FLAGS["cluster-id"], given: false },
  partition: { ...PARTITION_FLAG, given: false, help: `${PARTITION_FLAG.help}; default ${DEFAULTS.partition}` },
  "aws-auth": textFlag({
    placeholder: "FILE",
    help: "manifest of the ConfigMap kube-system/aws-auth; read again when it changes",
  }),
  listen: {
    kind: "value",
    given: false,
    placeholder: "HOST:PORT",
    parse: parseListenAddress,
    expected: LISTEN_ADDRESS_FORM,
    help: `where kube-apiserver finds the webhook; default ${DEFAULTS.listen}`,
  },
  operations: {
    kind: "value",
    given: false,
    placeholder: "HOST:PORT",
    parse: parseOperations,
    expected: `${LISTEN_ADDRESS_FORM}, or off`,
    help: `where health and metrics are served in plain HTTP, or off; default ${DEFAULTS.operations}`,
  },
  "state-dir": textFlag({
    placeholder: "DIR",
    help: "keeps certificates and kubeconfig; default $XDG_STATE_HOME/iamgate/serve or ~/.local/state/iamgate/serve",
  }),
  cert: textFlag({
    placeholder: "FILE",
    help: "serve with this certificate chain (PEM) instead of one that iamgate makes; needs --key",
  }),
  key: textFlag({ placeholder: "FILE", help: "the private key of --cert (PEM)" }),
  "client-ca": textFlag({
    placeholder: "FILE",
    help: "answer only clients whose certificate is of one of these authorities (PEM)",
  }),
  drain: {
    kind: "value",
    given: false,
    placeholder: "DURATION",
    parse: parseDrain,
    expected: `${DURATION_FORM}, at most 1h`,
    help: `how long requests in flight may take after SIGTERM; default ${DEFAULTS.drainSeconds}s`,
  },
} as const satisfies Flags;

/** What comes of {@link SERVE_FLAGS}. */
export type ServeFlags = FlagValues<typeof SERVE_FLAGS>;

/** A command line without any of them. */
export const NO_SERVE_FLAGS: ServeFlags = {
  config: undefined,
  "cluster-id": undefined,
  partition: undefined,
  "sts-host": [],
  "sts-dial": undefined,
  "sts-ca": undefined,
  "aws-auth": undefined,
  listen: undefined,
  operations: undefined,
  "state-dir": undefined,
  cert: undefined,
  key: undefined,
  "client-ca": undefined,
  drain: undefined,
};

/**
 * Reads everything that `iamgate serve` is told: the file that `--config` names, and the flags, which override it. Of a
 * file of the Go authenticator it says on standard error what became of each setting. Calling it again reads anew.
 *
 * @param flags - as the command line gives them.
 * @throws CliError `usage` naming the flag, or `invalid-file` naming file, line and column; with value and what is expected.
 */
export async function readServeSettings(
  flags: ServeFlags,
  deps: Pick<Deps, "env" | "files" | "stderr">,
): Promise<ServeSettings> {
  const layer = layerOf(flags);
  const defaults = { stateDir: defaultStateDir(deps.env, "serve") };
  if (flags.config === undefined) return resolveSettings(layer, {}, defaults);
  const file = await readConfigFile(
    { path: flags.config, flag: "--config" },
    { hasMapping: layer.awsAuth !== undefined },
    deps,
  );
  for (const { place, text, loses } of file.outcomes) (loses ? warn : notice)(deps, `${place}: ${text}`);
  return resolveSettings(layer, { ...file.layer, path: flags.config }, defaults);
}

function layerOf(flags: ServeFlags): SettingsLayer & ClusterFlags {
  const awsAuth = flags["aws-auth"];
  return {
    id: given("--cluster-id", flags["cluster-id"]),
    awsAuth: given("--aws-auth", awsAuth === undefined ? undefined : { path: awsAuth, flag: "--aws-auth" }),
    listen: given("--listen", flags.listen),
    operations: given("--operations", flags.operations),
    stateDir: given("--state-dir", flags["state-dir"]),
    cert: given("--cert", flags.cert),
    key: given("--key", flags.key),
    clientCa: given("--client-ca", flags["client-ca"]),
    partition: given("--partition", flags.partition),
    stsHosts:
      flags["sts-host"].length === 0 ? undefined : flags["sts-host"].map((value) => ({ name: "--sts-host", value })),
    dialAddress: given("--sts-dial", flags["sts-dial"]),
    dialCa: given("--sts-ca", flags["sts-ca"]),
    drainSeconds: given("--drain", flags.drain),
  };
}

function given<T>(name: string, value: T | undefined): Given<T> | undefined {
  return value === undefined ? undefined : { name, value };
}

function parseOperations(text: string) {
  return text === "off" ? text : parseListenAddress(text);
}

function parseDrain(text: string): number | undefined {
  const milliseconds = parseDuration(text);
  return milliseconds === undefined || milliseconds > 3_600_000 ? undefined : milliseconds / 1000;
}
