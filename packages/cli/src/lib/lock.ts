import type { Deps } from "../deps.ts";
import { CLI_ERROR_CODES, CliError } from "../errors.ts";
import { quote } from "./quote.ts";

const POLL_MS = 50;
/** Far longer than any holder needs: whoever still holds it then has died. */
const ABANDONED_AFTER_MS = 5_000;
/** A lock that cannot be removed would be waited for without end. */
const MAX_TAKEN_OVER = 2;

/**
 * Does something while no other process does it under the same lock file. A lock that its holder left behind when it
 * was killed is taken over after 5 s.
 */
export async function withLock<T>(
  path: string,
  { files, timers, randomBytes }: Pick<Deps, "files" | "timers" | "randomBytes">,
  action: () => Promise<T>,
): Promise<T> {
  const mine = Buffer.from(randomBytes(16)).toString("hex");
  const holder = async (): Promise<string | undefined> => {
    return await files.read(path).then(
      (bytes) => new TextDecoder().decode(bytes),
      () => undefined,
    );
  };
  let seen: string | undefined;
  let waitedMs = 0;
  let takenOver = 0;
  while (!(await files.claim(path, mine))) {
    const current = await holder();
    waitedMs = current === seen ? waitedMs + POLL_MS : 0;
    seen = current;
    if (waitedMs >= ABANDONED_AFTER_MS) {
      if (++takenOver > MAX_TAKEN_OVER) throw stuck(path);
      await files.remove(path).catch(() => undefined);
      waitedMs = 0;
    }
    await timers.sleep(POLL_MS);
  }
  try {
    return await action();
  } finally {
    // Not another's, which took it over from us.
    if ((await holder()) === mine) await files.remove(path);
  }
}

function stuck(path: string): CliError {
  return new CliError(CLI_ERROR_CODES.stateDirUnusable, `lock ${quote(path)}: another process keeps it`, {
    hint: `see that no other iamgate is starting with this directory, then delete ${quote(path)}`,
  });
}
