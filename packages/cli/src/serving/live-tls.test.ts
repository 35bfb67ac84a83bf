import { X509Certificate } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, review, startLab } from "../../test/lab.ts";
import { cleanUp, temporaryDirectory, type World, world } from "../../test/world.ts";
import type { Deps } from "../deps.ts";
import {
  type CertificateAndKey,
  makeCertificateAuthority,
  makeServerCertificate,
} from "../tls/certificate-authority.ts";
import { serverNamesFor } from "../tls/server-names.ts";
import type { ServeSettings } from "./settings.ts";
import { startServing } from "./serving.ts";

afterAll(cleanUp);

const DAY_MS = 86_400_000;
const names = serverNamesFor("127.0.0.1");
const { deps } = world();
const authority = await makeCertificateAuthority(deps);
const newServer = (now = Date.now) => makeServerCertificate(authority, names, { ...deps, now });

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

/** Files of an operator's own certificate, replaced one after the other by a rename each. */
function ownFiles(pair: CertificateAndKey) {
  const directory = temporaryDirectory();
  const files = {
    cert: { path: join(directory, "tls.crt"), flag: "--cert" },
    key: { path: join(directory, "tls.key"), flag: "--key" },
  };
  const put = (path: string, text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  const write = ({ certPem, keyPem }: CertificateAndKey): void => {
    put(files.cert.path, certPem + authority.certPem);
    put(files.key.path, keyPem);
  };
  write(pair);
  return { files, write, put };
}

/** A world whose hours pass within 50 ms, at a time of the test's choosing. */
function hurriedWorld(clock: { now: number }): World {
  const { timers } = deps;
  const every: Deps["timers"]["every"] = (ms, action) => timers.every(Math.min(ms, 50), action);
  return world({ now: () => clock.now, timers: { ...timers, every } });
}

async function serving(changes: Partial<ServeSettings>, here = world()) {
  const settings = lab.settings(changes);
  const started = await startServing(settings, here.deps);
  const url = started.clusters[0]?.url ?? "";
  return { ...started, settings, url, port: Number(new URL(url).port), here };
}

function serialAt(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, ca }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

function serialOf(certPem: string): string {
  return new X509Certificate(certPem).serialNumber;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await condition()); waited += 50) {
    if (waited > 5_000) throw new Error("not within 5 s");
    await Bun.sleep(50);
  }
}

