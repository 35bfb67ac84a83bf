import type { ArgsSpec, Flags } from "./args.ts";
import type { Deps } from "./deps.ts";

/** What a command says of itself. */
export interface CommandSpec<F extends Flags = Flags> extends ArgsSpec<F> {
  /** One line for the list of commands: a verb first, no full stop. */
  readonly summary: string;
  /** More for `--help`: a paragraph each. */
  readonly notes?: readonly string[];
  /** What it reads and writes, as the help lists it. */
  readonly files?: readonly { readonly path: string; readonly help: string }[];
  /** Command lines that work, each with what it does. */
  readonly examples: readonly { readonly does: string; readonly line: string }[];
}

/** A command, ready to be run with a command line and the world it acts on. */
export interface Command extends CommandSpec {
  /**
   * @param args - what follows the command's name.
   * @returns the exit code.
   * @throws CliError for what the user can put right.
   */
  readonly run: (args: readonly string[], deps: Deps) => Promise<number>;
}
