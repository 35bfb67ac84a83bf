import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { makeOnce } from "./make-once.ts";
import { type KubeProgram, pinOf } from "./programs.ts";
import { runProgram } from "./run-program.ts";

export interface BuildOptions {
  /** Folder of finished programs, shared by every clone. */
  readonly cacheFolder: string;
  /** Folder of ready-made programs (`KUBEBUILDER_ASSETS`), asked before the cache. */
  readonly assets?: string;
  /** Compiles one program to a path; undefined on a machine without Go. */
  readonly compile: ((program: KubeProgram, output: string) => Promise<void>) | undefined;
  /** Told one line before something takes minutes. */
  readonly log: (line: string) => void;
}

/** A program's path, or why there is none on this machine. */
export type Built = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string };

/**
 * Finds a pinned program, or builds it once.
 *
 * Looks in `assets`, then in the cache folder under a name of version and fingerprint; only then is Go needed.
 *
 * @returns the path, or `ok: false` where there is neither program nor Go.
 * @throws Error when compiling fails.
 */
export async function buildProgram(program: KubeProgram, options: BuildOptions): Promise<Built> {
  const { assets, cacheFolder, compile, log } = options;
  const ready = assets === undefined ? undefined : join(assets, program.name);
  if (ready !== undefined && existsSync(ready)) return { ok: true, path: ready };

  const { version, fingerprint } = pinOf(program);
  const path = join(cacheFolder, `${program.name}-${version}-${fingerprint}`);
  if (existsSync(path)) return { ok: true, path };
  if (compile === undefined) {
    const reason = `no ${program.name} ${version}, and no Go to build it with; install Go from https://go.dev/dl`;
    return { ok: false, reason };
  }
  await makeOnce(path, async (partial) => {
    log(`building ${program.name} ${version} into ${cacheFolder} (once; up to ${program.firstBuildMinutes} min)`);
    await compile(program, partial);
  });
  return { ok: true, path };
}

/** The user's cache folder for tools: `$XDG_CACHE_HOME/iamgate/tools` or `~/.cache/iamgate/tools`. */
export function defaultCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  // The XDG base directory specification has relative and empty values ignored.
  const xdg = env["XDG_CACHE_HOME"];
  return join(xdg?.startsWith("/") === true ? xdg : join(homedir(), ".cache"), "iamgate", "tools");
}

/** Long enough to be sure that a build hangs: ten times what two slow cores take. */
const BUILD_SECONDS = 3600;

/**
 * Compiles with `go build` from the module that pins the program.
 *
 * @param go - path of the `go` command.
 * @returns a function that throws Error with the compiler's last lines when it fails.
 */
export function goCompiler(go: string): NonNullable<BuildOptions["compile"]> {
  return async (program, output) => {
    const { ldflags } = pinOf(program);
    const args = ["build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", output, program.package];
    const cwd = join(import.meta.dirname, program.folder);
    const { exitCode, stderr } = await runProgram([go, ...args], { cwd, timeoutSeconds: BUILD_SECONDS });
    if (exitCode === 0) return;
    const last = stderr.trim().split("\n").slice(-15).join("\n");
    throw new Error(`build ${program.name} (${basename(go)} ${args.join(" ")}): exit code ${exitCode}\n${last}`);
  };
}
