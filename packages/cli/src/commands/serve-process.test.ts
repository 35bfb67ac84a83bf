import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, mapFile, mapText, review, reviewBody, startLab } from "../../test/lab.ts";
import { load } from "../../test/load.ts";
import { cleanUp, runHere, spawnIamgate, temporaryDirectory } from "../../test/world.ts";

afterAll(cleanUp);

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

interface Options {
  readonly listen?: string;
  readonly directory?: string;
  readonly map?: string;
  readonly more?: readonly string[];
}

function commandLine({
  listen = "127.0.0.1:0",
  directory = temporaryDirectory(),
  map = mapFile(),
  more = [],
}: Options) {
  const own = [
    "-i",
    "demo",
    "--aws-auth",
    map,
    "--listen",
    listen,
    "--operations",
    "127.0.0.1:0",
    "--state-dir",
    directory,
  ];
  return ["serve", ...own, "--sts-dial", `127.0.0.1:${lab.sts.port}`, "--sts-ca", lab.stsState.paths.ca, ...more];
}

/** A process that serves, as soon as it says so. */
async function serving(options: Options = {}) {
  const directory = options.directory ?? temporaryDirectory();
  const child = spawnIamgate(commandLine({ ...options, directory }));
  const said = await untilSaid(child.stdout, "webhook-version");
  const [, url = "", address = ""] = /listening on (https:\/\/([^/]+)\S+)/.exec(said) ?? [];
  const ca = readFileSync(join(directory, "ca.pem"), "utf8");
  return { child, directory, url, address, port: Number(address.split(":")[1]), ca };
}

async function untilSaid(stream: ReadableStream<Uint8Array>, text: string): Promise<string> {
  const reader = stream.getReader();
  let said = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    said += new TextDecoder().decode(read.value);
    if (said.includes(text)) break;
  }
  reader.releaseLock();
  return said;
}

describe("iamgate serve as a process", () => {
  test("SIGTERM and SIGINT: end it with exit code 0; a second one on the same port is refused meanwhile", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const { child, url, address, ca } = await serving();
      expect(await review(url, lab.mint("alice"), { ca })).toMatchObject({ authenticated: true });
      const second = await runHere(commandLine({ listen: address }));
      expect([second.code, second.stderr]).toEqual([
        1,
        expect.stringContaining(`listening on "${address}": the port is in use`),
      ]);
      child.kill(signal);
      expect(await child.exited).toBe(0);
      expect((await new Response(child.stderr).text()).split("\n").at(-2)).toBe(`iamgate: notice: stopping: ${signal}`);
    }
  });

  test("SIGTERM under load: every review that was sent is answered, and each answer is logged", async () => {
    const { child, url, port, ca } = await serving();
    const logged = new Response(child.stderr).text();
    const token = lab.mint("alice");
    expect(await review(url, token, { ca })).toMatchObject({ authenticated: true });
    const spec = { port, ca, path: "/authenticate", body: reviewBody(token), expected: '"username":"alice"' };
    const report = load({ ...spec, seconds: 5, kept: 12, fresh: 3, pauseMs: 3 });
    await Bun.sleep(900);
    child.kill("SIGTERM");
    const { answered, failures } = await report;
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(200);
    expect(await child.exited).toBe(0);
    expect((await logged).split('"authentication granted"').length - 1).toBe(answered + 1);
  }, 10_000);

  test("a second signal: ends it at once, with exit code 1", async () => {
    const { child, url, ca } = await serving({ more: ["--drain", "60s"] });
    await lab.whileSilent(async () => {
      const asked = review(url, lab.mint("alice", "demo"), { ca }).catch(() => "cut off");
      await Bun.sleep(100);
      const startedAt = performance.now();
      child.kill("SIGTERM");
      await Bun.sleep(300);
      expect(child.exitCode).toBeNull();
      child.kill("SIGINT");
      expect(await child.exited).toBe(1);
      expect(performance.now() - startedAt).toBeLessThan(4_000);
      expect(await asked).toBe("cut off");
    });
    expect(await new Response(child.stderr).text()).toContain(
      "iamgate: notice: stopping at once: SIGINT came as well\n",
    );
  });

  test("kill -9 and restart: waits for no stale lock and answers, with the same authority and the same port", async () => {
    const { child, address, directory, ca } = await serving();
    child.kill("SIGKILL");
    await child.exited;
    const startedAt = performance.now();
    const again = await serving({ directory, listen: address });
    expect(await review(again.url, lab.mint("alice"), { ca })).toMatchObject({ authenticated: true });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    again.child.kill("SIGTERM");
    expect(await again.child.exited).toBe(0);
  });

  test("a log that nobody reads: reviews are answered all the same, and it ends on SIGTERM", async () => {
    // Its stderr is a pipe that holds 64 KiB, and is not read here.
    const { child, port, ca } = await serving();
    const spec = {
      port,
      ca,
      path: "/authenticate",
      body: reviewBody("not a token"),
      expected: '"authenticated":false',
    };
    const { answered, failures } = await load({ ...spec, seconds: 1.5, kept: 4, fresh: 0, pauseMs: 0 });
    expect(failures).toEqual([]);
    // At 250 bytes a line: far more than the pipe holds.
    expect(answered).toBeGreaterThan(1_000);
    const startedAt = performance.now();
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  }, 10_000);
});

describe("iamgate serve, SIGHUP", () => {
  test("settings, mapping and certificates are read again; what cannot be read is said, and everything stays", async () => {
    const map = mapFile();
    const { child, url, ca } = await serving({ map });
    const stderr = child.stderr;
    child.kill("SIGHUP");
    expect(await untilSaid(stderr, "are in force\n")).toContain(
      "iamgate: notice: settings, mappings and certificates were read again and are in force\n",
    );
    writeFileSync(map, "data: [");
    child.kill("SIGHUP");
    expect(await untilSaid(stderr, "everything stays as it was\n")).toMatch(
      /iamgate: warning: SIGHUP: reading --aws-auth: \S+:1:\d+: manifest-syntax: /,
    );
    expect(await review(url, lab.mint("alice"), { ca })).toMatchObject({ authenticated: true });
    writeFileSync(map, mapText("eve"));
    child.kill("SIGHUP");
    await untilSaid(stderr, "are in force\n");
    expect(await review(url, lab.mint("alice"), { ca })).toMatchObject({ authenticated: false });
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
  });
});
