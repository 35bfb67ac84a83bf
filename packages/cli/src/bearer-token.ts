import type { Deps } from "./deps.ts";
import { CLI_ERROR_CODES, CliError, systemCodeOf, usageError } from "./errors.ts";

/**
 * A token from the command line or from standard input; bare, or as the ExecCredential that `aws eks get-token` and
 * `iamgate token` print.
 *
 * @throws CliError where there is none.
 */
export function bearerToken(argument: string | undefined, { readStdin }: Pick<Deps, "readStdin">): string {
  const text = (argument === undefined || argument === "-" ? textOfStdin(readStdin) : argument).trim();
  if (text === "") {
    throw usageError(
      "reading a token: there is none",
      "give it as an argument, or pipe it in: iamgate token … | iamgate decode",
    );
  }
  return text.startsWith("{") ? fromExecCredential(text) : text;
}

function textOfStdin(readStdin: Deps["readStdin"]): string {
  try {
    return new TextDecoder().decode(readStdin());
  } catch (cause) {
    const state = systemCodeOf(cause) === "EISDIR" ? "is a directory" : "cannot be read";
    throw new CliError(CLI_ERROR_CODES.unreadableFile, `reading a token: standard input ${state}`, {
      hint: "pipe the token in, or give it as an argument",
      cause,
    });
  }
}

function fromExecCredential(text: string): string {
  let state = "there is no status.token in it";
  try {
    const credential = JSON.parse(text) as { status?: { token?: unknown } | null } | null;
    const token = credential?.status?.token;
    if (typeof token === "string") return token;
  } catch {
    state = "it is not valid JSON, perhaps cut off";
  }
  throw usageError(
    `reading a token from JSON: ${state}`,
    "pipe in what `aws eks get-token` or `iamgate token` prints, or the bare token",
  );
}
