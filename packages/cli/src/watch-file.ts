import { dirname } from "node:path";
import type { Timers } from "./deps.ts";
import { type CliError, toCliError } from "./errors.ts";
import type { Files } from "./files.ts";
import { type NamedFile, readTextFile, type TextFile } from "./lib/text-file.ts";

/** Whom {@link watchFile} tells. */
export interface FileObserver {
  /** The file says something else than before, or can be read again after trouble. */
  readonly onText: (text: string) => void;
  /** The file cannot be read any more; told once until the trouble is another one or over. */
  readonly onTrouble: (error: CliError) => void;
}

/** What watching needs of the world. */
export interface WatchDeps {
  readonly files: Files;
  readonly timers: Timers;
  readonly now: () => number;
}

const POLL_MS = 500;
/** Between two looks, however much happens. */
const PAUSE_MS = 50;
/** A change is read again after this, to see whether its writer has finished. */
const SETTLE_MS = 60;
/** What does not settle is taken as it is after so many readings, or a file that always changes would never be read. */
const MAX_READINGS = 10;
/** File systems' clocks are coarse (ext4's ticks every 4 ms, FAT's every 2 s): a state younger than this may hide a second write. */
const RACY_MS = 2_500;

/**
 * Tells of every change of a file's text within 2 s, however it is made: written in place, replaced by a rename, swapped
 * through a symbolic link as kubelet does with `..data`, deleted and made anew.
 *
 * The directory's events make it quick, polling makes it certain (they are lost on network file systems and for links
 * that lead elsewhere). A text is told when it has stayed the same for a moment, so that a writer who truncates and
 * then writes is not caught in the middle.
 *
 * @param first - the reading that the caller has already acted on.
 * @returns a function that ends the watch.
 */
export function watchFile(file: NamedFile, first: TextFile, observer: FileObserver, deps: WatchDeps): () => void {
  const { files, timers, now } = deps;
  let text = first.text;
  let trouble: string | undefined;
  let known: { readonly version: string; readonly readAt: number } | undefined;
  let isBusy = false;
  let isAskedAgain = false;
  let isStopped = false;

  const look = async (): Promise<void> => {
    if (await isUnchanged()) return;
    const reading = await settledReading(file, trouble === undefined ? text : undefined, deps);
    if (isStopped) return;
    known = reading.ok ? { version: reading.file.state.version, readAt: now() } : undefined;
    if (!reading.ok) {
      if (trouble !== reading.error.message) observer.onTrouble(reading.error);
      trouble = reading.error.message;
    } else if (trouble !== undefined || text !== reading.file.text) {
      trouble = undefined;
      text = reading.file.text;
      observer.onText(text);
    }
  };

  const isUnchanged = async (): Promise<boolean> => {
    if (known === undefined) return false;
    const state = await files.stat(file.path).catch(() => undefined);
    return state?.version === known.version && known.readAt - state.changedAt > RACY_MS;
  };

  const lookSoon = (): void => {
    isAskedAgain = true;
    if (isBusy) return;
    isBusy = true;
    void (async () => {
      while (isAskedAgain && !isStopped) {
        isAskedAgain = false;
        await look();
        // A directory in which much happens is not a reason to look without pause.
        await timers.sleep(PAUSE_MS);
      }
      isBusy = false;
    })();
  };

  const stopPolling = timers.every(POLL_MS, lookSoon);
  const stopWatching = files.watchDirectory(dirname(file.path), lookSoon);
  return () => {
    isStopped = true;
    stopPolling();
    stopWatching();
  };
}

type Reading = { readonly ok: true; readonly file: TextFile } | { readonly ok: false; readonly error: CliError };

/** Reads until two readings in a row agree, or one says what is known already. */
async function settledReading(
  file: NamedFile,
  knownText: string | undefined,
  { files, timers }: WatchDeps,
): Promise<Reading> {
  let reading = await read(file, files);
  if (reading.ok && reading.file.text === knownText) return reading;
  for (let readings = 1; readings < MAX_READINGS; readings++) {
    await timers.sleep(SETTLE_MS);
    const again = await read(file, files);
    if (isSame(reading, again)) return again;
    reading = again;
  }
  return reading;
}

async function read(file: NamedFile, files: Files): Promise<Reading> {
  try {
    return { ok: true, file: await readTextFile(file, files) };
  } catch (error) {
    return { ok: false, error: toCliError(error) };
  }
}

function isSame(left: Reading, right: Reading): boolean {
  if (left.ok && right.ok) return left.file.text === right.file.text;
  return !left.ok && !right.ok && left.error.message === right.error.message;
}
