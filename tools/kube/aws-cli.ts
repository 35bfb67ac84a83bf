import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runProgram } from "./run-program.ts";

/** The first `aws` that is a version 2, and its version: PATH may hold a version 1 from PyPI before it. */
export async function findAwsCli(): Promise<{ readonly path: string; readonly version: string } | undefined> {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/bin", "/usr/bin"];
  for (const path of new Set(folders.filter((folder) => folder !== "").map((folder) => join(folder, "aws")))) {
    if (!existsSync(path)) continue;
    const { stdout } = await runProgram([path, "--version"], { timeoutSeconds: 20 });
    const [, version] = /^aws-cli\/(2\.\S+)/.exec(stdout) ?? [];
    if (version !== undefined) return { path, version };
  }
  return undefined;
}
