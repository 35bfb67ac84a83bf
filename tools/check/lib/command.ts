import path from "node:path";

/** How a program ended. */
export interface Outcome {
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

interface CommandOptions {
  readonly cwd: string;
  readonly timeoutSeconds?: number;
}

const TOOL_BINARIES = path.resolve(import.meta.dirname, "../../../node_modules/.bin");
const PARALLEL = 2;
const waiting: (() => void)[] = [];
let running = 0;

/**
 * Runs a program, at most two at a time, in an environment of its own: no AWS settings of whoever runs it, no stdin,
 * the repository's own binaries first in PATH.
 */
export async function runCommand(command: readonly string[], options: CommandOptions): Promise<Outcome> {
  await turn();
  try {
    return await spawn(command, options);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function turn(): Promise<void> {
  while (running >= PARALLEL) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
}

async function spawn(command: readonly string[], options: CommandOptions): Promise<Outcome> {
  const { cwd, timeoutSeconds = 60 } = options;
  const child = Bun.spawn([...command], {
    cwd,
    env: environment(),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, timeoutSeconds * 1000);
  try {
    const [stdout, stderr, exitCode] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { exitCode, timedOut, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

function environment(): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith("AWS_"),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: `${TOOL_BINARIES}${path.delimiter}${process.env["PATH"] ?? ""}`,
    AWS_EC2_METADATA_DISABLED: "true",
    NO_COLOR: "1",
  };
}
