import { isScalar } from "yaml";
import type { Deps } from "../deps.ts";
import { type NamedFile, readTextFile } from "../lib/text-file.ts";
import { type Outcome, readGoFile } from "./go-authenticator/go-file.ts";
import { readIamgateFile } from "./iamgate-file.ts";
import type { SettingsLayer } from "./layer.ts";
import { type Problem, problemError } from "./problem.ts";
import { fieldsOf, readYamlFile } from "./yaml-file.ts";

/** A file of settings that was read. */
export interface ConfigFile {
  readonly kind: "iamgate" | "aws-iam-authenticator";
  readonly layer: SettingsLayer;
  /** What became of each setting of the Go authenticator's; none for iamgate's own file, which is taken as it stands. */
  readonly outcomes: readonly Outcome[];
}

/** A file of settings, or everything that is wrong with it. */
export type ParsedConfigFile =
  | ({ readonly ok: true } & ConfigFile)
  | {
      readonly ok: false;
      readonly kind: ConfigFile["kind"];
      readonly problems: readonly [Problem, ...Problem[]];
      readonly outcomes: readonly Outcome[];
    };

/** What is known beside the file. */
export interface ConfigContext {
  /** Whether a flag names the mapping, so that the file's own is not needed. */
  readonly hasMapping: boolean;
}

/**
 * Reads the file that `--config` names: iamgate's own, or the Go authenticator's.
 *
 * @throws CliError naming file, line and column of the first problem.
 */
export async function readConfigFile(
  file: NamedFile,
  context: ConfigContext,
  { files }: Pick<Deps, "files">,
): Promise<ConfigFile> {
  const parsed = await parseConfigFile(file, context, { files });
  if (!parsed.ok) throw problemError(file, parsed.problems);
  return parsed;
}

/**
 * The same, with every problem as a value.
 *
 * @throws CliError when the file cannot be read at all.
 */
export async function parseConfigFile(
  file: NamedFile,
  context: ConfigContext,
  { files }: Pick<Deps, "files">,
): Promise<ParsedConfigFile> {
  const { text } = await readTextFile(file, files);
  if (!isGoFile(text)) return { kind: "iamgate", outcomes: [], ...readIamgateFile(text, file.path) };
  return { kind: "aws-iam-authenticator", ...(await readGoFile(text, file.path, { ...context, files })) };
}

/** Told apart by content: the Go authenticator's file has clusterID or server, in any case, and ours has neither. */
function isGoFile(text: string): boolean {
  const yaml = readYamlFile(text, "", "failsafe");
  if (!yaml.ok) return false;
  const names = fieldsOf(yaml.file.root).map(({ key }) => (isScalar(key) ? String(key.value) : ""));
  const isGo = names.some((name) => ["clusterid", "server"].includes(name.toLowerCase()));
  return isGo && !names.includes("clusters");
}
