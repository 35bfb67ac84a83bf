import { dirname, join, relative, resolve } from "node:path";
import { type FlagValues, textFlag } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { Command } from "../command-spec.ts";
import { DEFAULTS } from "../config/resolve.ts";
import type { Deps } from "../deps.ts";
import { CLI_ERROR_CODES, CliError, systemCodeOf, usageError } from "../errors.ts";
import { EXAMPLE_AWS_AUTH, exampleConfig } from "../init/example-files.ts";
import { initReport } from "../init/report.ts";
import { INSTALLED, type InstallFile, PLATFORM_NAMES, type PlatformName, stepsFor } from "../init/platforms.ts";
import { type Address, formatAddress } from "../lib/address.ts";
import { quote } from "../lib/quote.ts";
import { readTextFile } from "../lib/text-file.ts";
import { notice } from "../notices.ts";
import { placesOf, writeKubeconfigs } from "../serving/kubeconfigs.ts";
import { NO_SERVE_FLAGS, readServeSettings, SERVE_FLAGS } from "../serving/read-settings.ts";
import type { ServeSettings } from "../serving/settings.ts";
import { CERTIFICATE_FILES, defaultStateDir, openStateDir } from "../state-dir.ts";
import { readOwnCertificate } from "../tls/served-certificate.ts";
import { reachableAt, serverNamesFor } from "../tls/server-names.ts";

const FLAGS = {
  for: {
    kind: "value",
    given: false,
    placeholder: "PLATFORM",
    parse: (text: string) => PLATFORM_NAMES.find((name) => name === text),
    expected: `one of ${PLATFORM_NAMES.join(", ")}`,
    help: `print the steps that join it to this kind of control plane: ${PLATFORM_NAMES.join(", ")}`,
  },
  config: textFlag({
    short: "c",
    placeholder: "FILE",
    help: `settings: written where there are none, else read and left alone; default iamgate.yaml, on a control-plane host ${INSTALLED.config}`,
  }),
  "cluster-id": SERVE_FLAGS["cluster-id"],
  "aws-auth": textFlag({
    placeholder: "FILE",
    help: "manifest of the ConfigMap kube-system/aws-auth; default an example beside the settings",
  }),
  listen: SERVE_FLAGS.listen,
  "state-dir": textFlag({
    placeholder: "DIR",
    help: `keeps certificates and kubeconfig; default as for serve, with --for ${INSTALLED.stateDir}`,
  }),
} as const;

/** `iamgate init`: everything that a first start needs. */
export const command: Command = defineCommand(
  {
    name: "init",
    summary: "Prepare settings, certificate and kubeconfig, and print what kube-apiserver has to be told",
    flags: FLAGS,
    files: [
      { path: "iamgate.yaml, aws-auth.yaml", help: "examples to be edited; what is there is never changed" },
      ...CERTIFICATE_FILES,
      { path: "DIR/kubeconfig.yaml", help: "for kube-apiserver's --authentication-token-webhook-config-file" },
    ],
    notes: ["It may be run again at any time: it makes what is missing, and prints the same again."],
    examples: [
      { does: "a look around", line: "iamgate init --cluster-id demo --state-dir state" },
      { does: "a control-plane host of kubeadm", line: "iamgate init --cluster-id prod --for kubeadm" },
      {
        does: "the steps again, for settings that are there",
        line: "iamgate init --config /etc/iamgate/iamgate.yaml --for k3s",
      },
    ],
  },
  async ({ flags, given }, deps) => {
    const platform = flags.for;
    const config = resolve(flags.config ?? (isHere(platform) ? INSTALLED.config : "iamgate.yaml"));
    const isThere = await exists(config, deps);
    if (isThere) refuseSettings(config, given);
    const written = isThere ? [] : await writeExamples(config, flags, deps);
    const settings = await readServeSettings({ ...NO_SERVE_FLAGS, config }, deps);
    refuseAnyPort(settings.listen);
    const base = `https://${formatAddress({ host: reachableAt(settings.listen.host), port: settings.listen.port })}`;
    const stateDir = resolve(settings.stateDir);
    const places = placesOf(settings.clusters, { base, stateDir });
    let certificate: string | undefined;
    if (platform !== "kops") {
      const { trustPem, path } = await openCertificate(settings, deps);
      await writeKubeconfigs(places, { base, trustPem }, deps);
      certificate = path;
    }
    const [first] = places;
    const onHost = platform === "kops" ? INSTALLED.config : config;
    const mappings = settings.clusters.map(({ awsAuth }) => awsAuth.path);
    const paths = { config: onHost, mappings, stateDir, kubeconfig: first?.kubeconfig ?? "" };
    const steps = platform && stepsFor(platform, paths, await assetsOf({ config, onHost, mappings }, deps));
    deps.stdout.write(initReport({ config, written, settings, certificate, places, platform, steps }));
    return 0;
  },
);

