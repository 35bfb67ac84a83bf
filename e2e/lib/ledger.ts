import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The live processes of a run, one empty file each, named by process id. It outlives the test process: whoever started
 * that can end what it left behind, however it ended.
 */
export class Ledger {
  readonly #folder: string;

  /** @param folder - made when it does not exist. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Notes a process that was started. */
  add(pid: number): void {
    writeFileSync(join(this.#folder, String(pid)), "");
  }

  /** Strikes out a process that was seen to end: from here on its id may be another's. */
  delete(pid: number): void {
    rmSync(join(this.#folder, String(pid)), { force: true });
  }

  /** Kills every process that is left, and says how many there were. */
  killAll(): number {
    const pids = readdirSync(this.#folder).map(Number);
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
      this.delete(pid);
    }
    return pids.length;
  }
}
