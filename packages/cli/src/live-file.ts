import type { Deps } from "./deps.ts";
import { CLI_ERROR_CODES, CliError } from "./errors.ts";
import { quote } from "./lib/quote.ts";
import { type NamedFile, readTextFile } from "./lib/text-file.ts";
import { notice, warn } from "./notices.ts";
import { watchFile } from "./watch-file.ts";

/** What a reader makes of a file's text. Problems and warnings begin with `file:line:column: `. */
export type ParsedFile<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** What is odd, though the file is taken; each one sentence or two. */
      readonly warnings: readonly string[];
      /** Parts that could not be read and stay as they were; none on a first reading. */
      readonly problems: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly string[]; readonly hint: string };

/** A file whose meaning is always at hand. */
export interface LiveFile<T> {
  /** The last good reading. */
  readonly current: () => T;
  /** Tells from now on what comes of each change; one at a time is told. */
  readonly follow: (follower: LiveFileFollower<T>) => void;
  readonly stop: () => void;
}

/** Whom a {@link LiveFile} tells of its changes. */
export interface LiveFileFollower<T> {
  /** What the file says is in force from now on. */
  readonly onTaken: (value: T) => void;
  /** The file, or a part of it, cannot be read: what it said before stays in force. */
  readonly onKept: () => void;
}

/** How a file is read, and how it is spoken of. */
export interface LiveFileSpec<T> extends NamedFile {
  /** @param previous - the last good reading, for formats of which a part may stay. */
  readonly parse: (text: string, previous?: T) => ParsedFile<T>;
  /** For example `12 entries`. */
  readonly describe: (value: T) => string;
  /** What it means that the last good reading is kept: `whoever it names is still let in`. */
  readonly keptMeans: string;
}

/**
 * Reads a file and reads it again whenever it changes. One that no longer parses is said loudly on standard error, and
 * the last good reading is kept until the file is right again.
 *
 * @throws CliError when the first reading fails.
 */
export async function openLiveFile<T>(spec: LiveFileSpec<T>, deps: Deps): Promise<LiveFile<T>> {
  const { flag, path, parse, describe, keptMeans } = spec;
  const first = await readTextFile(spec, deps.files);
  const opened = parse(first.text);
  const [problem, ...more] = opened.problems;
  if (!opened.ok || problem !== undefined) {
    const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
    throw new CliError(CLI_ERROR_CODES.invalidFile, `reading ${flag}: ${problem ?? quote(path)}${others}`, {
      hint: opened.ok ? `correct ${quote(path)} there` : opened.hint,
    });
  }
  for (const warning of opened.warnings) warn(deps, warning);

  let current = opened.value;
  let isKept = false;
  let follower: LiveFileFollower<T> | undefined;
  const keep = (problems: readonly string[], what: string): void => {
    isKept = true;
    follower?.onKept();
    for (const each of problems) warn(deps, each);
    warn(deps, `${flag} ${quote(path)}: keeping what ${what}: ${keptMeans}`);
  };

  const again = (problem: string): string => `reading ${flag} again: ${problem}`;
  const stop = watchFile(
    spec,
    first,
    {
      onTrouble: (error) => keep([`${error.message}; ${error.hint}`], `it said before (${describe(current)})`),
      onText: (text) => {
        const parsed = parse(text, current);
        if (!parsed.ok) return keep(parsed.problems.map(again), `it said before (${describe(current)})`);
        const before = describe(current);
        current = parsed.value;
        follower?.onTaken(current);
        for (const warning of parsed.warnings) warn(deps, warning);
        if (parsed.problems.length > 0) {
          return keep(parsed.problems.map(again), `that part said before (now ${describe(current)})`);
        }
        notice(
          deps,
          `${flag} ${quote(path)}: ${isKept ? "is right again, " : ""}taken over (${describe(current)}, before ${before})`,
        );
        isKept = false;
      },
    },
    deps,
  );
  return {
    current: () => current,
    follow: (next) => {
      follower = next;
    },
    stop,
  };
}
