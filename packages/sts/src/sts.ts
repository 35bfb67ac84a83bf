import type { Sigv4Reason } from "@iamgate/token/sigv4";
import type { Action } from "./action.ts";
import { actionOf } from "./actions.ts";
import { type AnswerForm, answerFormOf, contentTypeOf, renderError, renderResult } from "./answer.ts";
import type { AuditEvent } from "./audit.ts";
import { authenticate } from "./authenticate.ts";
import { formOf, readBody } from "./body.ts";
import type { AccessKey, Iam } from "./iam.ts";
import { readParameters } from "./parameters.ts";
import {
  BODY_TOO_LARGE,
  invalidAction,
  malformedQueryString,
  METHOD_NOT_ALLOWED,
  type StsError,
  UNKNOWN_OPERATION,
} from "./sts-error.ts";
import { targetOf } from "./target.ts";

/** What a local STS gets from outside. */
export interface StsDeps {
  /** The identities as they are now; asked once a request. */
  readonly iam: () => Iam;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** An id for each answer, usually a random UUID. */
  readonly requestId: () => string;
  /** Is told of each answer. */
  readonly audit?: (event: AuditEvent) => void;
}

/**
 * A local AWS STS: truly verifies signatures, and answers GetCallerIdentity in STS's own words.
 *
 * Presigned URLs and `Authorization` headers, GET and POST, under any STS host or address of one's own; XML, or JSON
 * where the request accepts it. Whatever comes, the answer is a response: 200, 302 without an `Action` as AWS gives, or 4xx.
 *
 * @param deps - identities, clock and request ids.
 * @returns a handler for `Bun.serve` or whatever else has Fetch's `Request`. Real session tokens need request heads of 20 KB.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * @example
 * ```ts
 * import { createSts, credentialsOf, parseIam } from "@iamgate/sts";
 * import { presign } from "@iamgate/token/sigv4";
 *
 * const parsed = parseIam(`
 * accounts:
 *   - id: "111122223333"
 *     users:
 *       - name: alice
 *         accessKeys:
 *           - accessKeyId: AKIAIOSFODNN7EXAMPLE
 *             secretAccessKey: not-a-real-secret
 * `, "iam.yaml");
 * if (!parsed.ok) throw new Error(parsed.errors[0].message);
 * const { iam } = parsed;
 *
 * const now = Date.UTC(2026, 0, 1);
 * const sts = createSts({ iam: () => iam, now: () => now, requestId: () => "a-request" });
 * const url = presign(
 *   { host: "sts.us-west-2.amazonaws.com", query: [["Action", "GetCallerIdentity"], ["Version", "2011-06-15"]] },
 *   { credentials: credentialsOf(iam, "alice"), region: "us-west-2", service: "sts", now, expiresSeconds: 60 },
 * );
 * const response = await sts(new Request(url));
 * console.assert((await response.text()).includes("<Arn>arn:aws:iam::111122223333:user/alice</Arn>"));
 * ```
 */
export function createSts(deps: StsDeps): (request: Request) => Promise<Response> {
  return async (request) => {
    const requestId = deps.requestId();
    const now = deps.now();
    const outcome = await decide(request, { iam: deps.iam(), now });
    deps.audit?.(auditOf(outcome, requestId));
    return respond(outcome, { form: answerFormOf(request.headers), requestId, now });
  };
}

/** Where AWS sends browsers that ask for nothing in particular. */
const NO_ACTION_LOCATION = "https://aws.amazon.com/iam";

type Outcome =
  | { readonly kind: "result"; readonly action: Action; readonly key: AccessKey }
  | { readonly kind: "error"; readonly error: StsError; readonly reason?: Sigv4Reason }
  | { readonly kind: "no-action" };

async function decide(request: Request, { iam, now }: { readonly iam: Iam; readonly now: number }): Promise<Outcome> {
  const target = targetOf(request.url);
  if (request.method !== "GET" && request.method !== "POST") return failed(METHOD_NOT_ALLOWED);
  if (target.path !== "/") return failed(UNKNOWN_OPERATION);

  const body = await readBody(request);
  if (body === undefined) return failed(BODY_TOO_LARGE);
  const form = formOf(request, body);
  if (form === undefined) return failed(malformedQueryString("The body is not UTF-8"));
  const parameters = readParameters(target.rawQuery, form);
  if (!parameters.ok) return failed(parameters.error);

  const name = parameters.values.get("Action");
  if (name === undefined) return { kind: "no-action" };
  const version = parameters.values.get("Version");
  const action = actionOf(name, version);
  if (action === undefined) return failed(invalidAction(name, version));

  const caller = authenticate(request, { target, body, iam, now });
  if (!caller.ok) return { kind: "error", error: caller.error, reason: caller.reason };
  return { kind: "result", action, key: caller.key };
}

function failed(error: StsError): Outcome {
  return { kind: "error", error };
}

function respond(
  outcome: Outcome,
  { form, requestId, now }: { readonly form: AnswerForm; readonly requestId: string; readonly now: number },
): Response {
  const headers = { "x-amzn-RequestId": requestId, Date: new Date(now).toUTCString() };
  if (outcome.kind === "no-action") {
    return new Response(null, { status: 302, headers: { ...headers, Location: NO_ACTION_LOCATION } });
  }
  const typed = { ...headers, "Content-Type": contentTypeOf(form) };
  if (outcome.kind === "error") {
    const { status } = outcome.error;
    const allow = status === 405 ? { Allow: "GET, POST" } : {};
    return new Response(renderError(form, outcome.error, requestId), { status, headers: { ...typed, ...allow } });
  }
  const result = outcome.action.run(outcome.key.identity);
  return new Response(renderResult(form, outcome.action.name, result, requestId), { headers: typed });
}

function auditOf(outcome: Outcome, requestId: string): AuditEvent {
  switch (outcome.kind) {
    case "result": {
      const { identity, credentials } = outcome.key;
      const { accessKeyId } = credentials;
      return { message: "answered", requestId, action: outcome.action.name, accessKeyId, arn: identity.arn };
    }
    case "error": {
      const { code, status } = outcome.error;
      const reason = outcome.reason === undefined ? {} : { reason: outcome.reason };
      return { message: "refused", requestId, status, code, ...reason };
    }
    case "no-action":
      return { message: "redirected", requestId };
  }
}
