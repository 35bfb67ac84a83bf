import type { ProcessUsage } from "@iamgate/webhook";
import { readSync, write, writeSync } from "node:fs";
import { systemCodeOf } from "./errors.ts";
import { type Files, realFiles } from "./files.ts";
import type { Address } from "./lib/address.ts";

/** Everything of the outside world that a command acts on; made for real by {@link realDeps} alone. */
export interface Deps {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds with fractions, of a clock that is never set back. */
  readonly monotonicNow: () => number;
  /** Cryptographically strong. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Version 4 (RFC 9562), as AWS's own request ids are. */
  readonly randomUuid: () => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  /** All of standard input, as bytes. */
  readonly readStdin: () => Uint8Array;
  /** The result of a command, and nothing else. */
  readonly stdout: Output;
  /** What is said beside the result: warnings, progress, logs. */
  readonly stderr: Output;
  readonly fetch: (url: string, init: BunFetchRequestInit) => Promise<Response>;
  /** Opens a TCP connection and closes it again. */
  readonly connect: (address: Address, signal: AbortSignal) => Promise<void>;
  readonly timers: Timers;
  /** Resolves with the name of the first signal that asks the process to end. */
  readonly untilAskedToStop: () => Promise<string>;
  /** Calls back whenever the signal comes, until the returned function is called; it then does what it does by default. */
  readonly onSignal: (signal: Signal, action: () => void) => () => void;
  /** What this process has used up to now. */
  readonly usage: () => ProcessUsage;
  /** How long a request's head may be before Bun itself answers 431; set by `--max-http-header-size`. */
  readonly maxRequestHeadBytes: number;
}

/** Signals that a server acts on. */
export type Signal = "SIGTERM" | "SIGINT" | "SIGHUP";

/** Somewhere to write text to. */
export interface Output {
  /** Writes all of it before it returns. */
  readonly write: (text: string) => void;
  /**
   * Writes all of it without holding up the process, whoever reads it. One call at a time; resolves when it is written,
   * rejects with the operating system's error.
   */
  readonly writeBehind: (text: string) => Promise<void>;
  readonly isTerminal: boolean;
  /** Width of the terminal in characters; 80 where it is none. */
  readonly columns: number;
}

/** Waiting and doing things again. */
export interface Timers {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** A signal that aborts after so long. */
  readonly timeoutSignal: (milliseconds: number) => AbortSignal;
  /** Runs `action` once after so long, unless the returned function is called before. */
  readonly after: (milliseconds: number, action: () => void) => () => void;
  /** Runs `action` every so often until the returned function is called. Does not keep the process alive. */
  readonly every: (milliseconds: number, action: () => void) => () => void;
}

/** The world as it is. */
export function realDeps(): Deps {
  return {
    now: Date.now,
    monotonicNow: () => performance.now(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    randomUuid: () => crypto.randomUUID(),
    env: process.env,
    files: realFiles,
    readStdin,
    stdout: output(1),
    stderr: output(2),
    fetch: (url, init) => fetch(url, init),
    connect,
    timers: {
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      timeoutSignal: (milliseconds) => AbortSignal.timeout(milliseconds),
      after: (milliseconds, action) => {
        const timer = setTimeout(action, milliseconds);
        return () => clearTimeout(timer);
      },
      every: (milliseconds, action) => {
        const timer = setInterval(action, milliseconds);
        timer.unref();
        return () => clearInterval(timer);
      },
    },
    untilAskedToStop,
    onSignal: (signal, action) => {
      process.on(signal, action);
      return () => process.off(signal, action);
    },
    usage: () => {
      const { user, system } = process.cpuUsage();
      return {
        cpuSeconds: (user + system) / 1_000_000,
        residentBytes: process.memoryUsage.rss(),
        startedAt: performance.timeOrigin,
      };
    },
    get maxRequestHeadBytes() {
      // Not imported: node:http takes 10 ms to load, and only servers ask.
      return process.getBuiltinModule("node:http").maxHeaderSize;
    },
  };
}

/** Writes synchronously, so that nothing is lost when the process exits right after. */
function output(descriptor: 1 | 2): Output {
  return {
    write: (text) => writeAll(descriptor, new TextEncoder().encode(text)),
    writeBehind: (text) => writeAllBehind(descriptor, new TextEncoder().encode(text)),
    get isTerminal() {
      return streamOf(descriptor).isTTY;
    },
    get columns() {
      return streamOf(descriptor).columns ?? 80;
    },
  };
}

/** Made at first use: it takes longer to load than minting a token takes. */
function streamOf(descriptor: 1 | 2): NodeJS.WriteStream {
  return descriptor === 1 ? process.stdout : process.stderr;
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if (systemCodeOf(error) !== "EAGAIN") throw error;
      // A pipe that somebody made non-blocking is full: give its reader a moment.
      Bun.sleepSync(1);
    }
  }
}

/** On a thread of Bun's pool: a pipe that nobody reads holds up that thread and nothing else. */
async function writeAllBehind(descriptor: number, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    write(descriptor, bytes, written, bytes.length - written, null, (error, length) => {
      if (error === null) resolve(length);
      else if (systemCodeOf(error) === "EAGAIN") setTimeout(resolve, 20, 0);
      else reject(error);
    });
    written += await promise;
  }
}

function readStdin(): Uint8Array {
  const chunks: Uint8Array[] = [];
  const buffer = new Uint8Array(65_536);
  for (;;) {
    try {
      const length = readSync(0, buffer);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(buffer.slice(0, length));
    } catch (error) {
      if (systemCodeOf(error) === "EOF") return Buffer.concat(chunks);
      if (systemCodeOf(error) !== "EAGAIN") throw error;
      Bun.sleepSync(1);
    }
  }
}

function untilAskedToStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
}

async function connect({ host, port }: Address, signal: AbortSignal): Promise<void> {
  const net = await import("node:net");
  return await new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    const end = (settle: () => void): void => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
      settle();
    };
    const abort = (): void => end(() => reject(new Error(`connecting to ${host}: given up`, { cause: signal.reason })));
    socket.once("connect", () => end(resolve));
    socket.on("error", (error) => end(() => reject(error)));
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
  });
}
