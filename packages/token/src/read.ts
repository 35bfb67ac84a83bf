import type { AcceptedHosts } from "./accepted-hosts.ts";
import { decodeBase64url } from "./lib/base64url.ts";
import { parsePresignedUrl, type PresignedRequest } from "./presigned-url.ts";
import { refuse, type ReadRefusal } from "./read-refusal.ts";
import { READ_REASONS } from "./reasons.ts";

/** What a verifier demands of a token before it asks STS. */
export interface ReadRules {
  /** STS names that are believed, from {@link acceptedHosts}. */
  readonly hosts: AcceptedHosts;
  /** Epoch milliseconds. */
  readonly now: number;
  /** How far ahead of `now` a token may be dated; 300 when absent. */
  readonly futureSkewSeconds?: number;
}

/** What is left of a token when its wrapping is taken off: the URL, not yet examined. */
export interface DecodedToken {
  readonly ok: true;
  /** Printable ASCII. Holds the signature and the session token: **never print it**. */
  readonly url: string;
}

/** STS honours a presigned GetCallerIdentity for 15 minutes from X-Amz-Date, whatever X-Amz-Expires says. */
export const TOKEN_LIFETIME_SECONDS = 900;

const PREFIX = "k8s-aws-v1.";
const MAX_TOKEN_LENGTH = 16_384;
const DEFAULT_FUTURE_SKEW_SECONDS = 300;

/**
 * Reads a token strictly, without any I/O: all checks that need neither STS nor a mapping.
 *
 * Every client that is known to make genuine tokens passes (AWS CLI, aws-iam-authenticator, the AWS SDKs, Argo CD, …);
 * what comes out is a new request made of validated values, so nothing of the caller's text is forwarded.
 *
 * @param text - the bearer token, `k8s-aws-v1.…`.
 * @param rules - accepted STS hosts, the time, and the tolerated skew.
 * @returns the request to put to STS, or a refusal with one of {@link READ_REASONS}.
 * @example
 * ```ts
 * import { acceptedHosts, readToken } from "@iamgate/token";
 *
 * const read = readToken("k8s-aws-v1.aHR0cHM6Ly9ldmlsLmV4YW1wbGUv", { hosts: acceptedHosts(), now: Date.now() });
 * console.assert(!read.ok && read.reason === "malformed-url");
 * ```
 */
export function readToken(text: string, rules: ReadRules): PresignedRequest | ReadRefusal {
  const request = parseToken(text, rules.hosts);
  return request.ok ? (refuseByAge(request, rules) ?? request) : request;
}

/**
 * Reads a token without judging its age: for showing old ones. A verifier wants {@link readToken}.
 *
 * @param text - the bearer token, `k8s-aws-v1.…`.
 * @param hosts - accepted STS names.
 * @returns the request that the token holds, or a refusal with one of {@link READ_REASONS}.
 * @example
 * ```ts
 * import { acceptedHosts, parseToken } from "@iamgate/token";
 *
 * const parsed = parseToken("eyJhbGciOiJSUzI1NiJ9.e30.c2ln", acceptedHosts());
 * console.assert(!parsed.ok && parsed.reason === "not-an-eks-token");
 * ```
 */
export function parseToken(text: string, hosts: AcceptedHosts): PresignedRequest | ReadRefusal {
  const decoded = decodeToken(text);
  return decoded.ok ? parsePresignedUrl(decoded.url, hosts) : decoded;
}

/**
 * Takes the wrapping off a token and checks no more than that it is canonical.
 *
 * @param text - the bearer token, `k8s-aws-v1.…`.
 * @returns the URL inside, or a refusal: not a token, too long, not base64url, not printable.
 * @example
 * ```ts
 * import { decodeToken } from "@iamgate/token";
 *
 * const decoded = decodeToken("k8s-aws-v1.aHR0cHM6Ly9ldmlsLmV4YW1wbGUv");
 * console.assert(decoded.ok && decoded.url === "https://evil.example/");
 * ```
 */
export function decodeToken(text: string): DecodedToken | ReadRefusal {
  if (!text.startsWith(PREFIX)) return refuse(READ_REASONS.notAnEksToken, `the token does not begin with ${PREFIX}`);
  if (text.length > MAX_TOKEN_LENGTH) {
    return refuse(READ_REASONS.tokenTooLong, `${text.length} characters, at most ${MAX_TOKEN_LENGTH} are taken`);
  }
  const url = decodeBase64url(text.slice(PREFIX.length));
  if (url === undefined) {
    return refuse(READ_REASONS.notBase64url, `what follows ${PREFIX} is not base64url without padding`);
  }
  if (!/^[\x21-\x7e]+$/.test(url)) {
    return refuse(READ_REASONS.urlNotPrintable, "the decoded token is not printable ASCII");
  }
  return { ok: true, url };
}

/** Check 13; STS itself takes tokens dated up to 15 minutes ahead, which would live for 30. */
function refuseByAge({ signedAt }: PresignedRequest, rules: ReadRules): ReadRefusal | undefined {
  const { now, futureSkewSeconds = DEFAULT_FUTURE_SKEW_SECONDS } = rules;
  const ageSeconds = Math.floor((now - signedAt) / 1000);
  if (now > signedAt + TOKEN_LIFETIME_SECONDS * 1000) {
    const signed = new Date(signedAt).toISOString().replace(".000", "");
    return refuse(READ_REASONS.expired, `signed ${ageSeconds} s ago, at ${signed}; a token lives 900 s`);
  }
  if (signedAt > now + futureSkewSeconds * 1000) {
    return refuse(READ_REASONS.notYetValid, `dated ${-ageSeconds} s ahead; at most ${futureSkewSeconds} s are taken`);
  }
  return undefined;
}
