import type { Deps } from "../deps.ts";
import { CLI_ERROR_CODES, CliError } from "../errors.ts";
import { quote } from "./quote.ts";

const POLL_MS = 50;
/** Far longer than any holder needs; one that was killed holds nothing any more. */
const PATIENCE_MS = 10_000;

/**
 * Does something while no other process does it under the same lock file. The lock ends with its process, so one that
 * was killed is not waited for.
 *
 * @throws CliError `state-dir-unusable` when another process keeps it for 10 s.
 */
export async function withLock<T>(
  path: string,
  { files, timers }: Pick<Deps, "files" | "timers">,
  action: () => Promise<T>,
): Promise<T> {
  let unlock = await files.lock(path);
  for (let waitedMs = 0; unlock === undefined && waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    await timers.sleep(POLL_MS);
    unlock = await files.lock(path);
  }
  if (unlock === undefined) throw stuck(path);
  try {
    return await action();
  } finally {
    unlock();
  }
}

function stuck(path: string): CliError {
  return new CliError(CLI_ERROR_CODES.stateDirUnusable, `lock ${quote(path)}: another process keeps it`, {
    hint: "see which iamgate is starting with this directory and does not get on (`fuser` names it), and end it",
  });
}
