import { readFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, review, startLab } from "../../test/lab.ts";
import { cleanUp, world } from "../../test/world.ts";
import { type Serving, startServing } from "./serving.ts";

/** `npm run soak` has ten times as many. */
const CONNECTIONS = process.env["IAMGATE_SOAK"] === undefined ? 1_000 : 10_000;
const HEAD = "POST /authenticate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";

let lab: Lab;
let serving: Serving;
let ca: string;
let url: string;
let port: number;
const hostile = new Set<Socket>();

beforeAll(async () => {
  lab = await startLab();
  const settings = lab.settings();
  serving = await startServing(settings, world().deps);
  ca = readFileSync(join(settings.stateDir, "ca.pem"), "utf8");
  url = serving.clusters[0]?.url ?? "";
  port = Number(new URL(url).port);
});
afterAll(async () => {
  for (const socket of hostile) socket.destroy();
  await serving.stop();
  await lab.stop();
  cleanUp();
});

interface Opened {
  readonly socket: Socket;
  readonly got: () => string;
  readonly closed: Promise<void>;
}

async function open(kind: "tcp" | "tls"): Promise<Opened> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket =
    kind === "tcp"
      ? connectTcp({ host: "127.0.0.1", port }, resolve)
      : connectTls({ host: "127.0.0.1", port, ca }, resolve);
  hostile.add(socket);
  let got = "";
  socket.on("data", (chunk) => {
    got += chunk.toString();
  });
  socket.on("error", reject);
  const closed = new Promise<void>((done) => socket.on("close", () => done()));
  await promise;
  return { socket, got: () => got, closed };
}

/** Opens many, some at a time. */
async function openMany(kind: "tcp" | "tls", count: number): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  while (opened.length < count) {
    const batch = Math.min(100, count - opened.length);
    opened.push(...(await Promise.all(Array.from({ length: batch }, () => open(kind)))));
  }
  return opened;
}

/** Sends genuine reviews one after the other, each with a token of its own; the slowest answer in milliseconds. */
async function slowestReview(): Promise<number> {
  let slowest = 0;
  for (let asked = 0; asked < 20; asked++) {
    const startedAt = performance.now();
    expect(await review(url, lab.mint("alice"), { ca })).toMatchObject({ authenticated: true });
    slowest = Math.max(slowest, performance.now() - startedAt);
  }
  return slowest;
}

describe("hostile clients, beside whom genuine reviews are answered", () => {
  test(`${CONNECTIONS} connections that never ask, a tenth of them in TLS`, async () => {
    const script = join(import.meta.dir, "../../test/idle-client.ts");
    const counts = [CONNECTIONS * 0.9, CONNECTIONS * 0.1];
    const child = Bun.spawn([process.execPath, script, String(port), ...counts.map(String)], { stdout: "pipe" });
    const { value } = await child.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("open");
    expect(await slowestReview()).toBeLessThan(3_000);
    expect(child.exitCode).toBeNull();
    child.kill("SIGKILL");
    await child.exited;
    expect(await slowestReview()).toBeLessThan(3_000);
  }, 60_000);

  test("heads and bodies that arrive byte by byte, or stop half-way", async () => {
    const [heads, bodies, stopped] = [await openMany("tls", 30), await openMany("tls", 30), await openMany("tls", 30)];
    for (const { socket } of heads) socket.write(`${HEAD}X-Slow: `);
    for (const { socket } of bodies) socket.write(`${HEAD}Content-Length: 60000\r\n\r\n{`);
    for (const { socket } of stopped) socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5;`);
    const stopDripping = world().deps.timers.every(20, () => {
      for (const { socket } of [...heads, ...bodies]) socket.write("a");
    });
    expect(await slowestReview()).toBeLessThan(3_000);
    stopDripping();
  });

  test("connections that are half-closed: one that has asked is answered, one that has not asked in full is let go", async () => {
    const asked = await open("tls");
    asked.socket.end(`${HEAD}Content-Length: 2\r\n\r\n{}`);
    await asked.closed;
    expect(asked.got()).toMatch(/^HTTP\/1\.1 400 /);
    const half = await open("tls");
    half.socket.end(`${HEAD}Content-Length: 200\r\n\r\n{`);
    await half.closed;
    const silent = await open("tcp");
    silent.socket.end();
    await silent.closed;
    expect(await slowestReview()).toBeLessThan(3_000);
  });

  test("heads and bodies that are too long: 431 and 413, and the connection is closed", async () => {
    const head = await open("tls");
    head.socket.write(`${HEAD}X-Long: ${"a".repeat(70_000)}\r\n\r\n`);
    await head.closed;
    expect(head.got()).toMatch(/^HTTP\/1\.1 431 /);
    const body = await open("tls");
    body.socket.write(`${HEAD}Content-Length: 1000000000\r\n\r\n`);
    await body.closed;
    expect(body.got()).toMatch(/^HTTP\/1\.1 413 /);
    const endless = await open("tls");
    endless.socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    for (let sent = 0; sent < 20 && !endless.socket.destroyed; sent++) endless.socket.write(chunk);
    await endless.closed;
    expect(endless.got()).toMatch(/^HTTP\/1\.1 413 /);
    expect(await slowestReview()).toBeLessThan(3_000);
  });

  test("what is no TLS, and no HTTP: is let go", async () => {
    const plain = await open("tcp");
    plain.socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    await plain.closed;
    expect(plain.got()).not.toContain("HTTP/1.1 200");
    const junk = await open("tls");
    junk.socket.write("\u0016\u0003\u0001 junk\r\n\r\n");
    await junk.closed;
    expect(junk.got()).toMatch(/^HTTP\/1\.1 4\d\d |^$/);
    expect(await slowestReview()).toBeLessThan(3_000);
  });
});
