import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { CertificateValidity } from "@iamgate/webhook";
import { CLI_ERROR_CODES, CliError } from "../errors.ts";
import type { Files } from "../files.ts";
import { isoSeconds } from "../lib/ago.ts";
import { quote } from "../lib/quote.ts";
import { type NamedFile, readTextFile } from "../lib/text-file.ts";

/** A certificate that is fit to be served. */
export interface ServedCertificate {
  /** The server's own first, then those between it and its authority. */
  readonly certPem: string;
  readonly keyPem: string;
  readonly validity: CertificateValidity;
  /** What clients have to trust; `undefined` where that is an authority that their system knows. */
  readonly trustPem: string | undefined;
  /** Its file, for messages. */
  readonly path: string;
}

/** The files of a certificate of the operator's own. */
export interface OwnCertificateFiles {
  readonly cert: NamedFile;
  readonly key: NamedFile;
}

/**
 * Reads a certificate of the operator's own, and judges it as clients will, as far as one can without their trust.
 *
 * @throws CliError naming flag, path and what is wrong: not PEM, another's key, not yet or no longer valid.
 */
export async function readOwnCertificate(
  { cert, key }: OwnCertificateFiles,
  { files, now }: { readonly files: Files; readonly now: () => number },
): Promise<ServedCertificate> {
  const chain = readChain(cert, (await readTextFile(cert, files)).text);
  const keyPem = (await readTextFile(key, files)).text;
  const [leaf, ...above] = chain;
  if (!leaf.checkPrivateKey(readKey(key, keyPem))) {
    throw invalid(
      key,
      `is not the private key of the first certificate in ${quote(cert.path)}`,
      "name the key that was made with this certificate, and put the server's own certificate first",
    );
  }
  const validity = validityOf(leaf);
  const renew = "renew it, or correct this machine's clock";
  if (now() >= validity.notAfter) throw invalid(cert, `expired ${isoSeconds(validity.notAfter)}`, renew);
  if (now() < validity.notBefore) throw invalid(cert, `is not valid before ${isoSeconds(validity.notBefore)}`, renew);
  const isSelfSigned = leaf.issuer === leaf.subject && leaf.verify(leaf.publicKey);
  const trusted = isSelfSigned ? [leaf] : above;
  return {
    certPem: pemOf(chain),
    keyPem,
    validity,
    trustPem: trusted.length === 0 ? undefined : pemOf(trusted),
    path: cert.path,
  };
}

/** From when to when a certificate is valid. */
export function validityOf(certificate: X509Certificate): CertificateValidity {
  return { notBefore: Date.parse(certificate.validFrom), notAfter: Date.parse(certificate.validTo) };
}

function readChain(file: NamedFile, text: string): readonly [X509Certificate, ...X509Certificate[]] {
  const hint = "name a file with the server's certificate in PEM form, and those between it and its authority after it";
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const chain = blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw invalid(file, `certificate ${index + 1} in it cannot be read`, hint, cause);
    }
  });
  const [leaf, ...above] = chain;
  if (leaf === undefined) throw invalid(file, "holds no certificate", hint);
  return [leaf, ...above];
}

function readKey(file: NamedFile, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // No cause: it could quote the key.
    const hint = "name a private key in PEM form, without a passphrase";
    throw invalid(file, "is not a private key in PEM form, or needs a passphrase", hint);
  }
}

function pemOf(certificates: readonly X509Certificate[]): string {
  return certificates.map((certificate) => `${certificate.toString().trim()}\n`).join("");
}

function invalid(file: NamedFile, state: string, hint: string, cause?: unknown): CliError {
  const message = `reading ${file.flag} ${quote(file.path)}: ${state}`;
  return new CliError(CLI_ERROR_CODES.invalidCertificate, message, { hint, cause });
}