function refuseAnyPort(address: Address): void {
  if (address.port !== 0) return;
  throw usageError(
    `address ${quote(formatAddress(address))}: kube-apiserver has to know the port beforehand`,
    `name a port, for example ${DEFAULTS.listen}`,
  );
}

/** Whether this machine is the control-plane host itself. */
function isHere(platform: PlatformName | undefined): boolean {
  return platform !== undefined && platform !== "kops";
}

/** Settings and mappings with their texts, at the same places beside each other on the host as here. */
async function assetsOf(
  {
    config,
    onHost,
    mappings,
  }: { readonly config: string; readonly onHost: string; readonly mappings: readonly string[] },
  deps: Deps,
): Promise<readonly InstallFile[]> {
  const assets: InstallFile[] = [];
  for (const path of new Set([config, ...mappings])) {
    const { text } = await readTextFile({ path, flag: path === config ? "--config" : "awsAuth" }, deps.files);
    const away = relative(dirname(config), path);
    assets.push({ path: away.startsWith("..") ? path : path === config ? onHost : join(dirname(onHost), away), text });
  }
  return assets;
}

/** A file that is there says it all: a flag beside it would hold for this once only. */
function refuseSettings(config: string, given: ReadonlySet<string>): void {
  const flag = (["cluster-id", "aws-auth", "listen", "state-dir"] as const).find((name) => given.has(name));
  if (flag === undefined) return;
  throw usageError(
    `flag --${flag}: ${quote(config)} is there already, and init does not change it`,
    "edit the file, or name another one with --config",
  );
}

/** Writes the settings and, unless the mapping is named, an example of one; returns what was written. */
async function writeExamples(config: string, flags: FlagValues<typeof FLAGS>, deps: Deps): Promise<readonly string[]> {
  const clusterId = flags["cluster-id"];
  if (clusterId === undefined) {
    throw usageError(
      "flag --cluster-id: is required",
      `add --cluster-id ID; there is no ${quote(config)} yet that names one`,
    );
  }
  if (flags.listen !== undefined) refuseAnyPort(flags.listen);
  const stateDir = flags.for === undefined ? defaultStateDir(deps.env, "serve") : INSTALLED.stateDir;
  const text = exampleConfig({
    clusterId,
    awsAuth: flags["aws-auth"] === undefined ? "aws-auth.yaml" : resolve(flags["aws-auth"]),
    listen: flags.listen === undefined ? DEFAULTS.listen : formatAddress(flags.listen),
    stateDir: resolve(flags["state-dir"] ?? stateDir),
  });
  const written: string[] = [];
  const awsAuth = join(dirname(config), "aws-auth.yaml");
  if (flags["aws-auth"] === undefined && (await claim(awsAuth, EXAMPLE_AWS_AUTH, deps))) written.push(awsAuth);
  if (await claim(config, text, deps)) written.push(config);
  return written;
}

async function claim(path: string, text: string, { files }: Deps): Promise<boolean> {
  try {
    await files.makeDirectory(dirname(path));
    return await files.claim(path, text);
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === undefined) throw cause;
    throw new CliError(CLI_ERROR_CODES.unreadableFile, `writing ${quote(path)}: it cannot be made (${code})`, {
      hint: "run as one who may write there, or name another file with --config",
      cause,
    });
  }
}

async function exists(path: string, { files }: Deps): Promise<boolean> {
  try {
    await files.stat(path);
    return true;
  } catch (error) {
    const code = systemCodeOf(error);
    // Anything else is told when it is read.
    return code !== "ENOENT" && code !== "ENOTDIR";
  }
}

interface OpenedCertificate {
  readonly trustPem: string | undefined;
  readonly path: string;
}

async function openCertificate(
  { certificate, stateDir, listen }: ServeSettings,
  deps: Deps,
): Promise<OpenedCertificate> {
  if (certificate !== undefined) {
    await deps.files.makeDirectory(resolve(stateDir));
    return await readOwnCertificate(certificate, deps);
  }
  const { caPem, paths, news } = await openStateDir(stateDir, serverNamesFor(listen.host), deps);
  for (const each of news) notice(deps, each);
  return { trustPem: caPem, path: paths.cert };
}
