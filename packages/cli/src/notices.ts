import type { Deps } from "./deps.ts";
import { oneLine } from "./lib/quote.ts";

/** Says on standard error what somebody has to know, though the command goes on. */
export function warn({ stderr }: Pick<Deps, "stderr">, text: string): void {
  stderr.write(`iamgate: warning: ${oneLine(text)}\n`);
}

/** What a server does with what its handler threw, which it should not: says that it happened, and nothing of the request. */
export function warnOfDefect(deps: Pick<Deps, "stderr">): (error: unknown) => void {
  return (error) => warn(deps, `a request failed: ${error instanceof Error ? error.name : "unknown error"}`);
}

/** Says on standard error what happened. */
export function notice({ stderr }: Pick<Deps, "stderr">, text: string): void {
  stderr.write(`iamgate: notice: ${oneLine(text)}\n`);
}
