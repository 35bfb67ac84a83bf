/** What a program said, and how it ended. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** All of the environment; this process's own when absent. */
  readonly env?: Readonly<Record<string, string>>;
  /** After this it is killed, which shows as an exit code above 128. */
  readonly timeoutSeconds: number;
}

/** Runs a program to its end, without input. @throws Error when it cannot be started. */
export async function runProgram(command: readonly string[], options: RunOptions): Promise<Ran> {
  const { cwd, env, timeoutSeconds } = options;
  const child = Bun.spawn([...command], {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: { ...env } }),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: timeoutSeconds * 1000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}
