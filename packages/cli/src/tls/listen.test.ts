import { connect as connectTls } from "node:tls";
import { describe, expect, test } from "vitest";
import { world } from "../../test/world.ts";
import { CliError } from "../errors.ts";
import { makeCertificateAuthority, makeServerCertificate } from "./certificate-authority.ts";
import { listen, type ListenOptions } from "./listen.ts";
import { serverNamesFor } from "./server-names.ts";

const { deps } = world();
const authority = await makeCertificateAuthority(deps);
const certificate = await makeServerCertificate(authority, serverNamesFor("127.0.0.1"), deps);
const tls = { ca: authority.certPem };

function start(handler: (request: Request) => Promise<Response>, changes: Partial<ListenOptions> = {}) {
  return listen(handler, {
    address: { host: "127.0.0.1", port: 0 },
    ...certificate,
    maxRequestBodyBytes: 1_000,
    onDefect: () => undefined,
    timers: deps.timers,
    ...changes,
  });
}

const hello = async (): Promise<Response> => new Response("hello");

function refusal(address: { host: string; port: number }): string {
  try {
    void start(hello, { address }).stop();
  } catch (error) {
    if (error instanceof CliError) return `${error.code} ${error.message} | ${error.hint}`;
    throw error;
  }
  throw new Error("it listens");
}

/** The TLS version that comes of a client that offers just one. */
function versionWith(port: number, version: "TLSv1.1" | "TLSv1.2" | "TLSv1.3"): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connectTls({ host: "127.0.0.1", port, ...tls, minVersion: version, maxVersion: version });
    socket.once("secureConnect", () => {
      resolve(socket.getProtocol() ?? undefined);
      socket.destroy();
    });
    socket.once("error", () => resolve(undefined));
    socket.once("close", () => resolve(undefined));
  });
}

describe("listen", () => {
  test("port 0: finds a free one, and url and port tell it", async () => {
    const server = start(hello);
    expect(server.port).toBeGreaterThan(0);
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
    expect(await (await fetch(server.url, { tls })).text()).toBe("hello");
    await server.stop();
  });

  test("IPv6: the url has its brackets", async () => {
    const server = start(hello, { address: { host: "::1", port: 0 } });
    expect(server.url).toBe(`https://[::1]:${server.port}`);
    expect((await fetch(server.url, { tls })).status).toBe(200);
    await server.stop();
  });

  test("a client that does not know the authority: refuses the certificate", async () => {
    const server = start(hello);
    await expect(fetch(server.url)).rejects.toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    await server.stop();
  });

  test("TLS 1.2 and 1.3 are spoken, 1.1 is not", async () => {
    const { port, stop } = start(hello);
    expect(await versionWith(port, "TLSv1.3")).toBe("TLSv1.3");
    expect(await versionWith(port, "TLSv1.2")).toBe("TLSv1.2");
    expect(await versionWith(port, "TLSv1.1")).toBeUndefined();
    await stop();
  });

  test("a handler that throws: a bare 500, and the defect is told", async () => {
    const defects: unknown[] = [];
    const server = start(() => Promise.reject(new Error("canary")), { onDefect: (error) => defects.push(error) });
    const response = await fetch(server.url, { tls });
    expect([response.status, await response.text()]).toEqual([500, "internal error\n"]);
    expect(defects).toEqual([new Error("canary")]);
    await server.stop();
  });

  test("a body over the limit: 413, and the handler does not see it", async () => {
    let seen = 0;
    const server = start(async () => new Response(`${++seen}`));
    const response = await fetch(server.url, { tls, method: "POST", body: "x".repeat(1_001) });
    expect([response.status, seen]).toEqual([413, 0]);
    await server.stop();
  });

  test("an occupied port: names address and next step", async () => {
    const server = start(hello);
    expect(refusal({ host: "127.0.0.1", port: server.port })).toBe(
      `address-unavailable listening on "127.0.0.1:${server.port}": the port is in use by another program | ` +
        "stop that program (`ss -ltnp` names it), or choose another port with --listen; port 0 takes any free one",
    );
    await server.stop();
  });

  test("another machine's address: names address and next step", () => {
    expect(refusal({ host: "192.0.2.1", port: 0 })).toBe(
      'address-unavailable listening on "192.0.2.1:0": this machine has no such address | ' +
        "choose an address of this machine with --listen, for example 127.0.0.1",
    );
  });

  test("stop: nobody new is let in, a request in flight is answered, idle connections do not hold it up, and the port is free then", async () => {
    const server = start(async () => {
      await Bun.sleep(150);
      return new Response("late");
    });
    const idle = connectTls({ host: "127.0.0.1", port: server.port, ...tls });
    idle.on("error", () => undefined);
    await new Promise((resolve) => idle.once("secureConnect", resolve));
    const inFlight = fetch(server.url, { tls });
    await Bun.sleep(50);
    const before = performance.now();
    const stopped = server.stop();
    await Bun.sleep(20);
    await expect(fetch(server.url, { tls })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await stopped;
    expect(await (await inFlight).text()).toBe("late");
    expect(performance.now() - before).toBeLessThan(2_000);
    await start(hello, { address: { host: "127.0.0.1", port: server.port } }).stop();
  });
});
