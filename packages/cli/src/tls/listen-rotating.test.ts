import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { afterAll, describe, expect, test } from "vitest";
import { load } from "../../test/load.ts";
import { cleanUp, world } from "../../test/world.ts";
import { CliError } from "../errors.ts";
import { makeCertificateAuthority, makeServerCertificate } from "./certificate-authority.ts";
import { listenRotating } from "./listen-rotating.ts";
import { serverNamesFor } from "./server-names.ts";

afterAll(cleanUp);

const { deps } = world();
const authority = await makeCertificateAuthority(deps);
const certificates = await Promise.all(
  Array.from({ length: 4 }, () => makeServerCertificate(authority, serverNamesFor("127.0.0.1"), deps)),
);
const [first, second] = certificates as [(typeof certificates)[0], (typeof certificates)[0]];
const address = { host: "127.0.0.1", port: 0 };
const ROTATIONS = 20;

function listening(handler: () => Promise<Response> = async () => new Response("hello\n"), at = address) {
  const options = { address: at, tls: first, maxRequestBodyBytes: 1_000, timers: deps.timers };
  return listenRotating(handler, { ...options, onDefect: () => undefined });
}

/** The serial number of the certificate that a new connection is shown. */
function serialAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, ca: authority.certPem }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

function serialOf({ certPem }: { certPem: string }): string {
  return new X509Certificate(certPem).serialNumber;
}

describe("listenRotating", () => {
  test("rotate: within 2 s everybody who connects sees the new certificate, on the same port", async () => {
    const listener = await listening();
    expect(await serialAt(listener.port)).toBe(serialOf(first));
    listener.rotate(second);
    await Bun.sleep(1_500);
    for (let dial = 0; dial < 20; dial++) expect(await serialAt(listener.port)).toBe(serialOf(second));
    await listener.finish(0);
  });

  test("rotate with a certificate that cannot be served: throws, and the old one is served on", async () => {
    const listener = await listening();
    expect(() => listener.rotate({ certPem: "junk", keyPem: second.keyPem })).toThrow();
    expect(await serialAt(listener.port)).toBe(serialOf(first));
    await listener.finish(0);
  });

  test(`${ROTATIONS} rotations under load, kept and fresh connections: no request that was sent fails`, async () => {
    const listener = await listening(async () => {
      await Bun.sleep(3);
      return new Response("hello\n");
    });
    const spec = { port: listener.port, ca: authority.certPem, path: "/", body: "{}", expected: "hello" };
    const report = load({ ...spec, seconds: 3.2, kept: 8, fresh: 2, pauseMs: 10 });
    await Bun.sleep(500);
    for (let rotation = 0; rotation < ROTATIONS; rotation++) {
      listener.rotate(certificates[rotation % certificates.length] ?? first);
      await Bun.sleep(100);
    }
    const { answered, failures, redialled } = await report;
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(500);
    // Reset by the kernel in a closing server's queue, before anything was asked.
    expect(redialled).toBeLessThan(ROTATIONS);
    await listener.finish(0);
  }, 15_000);

  test("a port that is taken, by a program that shares it or not: is named", async () => {
    for (const reusePort of [true, false]) {
      const other = Bun.serve({ hostname: "127.0.0.1", port: 0, reusePort, fetch: () => new Response() });
      const taken = { host: "127.0.0.1", port: other.port ?? 0 };
      const error = await listening(undefined, taken).catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(CliError);
      expect((error as CliError).message).toBe(
        `listening on "127.0.0.1:${taken.port}": the port is in use by another program`,
      );
      await other.stop(true);
    }
  });

  test("close and finish under load: every request that was sent is answered, then nobody is let in", async () => {
    const listener = await listening(async () => {
      await Bun.sleep(30);
      return new Response("hello\n");
    });
    const spec = { port: listener.port, ca: authority.certPem, path: "/", body: "{}", expected: "hello" };
    const report = load({ ...spec, seconds: 5, kept: 16, fresh: 4, pauseMs: 5 });
    await Bun.sleep(800);
    await listener.close();
    expect(await listener.finish(5_000)).toBe(0);
    const { answered, failures } = await report;
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(50);
    await expect(serialAt(listener.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("finish: cuts off what takes too long, and tells how many", async () => {
    const listener = await listening(() => new Promise(() => undefined));
    const asked = fetch(`https://127.0.0.1:${listener.port}`, { tls: { ca: authority.certPem } }).catch(
      () => "cut off",
    );
    await Bun.sleep(50);
    expect(await listener.finish(100)).toBe(1);
    expect(await asked).toBe("cut off");
  });
});
