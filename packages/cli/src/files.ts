// Whoever only mints loads this file, and touches no `fs.promises`, which would take 2 ms to come.
import * as fs from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemCodeOf } from "./errors.ts";

/** The file system, as far as commands use it. Every method throws the operating system's own error. */
export interface Files {
  readonly read: (path: string) => Promise<Uint8Array>;
  /** Follows symbolic links. */
  readonly stat: (path: string) => Promise<FileState>;
  /** Makes the directory and its parents; one that is made is for its owner only. */
  readonly makeDirectory: (path: string) => Promise<void>;
  /** Puts the text in place as a whole or not at all, also when the machine stops half-way. */
  readonly replace: (path: string, text: string, options: { readonly mode: number }) => Promise<void>;
  /** Makes the file, or returns false where there is one already. */
  readonly claim: (path: string, text: string) => Promise<boolean>;
  readonly remove: (path: string) => Promise<void>;
  /**
   * Locks the file, which is made if it is not there, and returns what unlocks it; or returns `undefined` while somebody
   * else has it. The operating system takes the lock away with its process, however that ends.
   */
  readonly lock: (path: string) => Promise<(() => void) | undefined>;
  /** Calls back when something happens in the directory, perhaps too often and perhaps not always. */
  readonly watchDirectory: (path: string, onChange: () => void) => () => void;
}

/** What tells one state of a file from another. */
export interface FileState {
  readonly kind: "file" | "directory" | "other";
  readonly sizeBytes: number;
  /** Permission bits. */
  readonly mode: number;
  /** Epoch milliseconds; of its content or its inode, whichever changed last. */
  readonly changedAt: number;
  /** Differs when the file was replaced, written or touched, as far as the file system's clock can tell. */
  readonly version: string;
}

/** The file system as it is. */
export const realFiles: Files = {
  read: (path) => fs.promises.readFile(path),
  stat: async (path) => {
    const found = await fs.promises.stat(path, { bigint: true });
    return {
      kind: found.isFile() ? "file" : found.isDirectory() ? "directory" : "other",
      sizeBytes: Number(found.size),
      mode: Number(found.mode & 0o7777n),
      changedAt: Number((found.ctimeNs > found.mtimeNs ? found.ctimeNs : found.mtimeNs) / 1_000_000n),
      version: [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(":"),
    };
  },
  makeDirectory: async (path) => {
    await fs.promises.mkdir(path, { recursive: true, mode: 0o700 });
  },
  replace,
  claim,
  remove: (path) => fs.promises.unlink(path),
  lock,
  watchDirectory,
};

async function claim(path: string, text: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await fs.promises.open(path, "wx", 0o600);
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await file.writeFile(text);
    return true;
  } finally {
    await file.close();
  }
}

/** SQLite's file lock: there is no other one in Bun. */
async function lock(path: string): Promise<(() => void) | undefined> {
  // Made here, for its mode and for the operating system's own error.
  await (await fs.promises.open(path, "a", 0o600)).close();
  const { Database } = await import("bun:sqlite");
  const database = new Database(path);
  try {
    database.run("BEGIN EXCLUSIVE");
    return () => database.close();
  } catch (error) {
    database.close();
    if (error instanceof Error && "code" in error && error.code === "SQLITE_BUSY") return undefined;
    throw error;
  }
}

let replacements = 0;

async function replace(path: string, text: string, { mode }: { readonly mode: number }): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${++replacements}.tmp`);
  try {
    const file = await fs.promises.open(temporary, "w", mode);
    try {
      await file.writeFile(text);
      // The umask may have taken bits away; none may have been added.
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.promises.rename(temporary, path);
  } catch (error) {
    await fs.promises.unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** A rename is durable only once its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await fs.promises.open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function watchDirectory(path: string, onChange: () => void): () => void {
  let watcher: fs.FSWatcher | undefined;
  try {
    watcher = fs.watch(path, { persistent: false }, onChange);
    // Watches run out (fs.inotify.max_user_watches) or lose their directory: whoever watches polls besides.
    watcher.on("error", () => watcher?.close());
  } catch {
    watcher = undefined;
  }
  return () => watcher?.close();
}
