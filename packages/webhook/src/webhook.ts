import { type AuditEvent, auditedIdentity, auditVerdict } from "./audit.ts";
import { authenticate } from "./authenticate.ts";
import { WebhookFault } from "./fault.ts";
import type { Gate } from "./gate.ts";
import { readBody } from "./lib/read-body.ts";
import { FAULT_CODES } from "./reasons.ts";
import { answerReview } from "./token-review/answer-review.ts";
import { readTokenReview } from "./token-review/read-review.ts";
import type { Step, Trail } from "./verdict.ts";

/** What the webhook needs beside its gate. */
export interface WebhookOptions {
  readonly gate: Gate;
  /** Called once for each request, with the stages that its token passed. */
  readonly audit: (event: AuditEvent, trail: Trail) => void;
  /** A new id for each request, for the log. */
  readonly requestId: () => string;
}

const MAX_BODY_BYTES = 65_536;

/**
 * The token-authentication webhook of kube-apiserver, at `POST /authenticate`.
 *
 * Answers 200 with a TokenReview for every verdict, 503 when STS cannot tell (kube-apiserver asks again next time),
 * 400, 413 or 415 for what is no TokenReview, 405 for other methods, 404 for other paths.
 *
 * @param options - the gate, the audit log and request ids.
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
  return async (request) => {
    const startedAt = options.gate.now();
    const requestId = options.requestId();
    const timing = (): { requestId: string; durationMs: number } => ({
      requestId,
      durationMs: options.gate.now() - startedAt,
    });
    const reject = (status: number, detail: string, headers: Record<string, string> = {}): Response => {
      options.audit({ message: "request rejected", ...timing(), status, detail }, []);
      return new Response(`${detail}\n`, {
        status,
        headers: { "Content-Type": "text/plain; charset=utf-8", ...headers },
      });
    };

    // Bun leaves scheme and host out of the URL where the Host header is not one, so a base is given.
    const pathname = URL.parse(request.url, "https://webhook.invalid")?.pathname;
    if (pathname !== "/authenticate") return reject(404, "nothing here: the webhook is at /authenticate");
    if (request.method !== "POST") return reject(405, "expected POST", { Allow: "POST" });
    if (!/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "")) {
      return reject(415, "expected content type application/json");
    }
    const steps: Step[] = [];
    try {
      const body = await readBody(request, MAX_BODY_BYTES);
      if (body === undefined) return reject(413, `a TokenReview has at most ${MAX_BODY_BYTES} bytes`);
      const review = readTokenReview(body);
      if (!review.ok) return reject(400, review.detail);

      const verdict = await authenticate(review.token, options.gate, steps);
      options.audit(auditVerdict(verdict, timing()), steps);
      return Response.json(answerReview(review.apiVersion, verdict));
    } catch (cause) {
      // 500 would make kube-apiserver ask five times over; 503 without Retry-After makes it ask once (verification.md).
      const fault = cause instanceof WebhookFault ? cause : undefined;
      const code = fault?.code ?? FAULT_CODES.internalError;
      const detail = fault?.message ?? `unexpected ${cause instanceof Error ? cause.name : "error"}`;
      options.audit({ message: "authentication failed", ...timing(), ...auditedIdentity(steps), code, detail }, steps);
      return new Response("not available\n", { status: 503 });
    }
  };
}
