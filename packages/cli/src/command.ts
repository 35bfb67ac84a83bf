import { asksForHelp, type Flags, type ParsedArgs, readArgs } from "./args.ts";
import type { Command, CommandSpec } from "./command-spec.ts";
import type { Deps } from "./deps.ts";
import { commandHelp } from "./help.ts";

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
