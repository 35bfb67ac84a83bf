import { readFileSync } from "node:fs";

/** What a process has used so far. */
export interface Usage {
  /** User and system time of all its threads, those that ended included. */
  readonly cpuMicroseconds: number;
  readonly rssMiB: number;
}

/** USER_HZ, which proc(5) counts in, is 100 on every architecture that Bun runs on. */
const MICROSECONDS_PER_TICK = 10_000;

/** Reads the usage of a live process. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the command's name in parentheses, which may hold blanks and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [utime, stime] = [fields[11], fields[12]].map(Number);
  if (utime === undefined || stime === undefined) throw new Error(`read /proc/${pid}/stat: too few fields`);
  return { cpuMicroseconds: (utime + stime) * MICROSECONDS_PER_TICK, rssMiB: memoryOf(pid, "VmRSS") ?? 0 };
}

/** `VmRSS`, now, or `VmHWM`, the most so far; undefined once the process has ended. */
export function memoryOf(pid: number, name: "VmRSS" | "VmHWM"): number | undefined {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const at = status.indexOf(`${name}:`);
  return at === -1 ? undefined : Number.parseInt(status.slice(at + name.length + 1), 10) / 1024;
}
