import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Run, ledgerOf } from "./run.ts";

export interface ServerCommand {
  /** What the log and messages call it. */
  readonly name: string;
  readonly command: readonly string[];
  /** All of it: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logPath: string;
  /** Whether it answers yet; may also throw while it does not. */
  readonly isReady: () => Promise<boolean>;
  /** The longest wait for `isReady`. */
  readonly readySeconds: number;
}

/** A program that runs in the background until it is stopped. */
export interface Server {
  /** Asks it to end (SIGTERM), kills it when it has not within five seconds, and says how it ended. */
  stop(): Promise<{ readonly exitCode: number | null; readonly killed: boolean }>;
  /** Ends it at once: for programs whose data is thrown away. */
  kill(): Promise<void>;
}

const STOP_SECONDS = 5;
const POLL_MILLISECONDS = 50;

/**
 * Starts a program and waits until it is ready.
 *
 * @throws Error with the log's path and last lines when it ends early or is not ready in time; it is then dead.
 */
export async function startServer(run: Run, server: ServerCommand): Promise<Server> {
  const ledger = ledgerOf(run);
  const log = openSync(server.logPath, "a", 0o600);
  const child = Bun.spawn([...server.command], {
    cwd: server.cwd,
    env: { ...server.env },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  closeSync(log);
  ledger.add(child.pid);
  const ended = child.exited.finally(() => ledger.delete(child.pid));
  const running: Server = {
    async stop() {
      child.kill("SIGTERM");
      const graceful = await Promise.race([ended.then(() => true), sleep(STOP_SECONDS * 1000, false, { ref: false })]);
      if (!graceful) child.kill("SIGKILL");
      await ended;
      return { exitCode: child.exitCode, killed: !graceful };
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };

  const deadline = Date.now() + server.readySeconds * 1000;
  while (!(await server.isReady().catch(() => false))) {
    const exited = child.exitCode ?? child.signalCode;
    if (exited === null && Date.now() < deadline) {
      await sleep(POLL_MILLISECONDS);
      continue;
    }
    await running.kill();
    const state =
      exited === null ? `not ready after ${server.readySeconds} s` : `ended (${exited}) before it was ready`;
    throw new Error(
      `start ${server.name}: ${state}; its log is ${server.logPath}, and ends:\n${tailOf(server.logPath)}`,
    );
  }
  return running;
}

function tailOf(path: string): string {
  return readFileSync(path, "utf8").trimEnd().split("\n").slice(-15).join("\n");
}
