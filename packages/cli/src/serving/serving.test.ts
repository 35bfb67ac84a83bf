import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, mapFile, mapText, review, startLab } from "../../test/lab.ts";
import { cleanUp, temporaryDirectory, type World, world } from "../../test/world.ts";
import { CliError } from "../errors.ts";
import type { ServeSettings } from "./settings.ts";
import { type Serving, startServing } from "./serving.ts";

afterAll(cleanUp);

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

interface Started {
  readonly serving: Serving;
  readonly settings: ServeSettings;
  readonly here: World;
  readonly url: string;
  readonly base: string;
  readonly ca: string;
}

async function started(changes: Partial<ServeSettings> = {}, here = world()): Promise<Started> {
  const settings = lab.settings(changes);
  const serving = await startServing(settings, here.deps);
  const url = serving.clusters[0]?.url ?? "";
  const ca = readFileSync(join(settings.stateDir, "ca.pem"), "utf8");
  return { serving, settings, here, url, base: new URL(url).origin, ca };
}

async function refusal(settings: ServeSettings): Promise<string> {
  const error = await startServing(settings, world().deps).then(
    (serving) => serving.stop(),
    (cause: unknown) => cause,
  );
  if (!(error instanceof CliError)) throw new Error(`started, or another error: ${String(error)}`);
  return `${error.code} ${error.message} | ${error.hint}`;
}

function cluster(id: string, user: string): ServeSettings["clusters"][0] {
  return { id, awsAuth: { path: mapFile(user), flag: "--aws-auth" }, path: `/authenticate/${id}` };
}

describe("startServing, several clusters", () => {
  test("each has its own path, cluster id, mapping and kubeconfig; no other path reaches any", async () => {
    const { serving, base, ca, settings } = await started({
      clusters: [cluster("blue", "alice"), cluster("green", "eve")],
    });
    const at = (path: string, name: string, id: string) => review(`${base}${path}`, lab.mint(name, id), { ca });
    expect(await at("/authenticate/blue", "alice", "blue")).toMatchObject({ user: { username: "alice" } });
    expect(await at("/authenticate/green", "eve", "green")).toMatchObject({ user: { username: "eve" } });
    expect(await at("/authenticate/green", "alice", "green")).toMatchObject({ authenticated: false });
    expect(await at("/authenticate/blue", "alice", "green")).toMatchObject({ authenticated: false });
    for (const path of ["/authenticate", "/authenticate/", "/authenticate/red", "/"]) {
      await expect(at(path, "alice", "blue")).rejects.toThrow("status 404");
    }
    expect(serving.clusters.map(({ kubeconfig }) => kubeconfig)).toEqual([
      join(settings.stateDir, "kubeconfig-blue.yaml"),
      join(settings.stateDir, "kubeconfig-green.yaml"),
    ]);
    for (const { url, kubeconfig } of serving.clusters)
      expect(readFileSync(kubeconfig, "utf8")).toContain(`server: ${url}\n`);
    await serving.stop();
  });

  test("log and metrics: tell the cluster", async () => {
    const { serving, base, ca, here } = await started({
      clusters: [cluster("blue", "alice"), cluster("green", "eve")],
    });
    await review(`${base}/authenticate/green`, lab.mint("eve", "green"), { ca });
    const line =
      here
        .stderr()
        .split("\n")
        .find((each) => each.startsWith("{")) ?? "";
    expect(JSON.parse(line)).toMatchObject({ cluster: "green", message: "authentication granted", username: "eve" });
    const metrics = await (await fetch(`${serving.operationsUrl}/metrics`)).text();
    expect(metrics).toContain('iamgate_mapping_entries{cluster="blue"} 1');
    await serving.stop();
  });
});

describe("startServing, health and metrics", () => {
  test("plain HTTP: /healthz, /livez, /readyz, /metrics; on the TLS port /healthz and /metrics alone", async () => {
    const { serving, base, ca, url } = await started();
    await review(url, lab.mint("alice"), { ca });
    const status = async (of: string) => (await fetch(of, { tls: { ca } })).status;
    const { operationsUrl = "" } = serving;
    expect(operationsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const path of ["healthz", "livez", "readyz", "metrics"])
      expect(await status(`${operationsUrl}/${path}`)).toBe(200);
    expect(await status(`${operationsUrl}/authenticate`)).toBe(404);
    expect(await status(`${base}/healthz`)).toBe(200);
    expect(await status(`${base}/readyz`)).toBe(404);
    const metrics = await (await fetch(`${base}/metrics`, { tls: { ca } })).text();
    expect(metrics).toContain('iamgate_reviews_total{result="granted",reason="granted"} 1');
    expect(metrics).toContain('iamgate_sts_calls_total{outcome="confirmed",reason="confirmed"} 1');
    expect(metrics).toMatch(/^iamgate_certificate_expiry_timestamp_seconds \d{10}$/m);
    await serving.stop();
  });

  test("off: nothing listens; an occupied port is named with its flag, and nothing is left running", async () => {
    const { serving, base } = await started({ operations: undefined });
    expect(serving.operationsUrl).toBeUndefined();
    const taken = { host: "127.0.0.1", port: Number(new URL(base).port) };
    const settings = lab.settings({ operations: taken });
    expect(await refusal(settings)).toBe(
      `address-unavailable listening on "127.0.0.1:${taken.port}": the port is in use by another program | ` +
        "stop that program (`ss -ltnp` names it), or choose another port with --operations; port 0 takes any free one",
    );
    await serving.stop();
    // Its state directory is free again.
    await (await startServing({ ...settings, operations: undefined }, world().deps)).stop();
  });

  test("a mapping that cannot be read: is counted, and readiness stays", async () => {
    const { serving, settings, here } = await started();
    writeFileSync(settings.clusters[0].awsAuth.path, "data: [");
    await here.until("stderr", "keeping what it said before");
    const metrics = await (await fetch(`${serving.operationsUrl}/metrics`)).text();
    expect(metrics).toContain('iamgate_mapping_last_reload_successful{cluster="demo"} 0');
    expect((await fetch(`${serving.operationsUrl}/readyz`)).status).toBe(200);
    await serving.stop();
  });
});

