import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAPPINGS, NOW, someMetrics } from "../test/world.ts";
import { createHealth, type HealthOptions } from "./health.ts";
import { createWebhook } from "./webhook.ts";

const DAY_MS = 86_400_000;

function health(changed: Partial<HealthOptions> = {}): (path: string, init?: RequestInit) => Promise<Response> {
  const handler = createHealth({
    isMappingLoaded: () => true,
    certificate: () => ({ notBefore: NOW - DAY_MS, notAfter: NOW + DAY_MS }),
    isDraining: () => false,
    metrics: someMetrics(),
    now: () => NOW,
    ...changed,
  });
  return (path, init) => handler(new Request(`http://127.0.0.1:21363${path}`, init));
}

const told = async (response: Response): Promise<readonly [number, string]> => [response.status, await response.text()];

describe("health: alive", () => {
  test("/healthz and /livez: ok, whatever is not ready", async () => {
    const unready = health({ isMappingLoaded: () => false, certificate: () => undefined, isDraining: () => true });
    for (const path of ["/healthz", "/livez"]) expect(await told(await unready(path))).toEqual([200, "ok"]);
  });

  test("?verbose: in kube-apiserver's form", async () => {
    expect(await told(await health()("/livez?verbose"))).toEqual([200, "[+]ping ok\nlivez check passed\n"]);
    expect(await told(await health()("/healthz?verbose=1"))).toEqual([200, "[+]ping ok\nhealthz check passed\n"]);
  });
});

describe("health: ready", () => {
  test("all parts: ok, and one by one when asked", async () => {
    expect(await told(await health()("/readyz"))).toEqual([200, "ok"]);
    expect(await told(await health()("/readyz?verbose"))).toEqual([
      200,
      "[+]mapping ok\n[+]certificate ok\n[+]shutdown ok\nreadyz check passed\n",
    ]);
  });

  for (const [what, changed, line] of [
    ["no mapping yet", { isMappingLoaded: () => false }, "[-]mapping failed: not loaded"],
    ["no certificate yet", { certificate: () => undefined }, "[-]certificate failed: not loaded"],
    [
      "a certificate that ends now",
      { certificate: () => ({ notBefore: 0, notAfter: NOW }) },
      "[-]certificate failed: expired",
    ],
    [
      "a certificate that begins in a millisecond",
      { certificate: () => ({ notBefore: NOW + 1, notAfter: NOW + DAY_MS }) },
      "[-]certificate failed: not yet valid",
    ],
    ["on the way out", { isDraining: () => true }, "[-]shutdown failed: draining"],
  ] as const) {
    test(`${what}: 503, and which part it is`, async () => {
      const [status, body] = await told(await health(changed)("/readyz"));
      expect(status).toBe(503);
      const failures = body.split("\n").filter((each) => each.startsWith("[-]"));
      expect(failures).toEqual([line]);
      expect(body).toMatch(/\nreadyz check failed\n$/);
    });
  }

  test("the first and the last moment of a certificate's life are ready", async () => {
    for (const certificate of [
      { notBefore: NOW, notAfter: NOW + DAY_MS },
      { notBefore: 0, notAfter: NOW + 1 },
    ]) {
      expect((await health({ certificate: () => certificate })("/readyz")).status).toBe(200);
    }
  });
});

describe("health: metrics and the rest", () => {
  test("/metrics: Prometheus' text format under its content type", async () => {
    const response = await health()("/metrics");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await response.text()).toContain("# TYPE iamgate_reviews_total counter\n");
  });

  test("HEAD: status and headers alone; other methods 405; other paths 404", async () => {
    const head = await health({ isDraining: () => true })("/readyz", { method: "HEAD" });
    expect(await told(head)).toEqual([503, ""]);
    const post = await health()("/metrics", { method: "POST" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    for (const path of ["/", "/readyz/", "/Healthz", "/metrics/x"]) expect((await health()(path)).status).toBe(404);
  });

  test("no answer is to be cached, or guessed to be another type", async () => {
    for (const path of ["/healthz", "/livez", "/readyz", "/metrics", "/none"]) {
      const { headers } = await health()(path);
      expect([headers.get("cache-control"), headers.get("x-content-type-options")]).toEqual(["no-store", "nosniff"]);
    }
  });

  test("no answer repeats anything of the request", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("healthz", "livez", "readyz", "metrics", "x"),
        fc.string(),
        async (path, text) => {
          const response = await health({ isMappingLoaded: () => false })(
            `/${path}?verbose=canary&canary=${encodeURIComponent(text.toWellFormed())}`,
            { headers: { "X-Canary": "canary" } },
          );
          expect(JSON.stringify([...response.headers, await response.text()])).not.toContain("canary");
        },
      ),
    );
  });
});

describe("webhook: health beside it", () => {
  const audited: unknown[] = [];
  const webhookWith = (handler?: (request: Request) => Promise<Response>): ((request: Request) => Promise<Response>) =>
    createWebhook({
      gate: {
        hosts: { byAuthority: new Map(), regions: new Set() },
        partition: "aws",
        askSts: () => Promise.reject(new Error("not reached")),
        mappings: () => MAPPINGS,
        now: () => NOW,
      },
      started: () => audited.push("started"),
      audit: (event) => audited.push(event),
      requestId: () => "1",
      ...(handler === undefined ? {} : { health: handler }),
    });
  const get = (path: string): Request => new Request(`https://127.0.0.1:21362${path}`);

  test("/healthz and /metrics on the TLS port, as the Go authenticator has them; they are no decisions", async () => {
    audited.length = 0;
    const webhook = webhookWith((request) => health()(new URL(request.url).pathname));
    expect(await told(await webhook(get("/healthz")))).toEqual([200, "ok"]);
    expect(await (await webhook(get("/metrics"))).text()).toContain("iamgate_build_info");
    expect(audited).toEqual([]);
  });

  test("readiness is for the plain listener alone", async () => {
    const webhook = webhookWith((request) => health()(new URL(request.url).pathname));
    for (const path of ["/readyz", "/livez"]) expect((await webhook(get(path))).status).toBe(404);
  });

  test("without it there is nothing there", async () => {
    for (const path of ["/healthz", "/metrics"]) expect((await webhookWith()(get(path))).status).toBe(404);
  });
});
