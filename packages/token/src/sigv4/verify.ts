import { constantTimeEqual, hmacHex, sha256Hex } from "#hash";
import { amzDateOf, parseAmzDate } from "./amz-date.ts";
import { canonicalHeaderValue, canonicalPath, canonicalQuery, canonicalRequest, stringToSign } from "./canonical.ts";
import { type Claim, readClaim } from "./claim.ts";
import { parseRawQuery } from "./raw-query.ts";
import { refuse, SIGV4_REASONS, type Sigv4Refusal } from "./reasons.ts";
import type { SignedRequest } from "./signed-request.ts";
import { type Scope, scopeText, signingKey } from "./signing-key.ts";

/** What a verifier knows of an access key. */
export type SecretLookup =
  | { readonly ok: true; readonly secretAccessKey: string }
  | {
      readonly ok: false;
      /** No such key (or one that is switched off), another session token than its own, or past its expiration. */
      readonly reason: "unknown-access-key" | "wrong-session-token" | "expired-credentials";
    };

/** What signatures are held against. */
export interface VerifyOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The service that the scope must name, for example `sts`. */
  readonly service: string;
  /** Whether a scope of this region is meant for this verifier. */
  readonly acceptsRegion: (region: string) => boolean;
  /** The secret of an access key, given the session token that came with it, if any. */
  readonly secretOf: (accessKeyId: string, sessionToken: string | undefined) => SecretLookup;
  /**
   * Take presigned URLs for 15 minutes from `X-Amz-Date` whatever `X-Amz-Expires` says, as AWS STS does for
   * GetCallerIdentity. Without it a URL lives as long as it says.
   */
  readonly ignoreExpires?: boolean;
}

/** A request that was signed, unaltered, by the holder of a known secret. */
export interface VerifiedSignature {
  readonly ok: true;
  /** Signed in the query of its URL or in an `Authorization` header. */
  readonly form: "presigned" | "header";
  readonly accessKeyId: string;
  readonly sessionToken?: string;
  /** Lower-case names, sorted; only these headers are vouched for. */
  readonly signedHeaders: readonly string[];
  /** The scope's region. */
  readonly region: string;
  /** `X-Amz-Date`, in milliseconds since 1970. */
  readonly signedAt: number;
}

/**
 * Verifies a request signed with Signature Version 4, in its URL or in an `Authorization` header.
 *
 * The order of checks: form, scope, clock, access key, signature. Percent-encoding and parameter order are not
 * signed, so a request verifies however it spells them.
 *
 * @param request - as it came, nothing normalised.
 * @param options - clock, scope, and where secrets come from.
 * @returns who signed what, or why it is not believed.
 * @throws TypeError when a signed header's value is no byte string, which no HTTP server hands over.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @example
 * ```ts
 * import { hashPayload, presign, verifySignature } from "@iamgate/token/sigv4";
 *
 * const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
 * const now = Date.UTC(2026, 0, 1);
 * const host = "sts.us-west-2.amazonaws.com";
 * const url = presign({ host }, { credentials, region: "us-west-2", service: "sts", now, expiresSeconds: 60 });
 *
 * const verdict = verifySignature(
 *   { method: "GET", path: "/", rawQuery: new URL(url).search.slice(1), headers: new Headers({ host }), payloadHash: hashPayload("") },
 *   {
 *     now,
 *     service: "sts",
 *     acceptsRegion: (region) => region === "us-west-2",
 *     secretOf: () => ({ ok: true, secretAccessKey: credentials.secretAccessKey }),
 *   },
 * );
 * console.assert(verdict.ok && verdict.accessKeyId === "AKIAIOSFODNN7EXAMPLE");
 * ```
 */
export function verifySignature(request: SignedRequest, options: VerifyOptions): VerifiedSignature | Sigv4Refusal {
  if (!PATH.test(request.path)) {
    return refuse(SIGV4_REASONS.malformedPath, "the path has a character that must be percent-encoded");
  }
  const parameters = parseRawQuery(request.rawQuery);
  if (parameters === undefined) {
    return refuse(SIGV4_REASONS.malformedQuery, "the query has a character that must be percent-encoded");
  }
  const claim = readClaim(request, parameters);
  if (!claim.ok) return claim;

  const scope = checkScope(claim, options);
  if (!scope.ok) return scope;

  const headers = checkSignedHeaders(claim, request);
  if (!headers.ok) return headers;

  const untimely = checkClock(claim, scope.signedAt, options);
  if (untimely !== undefined) return untimely;

  const secret = options.secretOf(scope.accessKeyId, claim.sessionToken);
  if (!secret.ok) return refuse(secret.reason, LOOKUP_DETAILS[secret.reason]);

  const canonical = canonicalRequest({
    method: request.method,
    path: canonicalPath(request.path),
    query: canonicalQuery(claim.signedQuery),
    headers: headers.lines,
    signedHeaders: claim.signedHeaders,
    payloadHash: request.payloadHash,
  });
  const key = signingKey(claim.credential, secret.secretAccessKey, scope);
  const expected = hmacHex(key, stringToSign(claim.date, scopeText(scope), sha256Hex(bytesOf(canonical))));
  if (!constantTimeEqual(expected, claim.signature)) {
    return refuse(
      SIGV4_REASONS.signatureMismatch,
      "the signature is not the one that the access key's secret makes of this request",
    );
  }
  return {
    ok: true,
    form: claim.form,
    accessKeyId: scope.accessKeyId,
    ...(claim.sessionToken !== undefined && { sessionToken: claim.sessionToken }),
    signedHeaders: headers.names,
    region: scope.region,
    signedAt: scope.signedAt,
  };
}

