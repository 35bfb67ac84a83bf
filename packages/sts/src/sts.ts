import type { Sigv4Reason } from "@iamgate/token/sigv4";
import type { Answer, Call, Result } from "./action.ts";
import type { ActionName } from "./action-names.ts";
import { actionOf } from "./actions.ts";
import { type AnswerForm, answerFormOf, contentTypeOf, renderError, renderResult } from "./answer.ts";
import { type AuditEvent, shownParameters } from "./audit.ts";
import { authenticate } from "./authenticate.ts";
import { formOf, readBody } from "./body.ts";
import type { AccessKey, Iam } from "./iam.ts";
import { readParameters } from "./parameters.ts";
import { SEALING_KEY_BYTES } from "./session/seal.ts";
import type { Sealing } from "./session/session.ts";
import {
  BODY_TOO_LARGE,
  invalidAction,
  malformedQueryString,
  METHOD_NOT_ALLOWED,
  type StsError,
  THROTTLING,
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
  /**
   * What new sessions are made with; without it, the actions that give credentials do not exist. Session tokens hold all
   * of a session, sealed with this key: they live through restarts as long as the key is the same.
   */
  readonly sealing?: Sealing;
  /** Is told of each answer. */
  readonly audit?: (event: AuditEvent) => void;
}

/**
 * A local AWS STS: truly verifies signatures, trust and permission policies, MFA codes and web identity tokens, and answers
 * in STS's own words: AssumeRole, AssumeRoleWithWebIdentity, GetAccessKeyInfo, GetCallerIdentity, GetFederationToken and
 * GetSessionToken.
 *
 * Presigned URLs and `Authorization` headers, GET and POST, under any STS host or address of one's own; XML, or JSON
 * where the request accepts it. Whatever comes, the answer is a response: 200, 302 without an `Action` as AWS gives, or 4xx.
 *
 * @param deps - identities, clock, request ids, and what seals sessions.
 * @returns a handler for `Bun.serve` or whatever else has Fetch's `Request`. Real session tokens need request heads of 20 KB.
 * @throws RangeError when the sealing key does not have 32 bytes.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/
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
  const { sealing } = deps;
  if (sealing !== undefined && sealing.key.length !== SEALING_KEY_BYTES) {
    throw new RangeError(`sealing key: has ${sealing.key.length} bytes; give ${SEALING_KEY_BYTES} random ones`);
  }
  return async (request) => {
    const requestId = deps.requestId();
    const now = deps.now();
    const outcome = await decide(request, { iam: deps.iam(), now, ...(sealing !== undefined && { sealing }) });
    deps.audit?.(auditOf(outcome, requestId));
    return respond(outcome, { form: answerFormOf(request.headers), requestId, now });
  };
}

/** Where AWS sends browsers that ask for nothing in particular. */
const NO_ACTION_LOCATION = "https://aws.amazon.com/iam";

/** What is known of a request when it is answered, for the audit. */
interface Known {
  readonly action?: ActionName;
  readonly key?: AccessKey;
  readonly parameters?: ReadonlyMap<string, string>;
}

type Outcome =
  | ({
      readonly kind: "result";
      readonly action: ActionName;
      readonly result: Result;
      readonly subject?: string;
    } & Known)
  | ({ readonly kind: "error"; readonly error: StsError; readonly reason?: Sigv4Reason; readonly why?: string } & Known)
  | { readonly kind: "no-action" };

interface Circumstances {
  readonly iam: Iam;
  readonly now: number;
  readonly sealing?: Sealing;
}

