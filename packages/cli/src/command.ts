import { type ArgsSpec, asksForHelp, type Flags, type ParsedArgs, readArgs } from "./args.ts";
import type { Deps } from "./deps.ts";
import { commandHelp } from "./help.ts";

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

/** Makes a command of its spec and of what it does with arguments that fit. */
export function defineCommand<const F extends Flags>(
  spec: CommandSpec<F>,
  act: (args: ParsedArgs<F>, deps: Deps) => Promise<number>,
): Command {
  return {
    ...spec,
    run: async (args, deps) => {
      if (!asksForHelp(args)) return await act(readArgs(spec, args, deps.env), deps);
      deps.stdout.write(commandHelp(spec));
      return 0;
    },
  };
}
