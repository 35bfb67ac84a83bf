import type * as X509 from "@peculiar/x509";

/** Names and addresses that a server certificate is for. */
export interface ServerNames {
  readonly dnsNames: readonly string[];
  /** Without brackets. */
  readonly ipAddresses: readonly string[];
}

/** A certificate and its private key, both as PEM. */
export interface CertificateAndKey {
  readonly certPem: string;
  /** PKCS #8. */
  readonly keyPem: string;
}

/** What making a certificate needs of the world. */
export interface CertificateDeps {
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CA_LIFETIME_DAYS = 3650;
const SERVER_LIFETIME_DAYS = 365;
/** Valid from so long ago, for clients whose clock is behind. */
const BACKDATED_MS = 60 * 60 * 1000;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * Makes a certificate authority for 10 years: P-256, may sign server certificates and nothing below itself.
 *
 * Its extensions are those that OpenSSL's strict mode (Python 3.13's default) and Go's verifier demand.
 *
 * @param deps - clock and randomness.
 * @returns the certificate and its key.
 * @example
 * ```ts
 * import { makeCertificateAuthority } from "iamgate/tls/certificate-authority";
 *
 * const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
 * const authority = await makeCertificateAuthority({ now: () => Date.now(), randomBytes });
 * console.assert(authority.certPem.startsWith("-----BEGIN CERTIFICATE-----"));
 * ```
 */
export async function makeCertificateAuthority({ now, randomBytes }: CertificateDeps): Promise<CertificateAndKey> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  // The name tells one authority from another, so that no verifier tries the key of an older one of the same name.
  const subject = x509Name(`iamgate CA ${toHex(randomBytes(4))}`);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: subject,
    keys,
    signingAlgorithm: ALGORITHM,
    serialNumber: serialNumber(randomBytes),
    notBefore: new Date(now() - BACKDATED_MS),
    notAfter: new Date(now() + CA_LIFETIME_DAYS * DAY_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certPem: pem(certificate.toString("pem")), keyPem: await exportKey(keys.privateKey) };
}

/**
 * Makes a server certificate for a year, never longer than its authority's.
 *
 * @param authority - the authority that signs it.
 * @param names - DNS names and IP addresses, all of which go into the subject alternative names.
 * @param deps - clock and randomness.
 * @returns the certificate and its key.
 * @example
 * ```ts
 * import { makeCertificateAuthority, makeServerCertificate } from "iamgate/tls/certificate-authority";
 *
 * const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
 * const deps = { now: () => Date.now(), randomBytes };
 * const names = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };
 * const server = await makeServerCertificate(await makeCertificateAuthority(deps), names, deps);
 * console.assert(server.keyPem.startsWith("-----BEGIN PRIVATE KEY-----"));
 * ```
 */
export async function makeServerCertificate(
  authority: CertificateAndKey,
  names: ServerNames,
  { now, randomBytes }: CertificateDeps,
): Promise<CertificateAndKey> {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(authority.certPem);
  const signingKey = await crypto.subtle.importKey("pkcs8", derOf(authority.keyPem), ALGORITHM, false, ["sign"]);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const notAfter = Math.min(now() + SERVER_LIFETIME_DAYS * DAY_MS, issuer.notAfter.getTime());
  const certificate = await x509.X509CertificateGenerator.create({
    subject: x509Name("iamgate"),
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    serialNumber: serialNumber(randomBytes),
    notBefore: new Date(now() - BACKDATED_MS),
    notAfter: new Date(notAfter),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.dnsNames.map((value) => ({ type: "dns" as const, value })),
        ...names.ipAddresses.map((value) => ({ type: "ip" as const, value })),
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certPem: pem(certificate.toString("pem")), keyPem: await exportKey(keys.privateKey) };
}

/** Takes about 130 ms, so it is loaded only where a certificate is really made. */
async function loadX509(): Promise<typeof X509> {
  await import("reflect-metadata");
  return await import("@peculiar/x509");
}

function x509Name(commonName: string): { CN: string[] }[] {
  return [{ CN: [commonName] }];
}

/** Positive, and 16 bytes long whatever the first of them is (RFC 5280, 4.1.2.2). */
function serialNumber(randomBytes: (length: number) => Uint8Array): string {
  return `4${toHex(randomBytes(16)).slice(1)}`;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function exportKey(key: CryptoKey): Promise<string> {
  const base64 = Buffer.from(await crypto.subtle.exportKey("pkcs8", key)).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
}

function derOf(keyPem: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(keyPem.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64"));
}

function pem(text: string): string {
  return `${text.trim()}\n`;
}