const PATH = /^\/[!-~]*$/;
const WINDOW_SECONDS = 15 * 60;
const MAX_EXPIRES_SECONDS = 604_800;
const HEADER_NAMES = /^[a-z0-9!#$%&'*+.^_`|~-]+(?:;[a-z0-9!#$%&'*+.^_`|~-]+)*$/;

const LOOKUP_DETAILS = {
  "unknown-access-key": "the access key is not known, or not active",
  "wrong-session-token": "the session token is missing, or not the one that belongs to the access key",
  "expired-credentials": "the session's credentials have expired",
} as const;

interface CheckedScope extends Scope {
  readonly ok: true;
  readonly accessKeyId: string;
  readonly signedAt: number;
}

function checkScope(claim: Claim, options: VerifyOptions): CheckedScope | Sigv4Refusal {
  const signedAt = parseAmzDate(claim.date);
  if (signedAt === undefined) {
    return refuse(SIGV4_REASONS.malformedDate, "X-Amz-Date is no moment of the form yyyymmddThhmmssZ");
  }
  const [accessKeyId = "", date = "", region = "", service = "", end, ...more] = claim.credential.split("/");
  if (!/^\w{1,128}$/.test(accessKeyId) || end !== "aws4_request" || more.length > 0) {
    return refuse(
      SIGV4_REASONS.malformedCredential,
      "the credential does not have the form accessKeyId/yyyymmdd/region/service/aws4_request",
    );
  }
  if (date !== claim.date.slice(0, 8)) {
    return refuse(
      SIGV4_REASONS.wrongScopeDate,
      `the credential is scoped to the date ${quoted(date)}, X-Amz-Date says "${claim.date}"`,
    );
  }
  if (!options.acceptsRegion(region)) {
    return refuse(
      SIGV4_REASONS.wrongScopeRegion,
      `the credential is scoped to ${quoted(region)}, which is not a region of this host`,
    );
  }
  if (service !== options.service) {
    return refuse(
      SIGV4_REASONS.wrongScopeService,
      `the credential is scoped to the service ${quoted(service)}, not "${options.service}"`,
    );
  }
  return { ok: true, accessKeyId, date, region, service, signedAt };
}

type CheckedHeaders = { readonly ok: true; readonly names: readonly string[]; readonly lines: string };

function checkSignedHeaders(claim: Claim, request: SignedRequest): CheckedHeaders | Sigv4Refusal {
  const names = claim.signedHeaders.split(";");
  if (!HEADER_NAMES.test(claim.signedHeaders) || names.some((name, i) => i > 0 && name <= (names[i - 1] ?? ""))) {
    return refuse(
      SIGV4_REASONS.malformedSignedHeaders,
      "SignedHeaders is not a sorted list of different lower-case header names, separated by semicolons",
    );
  }
  if (!names.includes("host")) {
    return refuse(SIGV4_REASONS.hostNotSigned, "the host header is not among the signed headers");
  }
  let lines = "";
  for (const name of names) {
    const value = request.headers.get(name) ?? undefined;
    if (value === undefined) {
      return refuse(SIGV4_REASONS.missingSignedHeader, `the signed header ${quoted(name)} is missing`);
    }
    lines += `${name}:${canonicalHeaderValue(value)}\n`;
  }
  return { ok: true, names, lines };
}

function checkClock(claim: Claim, signedAt: number, options: VerifyOptions): Sigv4Refusal | undefined {
  const now = Math.floor(options.now / 1000) * 1000;
  const latest = now + WINDOW_SECONDS * 1000;
  if (signedAt > latest) {
    return refuse(
      SIGV4_REASONS.notYetValid,
      `Signature not yet current: ${claim.date} is still later than ${amzDateOf(latest)} (${amzDateOf(now)} + 15 min.)`,
    );
  }
  if (claim.form === "header" || options.ignoreExpires === true) {
    const earliest = now - WINDOW_SECONDS * 1000;
    if (signedAt >= earliest) return undefined;
    return refuse(
      SIGV4_REASONS.expired,
      `Signature expired: ${claim.date} is now earlier than ${amzDateOf(earliest)} (${amzDateOf(now)} - 15 min.)`,
    );
  }
  if (claim.expires === undefined || !/^\d{1,6}$/.test(claim.expires) || Number(claim.expires) > MAX_EXPIRES_SECONDS) {
    return refuse(
      SIGV4_REASONS.malformedExpires,
      `X-Amz-Expires is not a number of seconds from 0 to ${MAX_EXPIRES_SECONDS}`,
    );
  }
  if (now <= signedAt + Number(claim.expires) * 1000) return undefined;
  return refuse(
    SIGV4_REASONS.expired,
    `Signature expired: ${claim.date} was good for ${claim.expires} s and it is ${amzDateOf(now)}`,
  );
}

/** What an outsider wrote, as much of it as belongs in a log. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}

function bytesOf(byteString: string): string | Uint8Array {
  // Nearly always ASCII, which is its own UTF-8.
  if (/^[\0-\x7f]*$/.test(byteString)) return byteString;
  const bytes = new Uint8Array(byteString.length);
  for (let i = 0; i < bytes.length; i++) {
    const code = byteString.charCodeAt(i);
    if (code > 0xff)
      throw new TypeError("verify signature: a header value is not a byte string; give each byte as one character");
    bytes[i] = code;
  }
  return bytes;
}
