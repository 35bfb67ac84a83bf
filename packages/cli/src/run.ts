import { ALIASES, COMMANDS } from "./commands.ts";
import type { Deps } from "./deps.ts";
import { toCliError, usageError } from "./errors.ts";
import { nearest } from "./lib/nearest.ts";
import { oneLine, quote } from "./lib/quote.ts";

/**
 * Runs one command line. Loads nothing but the command that is named.
 *
 * @param args - what follows `iamgate`.
 * @param deps - the world it acts on.
 * @returns the exit code.
 * @throws CliError for what the user can put right; {@link report} prints it.
 */
export async function run(args: readonly string[], deps: Deps): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    throw usageError("no command given", "`iamgate help` lists the commands");
  }
  if (name === "--version" || name === "-V" || name === "version") return await printVersion(deps);
  if (name === "--help" || name === "-h" || name === "help") return await help(rest, deps);
  return await (await commandNamed(name)).run(rest, deps);
}

/**
 * Says on standard error what went wrong and what to do next, in a line each.
 *
 * @returns the exit code: 2 for a wrong command line, 1 for a failure.
 */
export function report(thrown: unknown, { stderr }: Pick<Deps, "stderr">): number {
  const error = toCliError(thrown);
  stderr.write(`iamgate: error: ${oneLine(error.message)}\niamgate: hint: ${oneLine(error.hint)}\n`);
  return error.exitCode;
}

/** Words that stand where a command does, and have no help but the general one. */
const OF_ITSELF: ReadonlySet<string> = new Set(["help", "version"]);

async function help(args: readonly string[], deps: Deps): Promise<number> {
  const [name] = args;
  if (name !== undefined && !OF_ITSELF.has(name) && !name.startsWith("-")) {
    return await (await commandNamed(name)).run(["--help"], deps);
  }
  const [{ generalHelp }, ...commands] = await Promise.all([
    import("./help.ts"),
    ...Array.from(COMMANDS.values(), (load) => load()),
  ]);
  deps.stdout.write(generalHelp(commands));
  return 0;
}

async function commandNamed(name: string) {
  const load = COMMANDS.get(ALIASES.get(name) ?? name);
  if (load !== undefined) return await load();
  const meant = nearest(name, [...COMMANDS.keys(), "help", "version"]);
  const list = "`iamgate help` lists the commands";
  throw usageError(`command ${quote(name)}: there is no such command`, meant ? `did you mean ${meant}? ${list}` : list);
}

async function printVersion({ stdout }: Deps): Promise<number> {
  const { default: manifest } = await import("../package.json", { with: { type: "json" } });
  stdout.write(`iamgate ${manifest.version}\n`);
  return 0;
}
