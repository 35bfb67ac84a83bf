import type { Deps } from "./deps.ts";
import { oneLine } from "./lib/quote.ts";

/** Says on standard error what somebody has to know, though the command goes on. */
export function warn({ stderr }: Pick<Deps, "stderr">, text: string): void {
  stderr.write(`iamgate: warning: ${oneLine(text)}\n`);
}

/** Says on standard error what happened. */
export function notice({ stderr }: Pick<Deps, "stderr">, text: string): void {
  stderr.write(`iamgate: notice: ${oneLine(text)}\n`);
}