async function decide(request: Request, { iam, now, sealing }: Circumstances): Promise<Outcome> {
  const target = targetOf(request.url);
  if (request.method !== "GET" && request.method !== "POST") return failed(METHOD_NOT_ALLOWED);
  if (target.path !== "/") return failed(UNKNOWN_OPERATION);

  const body = await readBody(request);
  if (body === undefined) return failed(BODY_TOO_LARGE);
  const form = formOf(request, body);
  if (form === undefined) return failed(malformedQueryString("The body is not UTF-8"));
  const read = readParameters(target.rawQuery, form);
  if (!read.ok) return failed(read.error);

  const parameters = read.values;
  const name = parameters.get("Action");
  if (name === undefined) return { kind: "no-action" };
  const version = parameters.get("Version");
  const action = actionOf(name, version);
  if (action === undefined) return failed(invalidAction(name, version));
  const known: Known = { action: action.name, parameters };
  if (iam.throttled.has(action.name)) return { ...failed(THROTTLING), ...known };

  const userAgent = request.headers.get("user-agent");
  const call: Call = { parameters, iam, now, ...(userAgent !== null && { userAgent }) };
  if (action.kind === "issue-unsigned") {
    if (sealing === undefined) return failed(invalidAction(name, version));
    return outcomeOf(await action.run(call, sealing), { ...known, action: action.name });
  }
  const sealingKey = sealing?.key;
  const caller = authenticate(request, { target, body, iam, now, ...(sealingKey !== undefined && { sealingKey }) });
  if (!caller.ok) return { kind: "error", error: caller.error, reason: caller.reason, ...known };
  const { key, region } = caller;
  const signed = { ...call, caller: key, region };
  const knownCaller = { ...known, action: action.name, key };
  if (action.kind === "read") return outcomeOf(action.run(signed), knownCaller);
  if (sealing === undefined) return failed(invalidAction(name, version));
  return outcomeOf(action.run(signed, sealing), knownCaller);
}

function outcomeOf(answer: Answer, known: Known & { readonly action: ActionName }): Outcome {
  return answer.ok ? { kind: "result", ...answer, ...known } : { kind: "error", ...answer, ...known };
}

function failed(error: StsError): Outcome & { readonly kind: "error" } {
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
  return new Response(renderResult(form, outcome.action, outcome.result, requestId), { headers: typed });
}

function auditOf(outcome: Outcome, requestId: string): AuditEvent {
  if (outcome.kind === "no-action") return { message: "redirected", requestId };
  const { action, key, parameters } = outcome;
  const accessKeyId = key?.credentials.accessKeyId;
  const shown = parameters === undefined ? {} : shownParameters(parameters);
  if (outcome.kind === "result") {
    const given = issuedBy(outcome.result);
    return {
      message: "answered",
      requestId,
      action: outcome.action,
      ...(accessKeyId !== undefined && { accessKeyId }),
      arn: key?.identity.arn ?? outcome.subject ?? "",
      requestParameters: shown,
      ...(given !== undefined && { issued: given }),
    };
  }
  const { code, status } = outcome.error;
  return {
    message: "refused",
    requestId,
    status,
    code,
    ...(outcome.reason !== undefined && { reason: outcome.reason }),
    ...(action !== undefined && { action }),
    ...(accessKeyId !== undefined && { accessKeyId }),
    ...(key !== undefined && { arn: key.identity.arn }),
    ...(parameters !== undefined && { requestParameters: shown }),
    ...(outcome.why !== undefined && { why: outcome.why }),
  };
}

/** The credentials of a result, without what makes them work. */
function issuedBy(result: Result): (AuditEvent & { readonly message: "answered" })["issued"] {
  const credentials = fieldsIn(result["Credentials"]);
  const { AccessKeyId: accessKeyId, Expiration: expiration } = credentials;
  if (typeof accessKeyId !== "string" || !(expiration instanceof Date)) return undefined;
  const arn = fieldsIn(result["AssumedRoleUser"] ?? result["FederatedUser"])["Arn"];
  return { accessKeyId, expiration: expiration.toISOString(), ...(typeof arn === "string" && { arn }) };
}

function fieldsIn(value: Result[string] | undefined): Result {
  return typeof value === "object" && !(value instanceof Date) ? value : {};
}
