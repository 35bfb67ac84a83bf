#!/usr/bin/env -S bun --conditions=source --max-http-header-size=32768
import { realDeps } from "./deps.ts";
import { systemCodeOf } from "./errors.ts";
import { report, run } from "./run.ts";

const deps = realDeps();

process.on("uncaughtException", (error) => process.exit(endWith(error)));
process.on("unhandledRejection", (reason) => process.exit(endWith(reason)));

try {
  process.exit(await run(process.argv.slice(2), deps));
} catch (error) {
  process.exit(endWith(error));
}

function endWith(error: unknown): number {
  // Whoever read our output has gone (`iamgate help | head -1`): nothing to say, and nobody to say it to. As SIGPIPE.
  if (systemCodeOf(error) === "EPIPE") return 141;
  try {
    return report(error, deps);
  } catch {
    return 1;
  }
}
