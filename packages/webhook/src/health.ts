import type { Metrics } from "./metrics/metrics.ts";

/** What readiness is judged by. */
export interface HealthOptions {
  /** Whether there is a mapping to decide by. */
  readonly isMappingLoaded: () => boolean;
  /** The certificate that is served, or `undefined` while there is none. */
  readonly certificate: () => CertificateValidity | undefined;
  /** Whether the process is on its way out: it answers what it has, and wants nothing new. */
  readonly isDraining: () => boolean;
  readonly metrics: Pick<Metrics, "render" | "contentType">;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** From when to when a certificate is valid, in epoch milliseconds. */
export interface CertificateValidity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * Health and metrics, for kubelet, load balancers and Prometheus: `/healthz` and `/livez` (alive), `/readyz` (to be sent
 * reviews: 200, else 503 and which part is not ready), `/metrics`. With `?verbose` each part is told, in kube-apiserver's
 * form (k8s.io/apiserver, pkg/server/healthz). Nothing of a request, and no secret, is ever in an answer.
 *
 * STS is no part of readiness: all replicas would become unready with it, and those whom they remember be locked out.
 *
 * @param options - what readiness is judged by, and the metrics.
 * @returns a handler that never rejects.
 * @example
 * ```ts
 * import { createHealth } from "@iamgate/webhook";
 *
 * const health = createHealth({
 *   isMappingLoaded: () => false,
 *   certificate: () => ({ notBefore: 0, notAfter: Date.now() + 86_400_000 }),
 *   isDraining: () => false,
 *   metrics: { render: () => "", contentType: "text/plain; version=0.0.4; charset=utf-8" },
 *   now: () => Date.now(),
 * });
 * const response = await health(new Request("http://127.0.0.1:21363/readyz"));
 * console.assert(response.status === 503);
 * console.assert((await response.text()).includes("[-]mapping failed: not loaded"));
 * ```
 */
export function createHealth(options: HealthOptions): (request: Request) => Promise<Response> {
  const alive: readonly Part[] = [{ name: "ping" }];
  return async (request) => {
    // As in the webhook: Bun leaves the host out of some URLs.
    const url = URL.parse(request.url, "http://health.invalid");
    const isVerbose = url?.searchParams.has("verbose") ?? false;
    const answer = (): Response => {
      switch (url?.pathname) {
        case "/healthz":
          return report("healthz", alive, isVerbose);
        case "/livez":
          return report("livez", alive, isVerbose);
        case "/readyz":
          return report("readyz", partsOf(options), isVerbose);
        case "/metrics":
          return text(200, options.metrics.render(), { "Content-Type": options.metrics.contentType });
        default:
          return text(404, "nothing here: there are /healthz, /livez, /readyz and /metrics\n");
      }
    };
    if (request.method === "GET") return answer();
    if (request.method !== "HEAD") return text(405, "expected GET\n", { Allow: "GET, HEAD" });
    const { status, headers } = answer();
    return new Response(null, { status, headers });
  };
}

/** A part of being healthy; `failure` says what is wrong, in constant words. */
interface Part {
  readonly name: "ping" | "mapping" | "certificate" | "shutdown";
  readonly failure?: "not loaded" | "not yet valid" | "expired" | "draining";
}

function partsOf({ isMappingLoaded, certificate, isDraining, now }: HealthOptions): readonly Part[] {
  return [
    isMappingLoaded() ? { name: "mapping" } : { name: "mapping", failure: "not loaded" },
    judgeCertificate(certificate(), now()),
    isDraining() ? { name: "shutdown", failure: "draining" } : { name: "shutdown" },
  ];
}

function judgeCertificate(validity: CertificateValidity | undefined, now: number): Part {
  if (validity === undefined) return { name: "certificate", failure: "not loaded" };
  if (now < validity.notBefore) return { name: "certificate", failure: "not yet valid" };
  return now >= validity.notAfter ? { name: "certificate", failure: "expired" } : { name: "certificate" };
}

/** `ok`, or a line for each part where one fails or all are asked for. */
function report(check: "healthz" | "livez" | "readyz", parts: readonly Part[], isVerbose: boolean): Response {
  const isHealthy = parts.every(({ failure }) => failure === undefined);
  if (isHealthy && !isVerbose) return text(200, "ok");
  const lines = parts.map(({ name, failure }) =>
    failure === undefined ? `[+]${name} ok` : `[-]${name} failed: ${failure}`,
  );
  lines.push(`${check} check ${isHealthy ? "passed" : "failed"}`);
  return text(isHealthy ? 200 : 503, `${lines.join("\n")}\n`);
}

function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(body, {
    status,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      ...headers,
    },
  });
}
