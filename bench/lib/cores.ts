import { readFileSync } from "node:fs";

/** Which core each part of a measurement has; the server's is its own. */
export interface Cores {
  readonly server: number;
  readonly load: number;
  /** The load generator's where there are only two. */
  readonly sts: number;
}

/** Chooses cores among those that this process may use, or says why pinning is not possible here. */
export function chooseCores(): Cores | { readonly skipped: string } {
  if (process.platform !== "linux") return { skipped: "pinning cores and reading CPU times is done as Linux has it" };
  if (Bun.which("taskset") === null) return { skipped: "no taskset on this machine; apt-get install util-linux" };
  const [server, load, sts = load] = allowedCores();
  if (server === undefined || load === undefined || sts === undefined) {
    return { skipped: "one core only: the load generator would run on the server's" };
  }
  return { server, load, sts };
}

/** A command, run on one core. `taskset` becomes the program, so that its process id is the program's. */
export function pinned(core: number, command: readonly string[]): readonly string[] {
  return ["taskset", "--cpu-list", String(core), ...command];
}

/** `Cpus_allowed_list: 0-2,5` as 0, 1, 2, 5 (proc(5)). */
function allowedCores(): readonly number[] {
  const [, list = ""] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
