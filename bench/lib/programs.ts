import { join } from "node:path";
import { ROOT } from "../../e2e/lib/environment.ts";
import { buildProgram, type Built, defaultCacheFolder, goCompiler } from "../../tools/kube/build.ts";
import { KUBE_PROGRAMS, pinOf } from "../../tools/kube/programs.ts";
import { runProgram } from "../../tools/kube/run-program.ts";

const COMPILE_SECONDS = 120;

/** The sources' entry. */
export const IAMGATE_MAIN = join(ROOT, "packages/cli/src/main.ts");

/** The Go authenticator's version, as its go.mod pins it. */
export const AUTHENTICATOR_VERSION = pinOf(KUBE_PROGRAMS.authenticator).version;

/** What is measured. */
export interface Programs {
  /** The compiled file. */
  readonly iamgate: string;
  readonly authenticator: Built;
}

/**
 * Compiles iamgate and finds or builds the Go authenticator.
 *
 * @throws Error when something does not compile.
 */
export async function preparePrograms(folder: string, log: (line: string) => void): Promise<Programs> {
  return { iamgate: await compileIamgate(folder), authenticator: await findAuthenticator(log) };
}

/**
 * Compiles iamgate to one file, from the sources as they are now.
 *
 * @throws Error with the compiler's last lines.
 */
async function compileIamgate(folder: string): Promise<string> {
  const output = join(folder, "iamgate");
  // ESM, since main.ts awaits at its top level, which CommonJS does not have.
  const flags = ["--compile", "--bytecode", "--minify", "--format=esm", "--conditions=source", "--outfile", output];
  const command = [process.execPath, "build", ...flags, IAMGATE_MAIN];
  const { exitCode, stdout, stderr } = await runProgram(command, { cwd: folder, timeoutSeconds: COMPILE_SECONDS });
  if (exitCode === 0) return output;
  throw new Error(
    `compile iamgate: exit code ${exitCode}\n${(stderr + stdout).trim().split("\n").slice(-10).join("\n")}`,
  );
}

/** The Go authenticator: found in the cache, or built once. */
async function findAuthenticator(log: (line: string) => void): Promise<Built> {
  const go = Bun.which("go");
  const compile = go === null ? undefined : goCompiler(go);
  return await buildProgram(KUBE_PROGRAMS.authenticator, {
    cacheFolder: defaultCacheFolder(process.env),
    compile,
    log,
  });
}
