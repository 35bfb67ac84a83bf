import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Deps, realDeps, type Signal } from "../src/deps.ts";
import { report, run } from "../src/run.ts";

/** What a command did. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A world for commands in this process: real files, sockets and timers; captured output; an empty environment. */
export interface World {
  readonly deps: Deps;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** As a SIGTERM would. */
  readonly askToStop: () => void;
  /** As if the signal came, for who listens with `onSignal`. */
  readonly signal: (signal: Signal) => void;
  /** Waits until what has been written holds the text, or fails after 10 s with what was written. */
  readonly until: (stream: "stdout" | "stderr", text: string) => Promise<void>;
}

const directories: string[] = [];
const children = new Set<Bun.Subprocess>();

/**
 * Removes what the tests of a file have made: `afterAll(cleanUp)` in each file. (Bun loads this one once for all of them,
 * so an `afterAll` here would run after the first, and `bun test` ends without an exit event.)
 */
export function cleanUp(): void {
  for (const child of children) child.kill("SIGKILL");
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}

/** A fresh directory, removed by {@link cleanUp}. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "iamgate-test-"));
  directories.push(directory);
  return directory;
}

export function world(changes: Partial<Deps> = {}): World {
  const written = { stdout: "", stderr: "" };
  const stop = Promise.withResolvers<string>();
  const listeners = new Set<{ readonly signal: Signal; readonly action: () => void }>();
  const output = (stream: "stdout" | "stderr"): Deps["stdout"] => ({
    write: (text) => {
      written[stream] += text;
    },
    writeBehind: async (text) => {
      written[stream] += text;
    },
    isTerminal: false,
    columns: 80,
  });
  const real = realDeps();
  const deps: Deps = {
    ...real,
    env: { HOME: "/nonexistent" },
    stdout: output("stdout"),
    stderr: output("stderr"),
    maxRequestHeadBytes: 32_768,
    untilAskedToStop: () => stop.promise,
    onSignal: (signal, action) => {
      const listener = { signal, action };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...changes,
  };
  return {
    deps,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    askToStop: () => stop.resolve("SIGTERM"),
    signal: (signal) => {
      for (const listener of listeners) if (listener.signal === signal) listener.action();
    },
    until: async (stream, text) => {
      for (let waited = 0; !written[stream].includes(text); waited += 10) {
        if (waited > 10_000) throw new Error(`no ${JSON.stringify(text)} on ${stream}: ${JSON.stringify(written)}`);
        await Bun.sleep(10);
      }
    },
  };
}

/** Runs a command line to its end in this process, as main.ts would. */
export async function runHere(args: readonly string[], { deps, stdout, stderr }: World = world()): Promise<Ran> {
  const code = await run(args, deps).catch((error: unknown) => report(error, deps));
  return { code, stdout: stdout(), stderr: stderr() };
}

/** An environment in which no AWS setting of the machine's is seen. */
export const OWN_ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** Where and how a command line's process runs. */
export interface ProcessOptions {
  readonly cwd?: string;
  readonly bunFlags?: readonly string[];
}

/** A command line's process, with an environment of its own; killed by {@link cleanUp} if it still runs then. */
export function spawnIamgate(args: readonly string[], options: ProcessOptions = {}) {
  const { cwd = tmpdir(), bunFlags = ["--max-http-header-size=32768"] } = options;
  const main = join(import.meta.dir, "../src/main.ts");
  const child = Bun.spawn([process.execPath, "--conditions=source", ...bunFlags, main, ...args], {
    cwd,
    env: OWN_ENVIRONMENT,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    onExit: (ended) => void children.delete(ended),
  });
  children.add(child);
  return child;
}

/** Runs a command line to its end in a process of its own. */
export async function runAlone(args: readonly string[], options: ProcessOptions = {}): Promise<Ran> {
  const child = spawnIamgate(args, options);
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout, stderr };
}
