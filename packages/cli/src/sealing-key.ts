import { join, resolve } from "node:path";
import type { Deps } from "./deps.ts";
import { CLI_ERROR_CODES, CliError, systemCodeOf } from "./errors.ts";
import { withLock } from "./lib/lock.ts";
import { quote } from "./lib/quote.ts";
import { writeState } from "./state-dir.ts";

/** AES-256. */
const KEY_BYTES = 32;

/**
 * The key that a local STS seals session tokens with, kept in its state directory: made at the first start, and the same at
 * every later one, so that sessions live through restarts.
 *
 * @param directory - an opened state directory.
 * @throws CliError `state-dir-unusable` when the file is there and holds no key.
 */
export async function openSealingKey(
  directory: string,
  deps: Pick<Deps, "files" | "randomBytes" | "now" | "timers">,
): Promise<Uint8Array> {
  const { files, randomBytes } = deps;
  const path = join(resolve(directory), "sealing-key");
  // Of two that start at once one makes it, and the other reads what it made.
  const text = await withLock(join(resolve(directory), ".lock"), deps, async () => {
    const found = await files.read(path).catch((error: unknown) => {
      if (systemCodeOf(error) === "ENOENT") return undefined;
      throw new CliError(CLI_ERROR_CODES.stateDirUnusable, `sealing key ${quote(path)}: cannot be read`, {
        hint: "let this user read it (chown, chmod), or name another directory with --state-dir",
        cause: error,
      });
    });
    if (found !== undefined) return new TextDecoder().decode(found);
    const made = `${randomBytes(KEY_BYTES).toHex()}\n`;
    await writeState(path, made, deps);
    return made;
  });
  if (/^[0-9a-f]{64}\n$/.test(text)) return Uint8Array.fromHex(text.trimEnd());
  throw new CliError(CLI_ERROR_CODES.stateDirUnusable, `sealing key ${quote(path)}: is not 64 hexadecimal digits`, {
    hint: "remove the file; a new key is made at the next start, and sessions made with the old one end",
  });
}
