import { AUDIT_MESSAGES, type AuditedRequest, type AuditEvent, auditedIdentity, auditVerdict } from "./audit.ts";
import { authenticate } from "./authenticate.ts";
import { WebhookFault } from "./fault.ts";
import type { Gate } from "./gate.ts";
import { pathnameOf } from "./lib/pathname.ts";
import { readBody } from "./lib/read-body.ts";
import { FAULT_CODES, REQUEST_REASONS, type RequestReason } from "./reasons.ts";
import { answerReview } from "./token-review/answer-review.ts";
import { readTokenReview } from "./token-review/read-review.ts";
import type { Step, Trail } from "./verdict.ts";

/** What the webhook needs beside its gate. */
export interface WebhookOptions {
  readonly gate: Gate;
  /** Called when a request comes; {@link WebhookOptions.audit} follows once. */
  readonly started?: () => void;
  /** Called once for each request, with the stages that its token passed. */
  readonly audit: (event: AuditEvent, trail: Trail) => void;
  /** Where reviews are answered; `/authenticate` when absent. */
  readonly path?: string;
  /** A new id for each request, for the log. */
  readonly requestId: () => string;
  /** Milliseconds with fractions, never set back, for durations: `performance.now`; the gate's clock when absent. */
  readonly monotonicNow?: () => number;
  /**
   * Answers `/healthz` and `/metrics`, which the Go authenticator has on this port too; see `createHealth`. They are no
   * decisions, so they are neither started nor audited. When absent, there is nothing at these paths.
   */
  readonly health?: (request: Request) => Promise<Response>;
}

const MAX_BODY_BYTES = 65_536;
const HEALTH_PATHS: ReadonlySet<string | undefined> = new Set(["/healthz", "/metrics"]);

const STATUS: Readonly<Record<RequestReason, number>> = {
  "body-incomplete": 400,
  "not-a-token-review": 400,
  "not-found": 404,
  "method-not-allowed": 405,
  "content-too-large": 413,
  "unsupported-media-type": 415,
};

/**
 * The token-authentication webhook of kube-apiserver, at `POST /authenticate` or another path.
 *
 * Answers 200 with a TokenReview for every verdict, 503 when STS cannot tell (kube-apiserver asks again next time),
 * 400, 413 or 415 for what is no TokenReview, 405 for other methods, 404 for other paths; and at `/healthz` and `/metrics`
 * what `options.health` answers.
 *
 * @param options - the gate, the audit log, request ids, and what is counted and told of its health.
 * @returns a handler that never rejects.
 * @example
 * ```ts
 * import { acceptedHosts } from "@iamgate/token";
 * import { createWebhook } from "@iamgate/webhook";
 *
 * const webhook = createWebhook({
 *   gate: {
 *     hosts: acceptedHosts(),
 *     partition: "aws",
 *     askSts: () => Promise.reject(new Error("not reached")),
 *     mappings: () => ({ source: "none", entries: [] }),
 *     now: () => Date.now(),
 *   },
 *   audit: () => {},
 *   requestId: () => crypto.randomUUID(),
 * });
 * const response = await webhook(new Request("https://127.0.0.1:21362/authenticate"));
 * console.assert(response.status === 405);
 * ```
 */
export function createWebhook(options: WebhookOptions): (request: Request) => Promise<Response> {
  const clock = options.monotonicNow ?? options.gate.now;
  const path = options.path ?? "/authenticate";
  return async (request) => {
    const pathname = pathnameOf(request);
    if (options.health !== undefined && HEALTH_PATHS.has(pathname)) return options.health(request);

    options.started?.();
    const startedAt = clock();
    const requestId = options.requestId();
    const audited = (): AuditedRequest => ({ requestId, durationMs: Math.round((clock() - startedAt) * 1000) / 1000 });
    const reject = (reason: RequestReason, detail: string, headers: Record<string, string> = {}): Response => {
      const status = STATUS[reason];
      options.audit({ message: AUDIT_MESSAGES.rejected, result: "rejected", ...audited(), reason, status, detail }, []);
      return new Response(`${detail}\n`, {
        status,
        headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
      });
    };

    if (pathname !== path) return reject(REQUEST_REASONS.notFound, `nothing here: the webhook is at ${path}`);
    if (request.method !== "POST") return reject(REQUEST_REASONS.methodNotAllowed, "expected POST", { Allow: "POST" });
    if (!/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "")) {
      return reject(REQUEST_REASONS.unsupportedMediaType, "expected content type application/json");
    }
    const steps: Step[] = [];
    try {
      // Whoever goes away while sending is no failure of this program, and must not count as one.
      const body = await readBody(request, MAX_BODY_BYTES).catch(() => "incomplete" as const);
      if (body === "incomplete") return reject(REQUEST_REASONS.bodyIncomplete, "the body ended before it was whole");
      if (body === undefined) {
        return reject(REQUEST_REASONS.contentTooLarge, `a TokenReview has at most ${MAX_BODY_BYTES} bytes`);
      }
      const review = readTokenReview(body);
      if (!review.ok) return reject(REQUEST_REASONS.notATokenReview, review.detail);

      const verdict = await authenticate(review.token, options.gate, steps);
      options.audit(auditVerdict(verdict, audited()), steps);
      return Response.json(answerReview(review.apiVersion, verdict));
    } catch (cause) {
      // 500 would make kube-apiserver ask five times over; 503 without Retry-After makes it ask once (verification.md).
      const fault = cause instanceof WebhookFault ? cause : undefined;
      const code = fault?.code ?? FAULT_CODES.internalError;
      const detail = fault?.message ?? `unexpected ${cause instanceof Error ? cause.name : "error"}`;
      options.audit(
        { message: AUDIT_MESSAGES.failed, result: "failed", ...audited(), ...auditedIdentity(steps), code, detail },
        steps,
      );
      return new Response("not available\n", { status: 503 });
    }
  };
}