describe("a certificate of one's own", () => {
  test("its files change, one after the other: the new one is served soon, reviews go on, the kubeconfig trusts its authority", async () => {
    const [first, second] = [await newServer(), await newServer()];
    const { files, write } = ownFiles(first);
    const { url, port, here, settings, stop } = await serving({ certificate: files });
    const ca = authority.certPem;
    expect(await serialAt(port, ca)).toBe(serialOf(first.certPem));
    const kubeconfig = readFileSync(join(settings.stateDir, "kubeconfig.yaml"), "utf8");
    expect(kubeconfig).toContain(`certificate-authority-data: ${Buffer.from(ca).toString("base64")}\n`);
    write(second);
    await until(async () => {
      expect(await review(url, lab.mint("alice"), { ca })).toMatchObject({ authenticated: true });
      return (await serialAt(port, ca)) === serialOf(second.certPem);
    });
    await here.until("stderr", `certificate "${files.cert.path}": taken over, valid until 20`);
    expect(here.stderr()).not.toContain("warning: reading --");
    await stop();
  });

  test("a pair that does not match: is said, what was served before is served on, and its repair is taken over", async () => {
    const [first, second] = [await newServer(), await newServer()];
    const { files, put } = ownFiles(first);
    const here = world({ timers: { ...deps.timers, sleep: (ms) => deps.timers.sleep(Math.min(ms, 20)) } });
    const { port, stop } = await serving({ certificate: files }, here);
    put(files.key.path, second.keyPem);
    await here.until(
      "stderr",
      `iamgate: warning: reading --key "${files.key.path}": is not the private key of the first certificate in "${files.cert.path}"; `,
    );
    expect(here.stderr()).toContain("; the certificate and authorities of before are served on\n");
    expect(await serialAt(port, authority.certPem)).toBe(serialOf(first.certPem));
    put(files.cert.path, second.certPem);
    await until(async () => (await serialAt(port, authority.certPem)) === serialOf(second.certPem));
    await stop();
  });

  test("less than 30 days left: a warning at the start and once a day, until another is taken over", async () => {
    const clock = { now: Date.now() + 340 * DAY_MS };
    const { files, write } = ownFiles(await newServer());
    const here = hurriedWorld(clock);
    const { stop, operationsUrl } = await serving({ certificate: files }, here);
    const warnings = (): number =>
      here.stderr().split(`certificate "${files.cert.path}": expires in 24 days, 20`).length - 1;
    expect(warnings()).toBe(1);
    await Bun.sleep(200);
    expect(warnings()).toBe(1);
    clock.now += DAY_MS;
    await here.until("stderr", "expires in 23 days");
    clock.now += 40 * DAY_MS;
    await here.until("stderr", "EXPIRED 20");
    const ready = await fetch(`${operationsUrl}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining("certificate failed: expired")]);
    write(await newServer(() => clock.now));
    await here.until("stderr", "taken over, valid until");
    expect((await fetch(`${operationsUrl}/readyz`)).status).toBe(200);
    await stop();
  });
});

describe("a certificate that iamgate made", () => {
  test("30 days before it ends: a new one of the same authority is served, without a restart", async () => {
    // Client and server have the same clock, so the server starts in the past.
    const clock = { now: Date.now() - 340 * DAY_MS };
    const here = hurriedWorld(clock);
    const { stop, settings, port, url } = await serving({}, here);
    const ca = readFileSync(join(settings.stateDir, "ca.pem"), "utf8");
    const before = await serialAt(port, ca);
    await Bun.sleep(200);
    expect(await serialAt(port, ca)).toBe(before);
    clock.now = Date.now();
    await here.until("stderr", "taken over, valid until");
    await until(async () => (await serialAt(port, ca)) !== before);
    expect(readFileSync(join(settings.stateDir, "ca.pem"), "utf8")).toBe(ca);
    expect(await review(url, lab.mint("alice"), { ca })).toMatchObject({ authenticated: true });
    await stop();
  });
});

describe("client certificates", () => {
  const clientOf = async (ca: CertificateAndKey) => {
    const { certPem, keyPem } = await makeClientCertificate(ca);
    return { cert: certPem, key: keyPem };
  };

  test("of the authority: is spoken to; none, or another's: is not, not even for health; another authority is taken over", async () => {
    const [clients, strangers] = [await makeCertificateAuthority(deps), await makeCertificateAuthority(deps)];
    const path = join(temporaryDirectory(), "clients.pem");
    writeFileSync(path, clients.certPem);
    const { url, settings, stop, operationsUrl, here } = await serving({ clientCa: { path, flag: "--client-ca" } });
    const ca = readFileSync(join(settings.stateDir, "ca.pem"), "utf8");
    const [known, stranger] = [await clientOf(clients), await clientOf(strangers)];
    const token = lab.mint("alice");
    for (let dial = 0; dial < 20; dial++) {
      expect(await review(url, token, { ca, ...known })).toMatchObject({ authenticated: true });
      await expect(review(url, token, { ca, ...stranger })).rejects.toThrow();
      await expect(review(url, token, { ca })).rejects.toThrow();
    }
    await expect(fetch(`${new URL(url).origin}/healthz`, { tls: { ca } })).rejects.toThrow();
    expect((await fetch(`${operationsUrl}/healthz`)).status).toBe(200);
    writeFileSync(path, strangers.certPem);
    await here.until("stderr", "taken over");
    await Bun.sleep(1_300);
    expect(await review(url, token, { ca, ...stranger })).toMatchObject({ authenticated: true });
    await expect(review(url, token, { ca, ...known })).rejects.toThrow();
    await stop();
  });
});

/** By OpenSSL, since iamgate makes none for clients. */
async function makeClientCertificate({ certPem, keyPem }: CertificateAndKey): Promise<CertificateAndKey> {
  const directory = temporaryDirectory();
  const at = (name: string): string => join(directory, name);
  writeFileSync(at("ca.pem"), certPem);
  writeFileSync(at("ca.key"), keyPem);
  writeFileSync(at("extensions"), "extendedKeyUsage=clientAuth");
  const openssl = (...args: readonly string[]): void => {
    const { success, stderr } = Bun.spawnSync(["openssl", ...args], { cwd: directory });
    if (!success) throw new Error(stderr.toString());
  };
  openssl(
    "req",
    "-new",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-keyout",
    "key.pem",
    "-subj",
    "/CN=kube-apiserver",
    "-out",
    "request.pem",
  );
  openssl(
    "x509",
    "-req",
    "-in",
    "request.pem",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-days",
    "2",
    "-extfile",
    "extensions",
    "-out",
    "cert.pem",
  );
  return { certPem: readFileSync(at("cert.pem"), "utf8"), keyPem: readFileSync(at("key.pem"), "utf8") };
}
