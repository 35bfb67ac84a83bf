import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Built } from "../../tools/kube/build.ts";
import { makeOnce } from "../../tools/kube/make-once.ts";
import { runProgram } from "../../tools/kube/run-program.ts";

const REQUIREMENTS = join(import.meta.dirname, "../clients/requirements.txt");
const INSTALL_SECONDS = 180;

/**
 * A Python that has the pinned boto3, in a virtual environment of its own in the cache folder.
 *
 * @returns its path, or `ok: false` where there is no python3, no venv module or no package index.
 */
export async function boto3Python(cacheFolder: string, log: (line: string) => void): Promise<Built> {
  const python3 = Bun.which("python3");
  if (python3 === null) return { ok: false, reason: "no python3 on this machine; apt-get install python3-venv" };
  try {
    const version = await said([python3, "-c", "import sys; print(sys.prefix, sys.version)"]);
    const fingerprint = createHash("sha256").update(version).update(readFileSync(REQUIREMENTS)).digest("hex");
    const folder = join(cacheFolder, `boto3-${fingerprint.slice(0, 12)}`);
    if (!existsSync(folder)) {
      // bin/python finds pyvenv.cfg beside itself, so a virtual environment can be renamed; only its scripts cannot.
      await makeOnce(folder, async (partial) => {
        log(`installing boto3 into ${cacheFolder} (once)`);
        await said([python3, "-m", "venv", partial]);
        const pip = [join(partial, "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        await said([...pip, "--only-binary=:all:", "--require-hashes", "--requirement", REQUIREMENTS]);
      });
    }
    return { ok: true, path: join(folder, "bin/python") };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `${reason}; apt-get install python3-venv, and give pip a package index` };
  }
}

/** What a command printed. @throws Error with its last line when it fails. */
async function said(command: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(command, { timeoutSeconds: INSTALL_SECONDS });
  if (exitCode === 0) return stdout;
  const last = (stderr.trim() || stdout.trim()).split("\n").at(-1) ?? "";
  throw new Error(`run ${command.slice(0, 4).join(" ")}: exit code ${exitCode}: ${last}`);
}
