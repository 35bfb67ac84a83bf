import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A program in the background. */
export interface Child {
  readonly pid: number;
  /** Ends it at once: nothing of it is kept. */
  kill(): Promise<void>;
}

/** How a server is started. */
export interface ServerCommand {
  readonly name: string;
  readonly command: readonly string[];
  /** All of it: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Appended to, so that it may be cut off while the server runs. */
  readonly logPath: string;
  /** Whether it answers yet. */
  readonly isReady: () => Promise<boolean>;
}

const READY_SECONDS = 20;
const live = new Set<Bun.Subprocess>();

/**
 * Starts a server and waits until it is ready.
 *
 * @throws Error with the end of its log when it is not; it is then dead.
 */
export async function startServer(server: ServerCommand): Promise<Child> {
  const log = openSync(server.logPath, "a", 0o600);
  const { command, cwd, env } = server;
  const process = keep(Bun.spawn([...command], { cwd, env: { ...env }, stdin: "ignore", stdout: log, stderr: log }));
  closeSync(log);
  const deadline = Date.now() + READY_SECONDS * 1000;
  while (!(await server.isReady().catch(() => false))) {
    const ended = process.exitCode ?? process.signalCode;
    if (ended === null && Date.now() < deadline) {
      await sleep(50);
      continue;
    }
    await kill(process);
    const state = ended === null ? `not ready after ${READY_SECONDS} s` : `ended (${ended}) before it was ready`;
    const last = readFileSync(server.logPath, "utf8").trimEnd().split("\n").slice(-15).join("\n");
    throw new Error(`start ${server.name}: ${state}; its log ends:\n${last}`);
  }
  return { pid: process.pid, kill: () => kill(process) };
}

/** Sees to it that a process does not outlive this one. */
export function keep<P extends Bun.Subprocess>(process: P): P {
  live.add(process);
  void process.exited.finally(() => live.delete(process));
  return process;
}

/** Ends everything that still runs. */
export async function killAll(): Promise<void> {
  await Promise.all(Array.from(live, kill));
}

/** Ends one process, and waits until it has ended. */
export async function kill(process: Bun.Subprocess): Promise<void> {
  process.kill("SIGKILL");
  await process.exited;
}