describe("startServing, the state directory", () => {
  test("another one with the same: is refused, and let in when the first has ended", async () => {
    const { serving, settings } = await started();
    expect(await refusal(lab.settings({ stateDir: settings.stateDir }))).toBe(
      `state-dir-unusable state directory "${settings.stateDir}": another iamgate serves with it | ` +
        "stop that one (`ss -ltnp` names it), or name another directory with --state-dir",
    );
    await serving.stop();
    await (await started({ stateDir: settings.stateDir })).serving.stop();
  });
});

describe("Serving.drain", () => {
  test("readiness goes, what was taken is answered, nobody new is let in, and the state directory is free", async () => {
    const slow = Promise.withResolvers<void>();
    const real = world().deps.fetch;
    const fetchSlowly: typeof real = async (url, init) => {
      await slow.promise;
      return await real(url, init);
    };
    const { serving, url, ca, settings } = await started({}, world({ fetch: fetchSlowly }));
    const asked = review(url, lab.mint("alice"), { ca });
    await Bun.sleep(50);
    const drained = serving.drain();
    await Bun.sleep(20);
    const ready = await fetch(`${serving.operationsUrl}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining("[-]shutdown failed: draining")]);
    expect((await fetch(`${serving.operationsUrl}/livez`)).status).toBe(200);
    await Bun.sleep(300);
    await expect(review(url, lab.mint("alice"), { ca })).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await (await startServing(lab.settings({ stateDir: settings.stateDir }), world().deps)).stop();
    slow.resolve();
    expect(await asked).toMatchObject({ authenticated: true });
    expect(await drained).toBe(0);
    await serving.stop();
  });

  test("longer than drainSeconds: is cut off and counted", async () => {
    const { serving, url, ca } = await started(
      { drainSeconds: 0.4 },
      world({ fetch: () => new Promise(() => undefined) }),
    );
    const asked = review(url, lab.mint("alice"), { ca }).catch(() => "cut off");
    await Bun.sleep(50);
    const startedAt = performance.now();
    expect(await serving.drain()).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(await asked).toBe("cut off");
    await serving.stop();
  });
});

describe("Serving.reload", () => {
  test("the mapping: is read at once, from another file too; the cache does not hide it", async () => {
    const { serving, settings, url, ca } = await started();
    const token = lab.mint("alice");
    expect(await review(url, token, { ca })).toMatchObject({ authenticated: true });
    const awsAuth = { path: mapFile("eve"), flag: "--aws-auth" };
    await serving.reload({ ...settings, clusters: [{ ...settings.clusters[0], awsAuth }] });
    expect(await review(url, token, { ca })).toMatchObject({ authenticated: false });
    expect(await review(url, lab.mint("eve"), { ca })).toMatchObject({ authenticated: true });
    writeFileSync(awsAuth.path, mapText("alice"));
    await serving.reload({ ...settings, clusters: [{ ...settings.clusters[0], awsAuth }] });
    expect(await review(url, token, { ca })).toMatchObject({ authenticated: true });
    await serving.stop();
  });

  test("limits: hold from then on", async () => {
    const { serving, settings, url, ca } = await started();
    await serving.reload({ ...settings, gate: { ...settings.gate, lifetimeMs: 0 } });
    const token = lab.mint("alice");
    const before = lab.calls();
    for (let asked = 0; asked < 3; asked++) await review(url, token, { ca });
    expect(lab.calls() - before).toBe(3);
    await serving.reload(settings);
    for (let asked = 0; asked < 3; asked++) await review(url, token, { ca });
    expect(lab.calls() - before).toBe(4);
    await serving.stop();
  });

  test("what needs a restart: is named, and stays as it is, however often it is read", async () => {
    const { serving, settings, url, ca, here } = await started();
    const next = {
      ...settings,
      listen: { host: "127.0.0.1", port: 1 },
      partition: "aws-cn",
      clusters: [cluster("blue", "alice")],
    } as const;
    for (let times = 1; times <= 2; times++) {
      await serving.reload(next);
      for (const name of ["listen", "partition", "clusters"]) {
        const said = here
          .stderr()
          .split(`iamgate: warning: setting ${name}: has changed, which takes effect at a restart\n`);
        expect(said.length).toBe(times + 1);
      }
    }
    expect(here.stderr()).not.toContain("setting stateDir");
    expect(await review(url, lab.mint("alice"), { ca })).toMatchObject({ authenticated: true });
    await serving.stop();
  });

  test("a mapping or a certificate that cannot be read: everything stays as it was", async () => {
    const { serving, settings, url, ca } = await started();
    const missing = { path: join(temporaryDirectory(), "no"), flag: "--cert" };
    const broken = [
      { ...settings, clusters: [{ ...settings.clusters[0], awsAuth: missing }] },
      {
        ...settings,
        clusters: [{ ...settings.clusters[0], awsAuth: { path: mapFile("eve"), flag: "f" } }],
        certificate: { cert: missing, key: missing },
      },
    ] as const;
    for (const next of broken) {
      await expect(serving.reload(next)).rejects.toThrow("there is no such file");
      expect(await review(url, lab.mint("alice"), { ca })).toMatchObject({ authenticated: true });
      expect(await review(url, lab.mint("eve"), { ca })).toMatchObject({ authenticated: false });
    }
    await serving.stop();
  });
});
