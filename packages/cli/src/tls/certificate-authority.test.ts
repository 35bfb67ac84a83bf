import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, temporaryDirectory, world } from "../../test/world.ts";
import { makeCertificateAuthority, makeServerCertificate } from "./certificate-authority.ts";

afterAll(cleanUp);

const DAY_MS = 86_400_000;
const { deps } = world();
const authority = await makeCertificateAuthority(deps);
const server = await makeServerCertificate(
  authority,
  { dnsNames: ["localhost", "sts.us-west-2.amazonaws.com"], ipAddresses: ["127.0.0.1", "::1"] },
  deps,
);

function openssl(args: readonly string[]): string {
  const { stdout, stderr } = Bun.spawnSync(["openssl", ...args]);
  return stdout.toString() + stderr.toString();
}

describe("makeCertificateAuthority", () => {
  test("lifetime: 10 years, and from an hour ago for clocks that are behind", () => {
    const { validFrom, validTo, ca } = new X509Certificate(authority.certPem);
    expect(ca).toBe(true);
    expect((Date.parse(validTo) - Date.now()) / DAY_MS).toBeCloseTo(3650, 1);
    expect((Date.now() - Date.parse(validFrom)) / 3_600_000).toBeCloseTo(1, 1);
  });

  test("two authorities: differ in name and key, so that none is taken for the other", async () => {
    const other = new X509Certificate((await makeCertificateAuthority(deps)).certPem);
    const own = new X509Certificate(authority.certPem);
    expect(other.subject).not.toBe(own.subject);
    expect(new X509Certificate(server.certPem).checkIssued(other)).toBe(false);
  });
});

describe("makeServerCertificate", () => {
  test("names: exactly those that were asked for", () => {
    const certificate = new X509Certificate(server.certPem);
    expect(certificate.subjectAltName).toBe(
      "DNS:localhost, DNS:sts.us-west-2.amazonaws.com, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    );
    expect(certificate.ca).toBe(false);
  });

  test("lifetime: a year, but never longer than its authority's", async () => {
    expect((Date.parse(new X509Certificate(server.certPem).validTo) - Date.now()) / DAY_MS).toBeCloseTo(365, 1);
    const late = { ...deps, now: () => Date.now() + 3600 * DAY_MS };
    const short = await makeServerCertificate(authority, { dnsNames: ["a"], ipAddresses: [] }, late);
    expect(new X509Certificate(short.certPem).validTo).toBe(new X509Certificate(authority.certPem).validTo);
  });

  test("serial numbers: positive, 16 bytes, different even where randomness begins with zero bytes", async () => {
    const zeros = { ...deps, randomBytes: (length: number) => new Uint8Array(length) };
    const { certPem } = await makeServerCertificate(authority, { dnsNames: ["a"], ipAddresses: [] }, zeros);
    expect(new X509Certificate(certPem).serialNumber).toMatch(/^4[0-9A-F]{31}$/);
    expect(new X509Certificate(server.certPem).serialNumber).not.toBe(
      new X509Certificate(authority.certPem).serialNumber,
    );
  });

  test("keys: P-256, PKCS #8, each its certificate's", async () => {
    const { createPrivateKey } = await import("node:crypto");
    for (const { certPem, keyPem } of [authority, server]) {
      const key = createPrivateKey(keyPem);
      expect(key.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
      expect(new X509Certificate(certPem).checkPrivateKey(key)).toBe(true);
    }
  });

  test.skipIf(Bun.which("openssl") === null)(
    "OpenSSL's strict mode, as Python 3.13's default: accepts it for a server only",
    () => {
      const directory = temporaryDirectory();
      const [ca, cert] = [join(directory, "ca.pem"), join(directory, "cert.pem")];
      writeFileSync(ca, authority.certPem);
      writeFileSync(cert, server.certPem);
      const verify = ["verify", "-x509_strict", "-CAfile", ca];
      expect(
        openssl([...verify, "-purpose", "sslserver", "-verify_hostname", "sts.us-west-2.amazonaws.com", cert]),
      ).toContain(": OK");
      expect(openssl([...verify, "-purpose", "sslserver", "-verify_ip", "::1", cert])).toContain(": OK");
      expect(openssl([...verify, "-purpose", "sslclient", cert])).toContain("unsuitable certificate purpose");
      expect(openssl([...verify, "-verify_hostname", "sts.eu-west-1.amazonaws.com", cert])).toContain(
        "hostname mismatch",
      );
    },
  );
});
