import { Database } from "bun:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MILLISECONDS = 200;

/**
 * Runs `work` while no other process on this machine runs under the same lock file, waiting as long as it takes.
 *
 * The lock is SQLite's file lock: the system releases it with its process, so a killed run leaves nothing stale.
 *
 * @throws whatever `work` throws, the lock being released.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const database = new Database(path);
  try {
    while (!tryLock(database)) await sleep(POLL_MILLISECONDS);
    return await work();
  } finally {
    database.close();
  }
}

function tryLock(database: Database): boolean {
  try {
    database.run("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === "SQLITE_BUSY") return false;
    throw error;
  }
}
