import type { CallerIdentity } from "@iamgate/access";
import type { Refusal } from "@iamgate/token";
import { WebhookFault } from "../fault.ts";
import { asRecord, parseStrictJson } from "../lib/strict-json.ts";
import { FAULT_CODES, STS_REASONS, type StsReason } from "../reasons.ts";

/** What came back over the wire, with its body already bounded. */
export interface StsAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly body: Uint8Array;
}

/** STS knows the request and does not confirm it. */
export type StsRefusal = Refusal<"sts", StsReason> & Remembered;

/** STS confirms who signed. */
export type ConfirmedIdentity = CallerIdentity & { readonly ok: true } & Remembered;

interface Remembered {
  /** Present where the gate remembered it, and STS was not asked again. */
  readonly cached?: true;
}

/** Error codes that mean "later", whatever their status: STS throttles with 400. */
const THROTTLING: ReadonlySet<string> = new Set([
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "TooManyRequestsException",
]);

const REFUSALS: ReadonlyMap<string, readonly [reason: StsReason, detail: string]> = new Map([
  [
    "SignatureDoesNotMatch",
    [STS_REASONS.signatureDoesNotMatch, "signed with another secret, or for another cluster id than this verifier's"],
  ],
  ["InvalidClientTokenId", [STS_REASONS.invalidClientTokenId, "the access key is unknown, inactive or deleted"]],
  ["ExpiredToken", [STS_REASONS.expiredToken, "the temporary credentials that signed it have expired"]],
  ["ExpiredTokenException", [STS_REASONS.expiredToken, "the temporary credentials that signed it have expired"]],
  ["RegionDisabledException", [STS_REASONS.regionDisabled, "the region is not enabled for the signer's account"]],
  ["AccessDenied", [STS_REASONS.accessDenied, "STS denies access"]],
]);

/**
 * Judges STS's answer to GetCallerIdentity. A 200 counts only when it is exactly what STS says; a refusal counts only
 * when it is an error document of STS, since proxies on the way answer 403 too.
 *
 * @throws WebhookFault for everything that says nothing about the signer.
 */
export function judgeStsAnswer(answer: StsAnswer): ConfirmedIdentity | StsRefusal {
  const { status } = answer;
  if (status >= 300 && status < 400) {
    throw new WebhookFault(FAULT_CODES.stsRedirected, `STS answers ${status}: redirects are never followed`);
  }
  if (status >= 500) throw new WebhookFault(FAULT_CODES.stsUnavailable, `STS answers ${status}`);
  if (status !== 200 && status < 400) throw malformed(status, "neither an identity nor an error");
  const document = parseDocument(answer);
  if (status === 200) return readIdentity(document);
  return judgeError(status, document);
}

function parseDocument({ status, contentType, contentEncoding, body }: StsAnswer): unknown {
  if (contentEncoding !== null && contentEncoding !== "identity") {
    throw malformed(status, "a compressed body that was not asked for");
  }
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? "")) {
    throw malformed(status, "another content type than application/json");
  }
  try {
    return parseStrictJson(body);
  } catch (cause) {
    throw malformed(status, cause instanceof SyntaxError ? cause.message : "no JSON");
  }
}

function readIdentity(document: unknown): ConfirmedIdentity {
  const response = asRecord(asRecord(document)["GetCallerIdentityResponse"]);
  const { Account, Arn, UserId } = asRecord(response["GetCallerIdentityResult"]);
  if (typeof Account !== "string" || typeof Arn !== "string" || typeof UserId !== "string") {
    throw malformed(200, "no Account, Arn and UserId");
  }
  return { ok: true, account: Account, arn: Arn, userId: UserId };
}

function judgeError(status: number, document: unknown): StsRefusal {
  const { Code, Message } = asRecord(asRecord(document)["Error"]);
  if (typeof Code !== "string") throw malformed(status, "no error code");
  if (THROTTLING.has(Code) || status === 429) {
    throw new WebhookFault(FAULT_CODES.stsThrottled, `STS answers ${status} Throttling`);
  }
  const [reason, detail] = reasonOf(Code, typeof Message === "string" ? Message : "");
  if (reason === STS_REASONS.refusedBySts && status !== 403) {
    throw malformed(status, "an error code that does not refuse the signer");
  }
  return { ok: false, stage: "sts", reason, detail: `STS answers ${status}: ${detail}` };
}

function reasonOf(code: string, message: string): readonly [StsReason, string] {
  if (code === "SignatureDoesNotMatch") {
    if (message.startsWith("Signature expired:")) return [STS_REASONS.signatureExpired, "signed over 15 minutes ago"];
    if (message.startsWith("Signature not yet current:")) {
      return [STS_REASONS.signatureNotYetCurrent, "signed by a clock that is ahead of STS's"];
    }
  }
  return REFUSALS.get(code) ?? [STS_REASONS.refusedBySts, "with an error code that iamgate does not know"];
}

function malformed(status: number, what: string): WebhookFault {
  return new WebhookFault(FAULT_CODES.stsMalformedAnswer, `STS answers ${status} with ${what}`);
}
