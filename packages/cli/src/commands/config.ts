import { defineCommand } from "../command.ts";
import type { Command } from "../command-spec.ts";
import { checkFiles } from "../config/check-files.ts";
import { describeSettings } from "../config/describe.ts";
import { type ConfigFile, parseConfigFile } from "../config/read-config-file.ts";
import { resolveSettings } from "../config/resolve.ts";
import type { Deps } from "../deps.ts";
import { CLI_ERROR_CODES, CliError, toCliError, usageError } from "../errors.ts";
import { oneLine, quote } from "../lib/quote.ts";
import { OUTPUT_FLAG } from "../output-flag.ts";
import type { ServeSettings } from "../serving/settings.ts";
import { defaultStateDir } from "../state-dir.ts";

/** `iamgate config`: judges a file of settings before it counts. */
export const command: Command = defineCommand(
  {
    name: "config",
    summary: "Check a file of settings: everything that is wrong with it, and what would be in force",
    positionals: [
      { placeholder: "check", required: true, help: "the word itself" },
      { placeholder: "FILE", required: true, help: "iamgate's own settings, or the Go authenticator's" },
    ],
    flags: { output: OUTPUT_FLAG },
    notes: [
      "Reads the files that it names too, as `iamgate serve --config FILE` would. Of the Go authenticator's file it tells what becomes of each setting. No secret is printed. Exit code 0: it can be served. 1: it cannot.",
    ],
    examples: [
      { does: "before a restart or a SIGHUP", line: "iamgate config check /etc/iamgate/iamgate.yaml" },
      {
        does: "moving over from the Go authenticator",
        line: "iamgate config check /etc/aws-iam-authenticator/config.yaml",
      },
    ],
  },
  async ({ flags, positionals }, deps) => {
    const [action = "", path = ""] = positionals;
    if (action !== "check") {
      throw usageError(`argument ${quote(action)}: iamgate config can only check`, "write `iamgate config check FILE`");
    }
    const check = await checkConfig(path, deps);
    deps.stdout.write(flags.output === "json" ? `${JSON.stringify(check, null, 2)}\n` : asText(check));
    if (check.problems.length === 0) return 0;
    const count = check.problems.length === 1 ? "1 problem" : `${check.problems.length} problems`;
    throw new CliError(CLI_ERROR_CODES.invalidFile, `checking ${quote(path)}: ${count}`, {
      hint: "each stands above with its place; correct them and check again",
    });
  },
);

interface Check {
  readonly file: string;
  readonly kind: ConfigFile["kind"];
  readonly problems: readonly { readonly message: string; readonly hint: string }[];
  /** What became of each setting of the Go authenticator's. */
  readonly outcomes: ConfigFile["outcomes"];
  /** What would be in force; `null` where that cannot be said. */
  readonly settings: ServeSettings | null;
  /** For each cluster what its mapping holds, `null` where it cannot be read. */
  readonly mappings: readonly (string | null)[];
}

async function checkConfig(path: string, deps: Deps): Promise<Check> {
  const parsed = await parseConfigFile({ path, flag: "FILE" }, { hasMapping: false }, deps);
  const { kind, outcomes } = parsed;
  const nothing = { file: path, kind, outcomes, settings: null, mappings: [] };
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ place, text, hint }) => ({ message: `${place}: ${text}`, hint }));
    return { ...nothing, problems };
  }
  let settings: ServeSettings;
  try {
    const none = { id: undefined, awsAuth: undefined };
    settings = resolveSettings(none, { ...parsed.layer, path }, { stateDir: defaultStateDir(deps.env, "serve") });
  } catch (error) {
    const { message, hint } = toCliError(error);
    return { ...nothing, problems: [{ message, hint }] };
  }
  const { mappings, errors } = await checkFiles(settings, deps);
  return {
    ...nothing,
    settings,
    mappings: mappings.map((mapping) => mapping ?? null),
    problems: errors.map(({ message, hint }) => ({ message, hint })),
  };
}

const KINDS: Readonly<Record<ConfigFile["kind"], string>> = {
  iamgate: "iamgate's own settings",
  "aws-iam-authenticator": "the Go authenticator's settings",
};

function asText({ file, kind, problems, outcomes, settings, mappings }: Check): string {
  const lines = [`${file}: ${KINDS[kind]}`];
  if (outcomes.length > 0) {
    lines.push("", "what became of each:", ...outcomes.map(({ place, text }) => `  ${place}: ${text}`));
  }
  if (settings !== null) {
    const rows = describeSettings(settings);
    const width = Math.max(...rows.map(([name]) => name.length));
    lines.push("", "in force:", ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`));
    lines.push("", "clusters:");
    for (const [index, { id, path, awsAuth }] of settings.clusters.entries()) {
      lines.push(`  ${id}: ${path}, mapping ${awsAuth.path} (${mappings[index] ?? "cannot be read"})`);
    }
  }
  if (problems.length > 0) {
    lines.push("", "problems:", ...problems.flatMap(({ message, hint }) => [`  ${message}`, `    ${hint}`]));
  }
  return lines.map((line) => `${line.startsWith(" ") ? line.replace(/\S.*/, oneLine) : oneLine(line)}\n`).join("");
}
