import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { CLI_ERROR_CODES, CliError } from "../errors.ts";
import { quote } from "../lib/quote.ts";
import type { CertificateAndKey, ServerNames } from "./certificate-authority.ts";

/** Whether a certificate found on disk will do, or why a new one has to be made. */
export type Judgement =
  | { readonly ok: true; readonly pair: CertificateAndKey }
  | { readonly ok: false; readonly why: string };

/** What was found on disk. */
export interface FoundPair {
  readonly certPem: string | undefined;
  readonly keyPem: string | undefined;
}

const RENEW_BEFORE_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Judges the certificate authority of a state directory.
 *
 * One that cannot be read is an error rather than replaced: clients trust this very one, and somebody may have a copy.
 *
 * @throws CliError `invalid-certificate`, naming the file and what to do.
 */
export function judgeAuthority(
  { certPem, keyPem }: FoundPair,
  paths: { readonly ca: string; readonly caKey: string },
  now: number,
): Judgement {
  if (certPem === undefined) return { ok: false, why: "there was none" };
  const startAnew = `restore the file from a copy, or delete ${quote(paths.ca)}: iamgate then makes a new authority, and whoever trusts the old one has to be told`;
  const certificate = readCertificate(certPem, paths.ca, startAnew);
  if (keyPem === undefined) throw invalid(paths.caKey, "the authority's private key is missing", startAnew);
  const key = readKey(keyPem, paths.caKey, startAnew);
  if (!certificate.checkPrivateKey(key))
    throw invalid(paths.caKey, `is not the private key of ${quote(paths.ca)}`, startAnew);
  if (!certificate.ca) throw invalid(paths.ca, "is not an authority's certificate", startAnew);
  const ageing = whyTooOld(certificate, now);
  return ageing === undefined ? { ok: true, pair: { certPem, keyPem } } : { ok: false, why: ageing };
}

/**
 * Judges the server certificate of a state directory.
 *
 * @throws CliError `invalid-certificate`, naming the file and what to do.
 */
export function judgeServerCertificate(
  { certPem, keyPem }: FoundPair,
  wanted: {
    readonly paths: { readonly cert: string; readonly key: string };
    readonly names: ServerNames;
    readonly caPem: string;
    readonly now: number;
  },
): Judgement {
  const { paths, names, caPem, now } = wanted;
  if (certPem === undefined || keyPem === undefined) return { ok: false, why: "there was none" };
  const deleteBoth = `delete ${quote(paths.cert)} and ${quote(paths.key)}: iamgate makes new ones`;
  const certificate = readCertificate(certPem, paths.cert, deleteBoth);
  const key = readKey(keyPem, paths.key, deleteBoth);
  // A crash between the two replacements leaves the new key with the old certificate.
  if (!certificate.checkPrivateKey(key)) return { ok: false, why: "the old one did not belong to its key" };
  const issuer = new X509Certificate(caPem);
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
    return { ok: false, why: "the old one was signed by another authority" };
  }
  const missing = namesNotIn(certificate, names);
  if (missing !== undefined) return { ok: false, why: `the old one was not valid for ${missing}` };
  const ageing = whyTooOld(certificate, now);
  return ageing === undefined ? { ok: true, pair: { certPem, keyPem } } : { ok: false, why: ageing };
}

function namesNotIn(certificate: X509Certificate, { dnsNames, ipAddresses }: ServerNames): string | undefined {
  const listed = new Set((certificate.subjectAltName ?? "").split(", "));
  const missing = dnsNames.find((name) => !listed.has(`DNS:${name}`));
  return missing ?? ipAddresses.find((address) => isIP(address) !== 0 && certificate.checkIP(address) === undefined);
}

function whyTooOld(certificate: X509Certificate, now: number): string | undefined {
  if (new Date(certificate.validFrom).getTime() > now)
    return `the old one is not valid before ${certificate.validFrom}`;
  const expiresAt = new Date(certificate.validTo).getTime();
  if (expiresAt <= now) return `the old one expired ${certificate.validTo}`;
  return expiresAt - now < RENEW_BEFORE_DAYS * DAY_MS ? `the old one expires ${certificate.validTo}` : undefined;
}

function readCertificate(pem: string, path: string, hint: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw invalid(path, "is not a certificate in PEM form", hint, cause);
  }
}

function readKey(pem: string, path: string, hint: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // No cause: it could quote the key.
    throw invalid(path, "is not a private key in PEM form", hint);
  }
}

function invalid(path: string, state: string, hint: string, cause?: unknown): CliError {
  return new CliError(CLI_ERROR_CODES.invalidCertificate, `reading ${quote(path)}: ${state}`, { hint, cause });
}
