import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { withLock } from "./lock.ts";

/**
 * Makes a file or folder of a cache that several processes share, unless it is there.
 *
 * It appears in one rename, so what is there is whole. One lock for the whole cache: two builds side by side would share
 * the cores and Go's own cache, and both end later.
 *
 * @param make - makes it at the path that it is given.
 * @throws whatever `make` throws; nothing is left then.
 */
export async function makeOnce(path: string, make: (partial: string) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  await withLock(join(folder, "lock"), async () => {
    if (existsSync(path)) return;
    // What a killed run left: while the lock is held nobody else is at work.
    for (const name of readdirSync(folder)) {
      if (name.endsWith(PARTIAL)) rmSync(join(folder, name), { recursive: true, force: true });
    }
    const partial = join(folder, `${basename(path)}.${process.pid}${PARTIAL}`);
    try {
      await make(partial);
      renameSync(partial, path);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  });
}

const PARTIAL = ".partial";
