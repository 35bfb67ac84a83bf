import { X509Certificate } from "node:crypto";
import { CLI_ERROR_CODES, CliError } from "../errors.ts";
import type { Files } from "../files.ts";
import { quote } from "../lib/quote.ts";
import { type NamedFile, readTextFile } from "../lib/text-file.ts";

/**
 * Reads certificates that are to be trusted.
 *
 * @returns the certificates as PEM, without whatever else the file holds.
 * @throws CliError naming flag and path when it holds none, or one that cannot be read.
 */
export async function readCaFile(file: NamedFile, files: Files): Promise<string> {
  const { text } = await readTextFile(file, files);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const unreadable = blocks.findIndex((block) => !isCertificate(block));
  if (blocks.length > 0 && unreadable === -1) return `${blocks.join("\n")}\n`;
  const state = blocks.length === 0 ? "holds no certificate" : `certificate ${unreadable + 1} in it cannot be read`;
  throw new CliError(CLI_ERROR_CODES.invalidFile, `reading ${file.flag} ${quote(file.path)}: ${state}`, {
    hint: "name a file with certificates in PEM form, for example the ca.pem of `iamgate sts`",
  });
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
