import { join, resolve } from "node:path";
import type { Deps } from "./deps.ts";
import { CLI_ERROR_CODES, CliError } from "./errors.ts";
import { quote } from "./lib/quote.ts";

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
  { files, randomBytes }: Pick<Deps, "files" | "randomBytes">,
): Promise<Uint8Array> {
  const path = join(resolve(directory), "sealing-key");
  // Of two that start at once one makes it, and both read what it made.
  await files.claim(path, `${randomBytes(KEY_BYTES).toHex()}\n`);
  const text = new TextDecoder().decode(await files.read(path));
  if (/^[0-9a-f]{64}\n$/.test(text)) return Uint8Array.fromHex(text.trimEnd());
  throw new CliError(CLI_ERROR_CODES.stateDirUnusable, `sealing key ${quote(path)}: is not 64 hexadecimal digits`, {
    hint: "remove the file; a new key is made at the next start, and sessions made with the old one end",
  });
}
