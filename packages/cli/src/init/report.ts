import { oneLine } from "../lib/quote.ts";
import { shellWord } from "../lib/shell-word.ts";
import type { ServedPlace } from "../serving/kubeconfigs.ts";
import type { ServeSettings } from "../serving/settings.ts";
import { apiServerFlags, type InstallStep, type PlatformName } from "./platforms.ts";

/** What `iamgate init` did, and what is left to do. */
export interface InitResult {
  readonly config: string;
  /** Files that were made now. */
  readonly written: readonly string[];
  readonly settings: ServeSettings;
  /** The file of the certificate; `undefined` where other hosts make their own. */
  readonly certificate: string | undefined;
  readonly places: readonly ServedPlace[];
  readonly platform: PlatformName | undefined;
  readonly steps: readonly InstallStep[] | undefined;
}

/** The result for people: files to copy stand between lines of their own, so that they can be told from the words. */
export function initReport({ config, written, settings, certificate, places, platform, steps }: InitResult): string {
  const state = (path: string): string => (written.includes(path) ? "written now" : "was there, not changed");
  const mappings = settings.clusters.map(({ awsAuth }) => awsAuth.path);
  return [
    "iamgate init: ready",
    row("settings", `${config} (${state(config)})`),
    ...mappings.map((path) => row("mapping", written.includes(path) ? `${path} (written now, lets nobody in)` : path)),
    row("state directory", settings.stateDir),
    ...(certificate === undefined
      ? [""]
      : [
          row("certificate", certificate),
          ...places.map(({ kubeconfig }) => row("kubeconfig", kubeconfig)),
          "",
          ...places.flatMap((place) => flagLines(place, places.length)),
        ]),
    ...(steps === undefined ? nextLines(config) : [`for ${platform}:`, ...steps.flatMap(stepLines)]),
    "",
  ].join("\n");
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(16)} ${oneLine(value)}`;
}

function flagLines({ id, kubeconfig }: ServedPlace, clusters: number): readonly string[] {
  const whose = clusters === 1 ? "kube-apiserver" : `kube-apiserver of ${oneLine(id)}`;
  return [
    `flags for ${whose}:`,
    ...apiServerFlags(kubeconfig).map(([name, value]) => `  --${name}=${shellWord(value)}`),
    "",
  ];
}

function nextLines(config: string): readonly string[] {
  return ["next:", `  iamgate config check ${shellWord(config)}`, `  iamgate serve --config ${shellWord(config)}`];
}

function stepLines({ does, file, commands = [] }: InstallStep, index: number): readonly string[] {
  return [
    "",
    `${index + 1}. ${does}`,
    ...(file === undefined ? [] : [`   --- ${file.path}`, ...file.text.trimEnd().split("\n"), "   ---"]),
    ...commands.map((command) => `   $ ${command}`),
  ];
}
