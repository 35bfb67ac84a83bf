import { join } from "node:path";
import type { LoadReport, LoadSpec } from "./load-client.ts";

/** Starts a load client; resolves with its report when it has ended. */
export async function load(spec: LoadSpec): Promise<LoadReport> {
  const script = join(import.meta.dir, "load-client.ts");
  const child = Bun.spawn([process.execPath, "--conditions=source", script, JSON.stringify(spec)], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  return JSON.parse(await new Response(child.stdout).text()) as LoadReport;
}
