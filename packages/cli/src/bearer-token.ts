import type { Deps } from "./deps.ts";
import { usageError } from "./errors.ts";

/**
 * A token from the command line or from standard input; bare, or as the ExecCredential that `aws eks get-token` and
 * `iamgate token` print.
 *
 * @throws CliError where there is none.
 */
export function bearerToken(argument: string | undefined, { readStdin }: Pick<Deps, "readStdin">): string {
  const text = (argument === undefined || argument === "-" ? new TextDecoder().decode(readStdin()) : argument).trim();
  if (text === "") {
    throw usageError(
      "reading a token: there is none",
      "give it as an argument, or pipe it in: iamgate token … | iamgate decode",
    );
  }
  return text.startsWith("{") ? fromExecCredential(text) : text;
}

function fromExecCredential(text: string): string {
  let token: unknown;
  try {
    const credential = JSON.parse(text) as { status?: { token?: unknown } } | null;
    token = credential?.status?.token;
  } catch {
    token = undefined;
  }
  if (typeof token === "string") return token;
  throw usageError(
    "reading a token from JSON: there is no status.token in it",
    "pipe in what `aws eks get-token` or `iamgate token` prints, or the bare token",
  );
}
