import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, temporaryDirectory, world } from "../../test/world.ts";
import { CliError } from "../errors.ts";
import { makeCertificateAuthority, makeServerCertificate } from "./certificate-authority.ts";
import { readOwnCertificate, type ServedCertificate } from "./served-certificate.ts";
import { serverNamesFor } from "./server-names.ts";

afterAll(cleanUp);

const DAY_MS = 86_400_000;
const { deps } = world();
const authority = await makeCertificateAuthority(deps);
const server = await makeServerCertificate(authority, serverNamesFor("127.0.0.1"), deps);
const other = await makeServerCertificate(authority, serverNamesFor("127.0.0.1"), deps);

function read(certPem: string, keyPem: string, now = Date.now()): Promise<ServedCertificate> {
  const directory = temporaryDirectory();
  const cert = { path: join(directory, "tls.crt"), flag: "--cert" };
  const key = { path: join(directory, "tls.key"), flag: "--key" };
  writeFileSync(cert.path, certPem);
  writeFileSync(key.path, keyPem);
  return readOwnCertificate({ cert, key }, { files: deps.files, now: () => now });
}

async function refusal(certPem: string, keyPem: string, now?: number): Promise<string> {
  const error = await read(certPem, keyPem, now).catch((cause: unknown) => cause);
  if (!(error instanceof CliError)) throw new Error(`taken, or another error: ${String(error)}`);
  return `${error.code} ${error.message}`.replaceAll(/"[^"]*\/(tls\.\w+)"/g, "$1");
}

describe("readOwnCertificate", () => {
  test("a chain: is served whole, what is above the server's own is what clients trust; text around it is dropped", async () => {
    const { certPem, trustPem, validity } = await read(
      `subject=x\n${server.certPem}\n# ca\n${authority.certPem}`,
      server.keyPem,
    );
    expect(certPem).toBe(server.certPem + authority.certPem);
    expect(trustPem).toBe(authority.certPem);
    expect((validity.notAfter - Date.now()) / DAY_MS).toBeCloseTo(365, 0);
    expect(validity.notBefore).toBeLessThan(Date.now());
  });

  test("alone, of an authority that is not in the file: what clients trust is their system's", async () => {
    expect((await read(server.certPem, server.keyPem)).trustPem).toBeUndefined();
  });

  test("self-signed: is what clients trust", async () => {
    expect((await read(authority.certPem, authority.keyPem)).trustPem).toBe(authority.certPem);
  });

  test("what is wrong: names flag, file and state; never quotes a key", async () => {
    expect(await refusal("junk", server.keyPem)).toBe(
      "invalid-certificate reading --cert tls.crt: holds no certificate",
    );
    const cut = server.certPem.replace(/\n.{20}/, "\n");
    expect(await refusal(server.certPem + cut, server.keyPem)).toBe(
      "invalid-certificate reading --cert tls.crt: certificate 2 in it cannot be read",
    );
    expect(await refusal(server.certPem, "junk")).toBe(
      "invalid-certificate reading --key tls.key: is not a private key in PEM form, or needs a passphrase",
    );
    expect(await refusal(server.certPem, other.keyPem)).toBe(
      "invalid-certificate reading --key tls.key: is not the private key of the first certificate in tls.crt",
    );
    expect(await refusal(authority.certPem + server.certPem, server.keyPem)).toContain("first certificate");
    expect(await refusal(server.certPem, server.keyPem, Date.now() + 366 * DAY_MS)).toMatch(
      /^invalid-certificate reading --cert tls\.crt: expired 20\d\d-\d\d-\d\dT[\d:]+Z$/,
    );
    expect(await refusal(server.certPem, server.keyPem, Date.now() - DAY_MS)).toMatch(/: is not valid before 20/);
  });
});
