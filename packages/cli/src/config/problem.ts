import { CLI_ERROR_CODES, CliError } from "../errors.ts";
import type { NamedFile } from "../lib/text-file.ts";

/** What is wrong with a file, and where. */
export interface Problem {
  /** `iamgate.yaml:3:9`. */
  readonly place: string;
  /** One sentence without a full stop: the setting, its value, what was expected. */
  readonly text: string;
  /** What to do next. */
  readonly hint: string;
}

/** The first of a file's problems as an error. */
export function problemError({ flag }: NamedFile, [first, ...more]: readonly [Problem, ...Problem[]]): CliError {
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return new CliError(CLI_ERROR_CODES.invalidFile, `reading ${flag}: ${first.place}: ${first.text}${others}`, {
    hint: first.hint,
  });
}
