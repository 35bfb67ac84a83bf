import { hmacHex, sha256Hex } from "#hash";
import type { Credentials } from "../credentials.ts";
import { amzDateOf } from "./amz-date.ts";
import {
  ALGORITHM,
  canonicalHeaderValue,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  EMPTY_PAYLOAD_HASH,
  type EncodedPair,
  encodeRfc3986,
  stringToSign,
} from "./canonical.ts";
import { type Scope, scopeText, signingKey } from "./signing-key.ts";

/** A request to be signed. */
export interface RequestToSign {
  /** `GET` unless given. */
  readonly method?: string;
  /** The authority as the `Host` header carries it, for example `sts.us-west-2.amazonaws.com` or `127.0.0.1:8443`. */
  readonly host: string;
  /** Percent-encoded, from its first `/`; `/` unless given. */
  readonly path?: string;
  /** Parameters in the order in which they are sent, neither name nor value encoded. */
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** What is signed beside `host`: names in any case; a value stands for its UTF-8 bytes. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The SHA-256 of the body, see {@link hashPayload}; that of an empty one unless given. */
  readonly payloadHash?: string;
}

/** By whom, for what and when a request is signed. */
export interface SigningOptions {
  readonly credentials: Credentials;
  /** The scope's region, for example `us-west-2`. */
  readonly region: string;
  /** The scope's service, for example `sts`. */
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** {@link SigningOptions}, and how long the URL is to be good for. */
export interface PresignOptions extends SigningOptions {
  /** `X-Amz-Expires`, 0 to 604,800. */
  readonly expiresSeconds: number;
}

/** The headers that carry a signature, to be sent beside those that were signed. */
export interface SignatureHeaders {
  readonly Authorization: string;
  readonly "X-Amz-Date": string;
  readonly "X-Amz-Security-Token"?: string;
}

/**
 * Signs a request into its URL, so that whoever holds the URL (and the signed headers) can send it.
 *
 * Parameters stand as given, then in boto3's order: Algorithm, Credential, Date, Expires, SignedHeaders,
 * Security-Token, Signature.
 *
 * @param request - what is to be sent.
 * @param options - by whom, for what, when, and for how many seconds.
 * @returns the URL, ASCII, beginning with `https://`.
 * @throws TypeError when a part of the request or of the options cannot be signed as it is.
 * @throws RangeError when `now` or `expiresSeconds` is out of range.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * @example
 * ```ts
 * import { presign } from "@iamgate/token/sigv4";
 *
 * const url = presign(
 *   { host: "sts.us-west-2.amazonaws.com", query: [["Action", "GetCallerIdentity"], ["Version", "2011-06-15"]] },
 *   {
 *     credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
 *     region: "us-west-2",
 *     service: "sts",
 *     now: Date.UTC(2026, 0, 1),
 *     expiresSeconds: 60,
 *   },
 * );
 * console.assert(url.startsWith("https://sts.us-west-2.amazonaws.com/?Action=GetCallerIdentity&"));
 * ```
 */
export function presign(request: RequestToSign, options: PresignOptions): string {
  const { expiresSeconds, credentials } = options;
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 0 || expiresSeconds > MAX_EXPIRES_SECONDS) {
    throw new RangeError(`presign for ${expiresSeconds} seconds: give a whole number from 0 to ${MAX_EXPIRES_SECONDS}`);
  }
  const signing = prepare(request, options);
  const headers = canonicalHeaders(request.host, request.headers);

  const pairs = encodedQuery(request.query);
  pairs.push(
    ["X-Amz-Algorithm", ALGORITHM],
    ["X-Amz-Credential", signing.credential.replaceAll("/", "%2F")],
    ["X-Amz-Date", signing.amzDate],
    ["X-Amz-Expires", String(expiresSeconds)],
    ["X-Amz-SignedHeaders", headers.names.replaceAll(";", "%3B")],
  );
  if (credentials.sessionToken !== undefined) {
    pairs.push(["X-Amz-Security-Token", encode(credentials.sessionToken, "session token")]);
  }

  const signature = sign(request, signing, { pairs, headers });
  const path = request.path ?? "/";
  return `https://${request.host}${path}?${queryText(pairs)}&X-Amz-Signature=${signature}`;
}

/**
 * Signs a request into an `Authorization` header.
 *
 * @param request - what is to be sent; its headers are to be sent too, exactly as given.
 * @param options - by whom, for what and when.
 * @returns the headers to add.
 * @throws TypeError when a part of the request or of the options cannot be signed as it is.
 * @throws RangeError when `now` is out of range.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @example
 * ```ts
 * import { hashPayload, signRequest } from "@iamgate/token/sigv4";
 *
 * const body = "Action=GetCallerIdentity&Version=2011-06-15";
 * const headers = signRequest(
 *   { method: "POST", host: "sts.us-west-2.amazonaws.com", payloadHash: hashPayload(body) },
 *   {
 *     credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
 *     region: "us-west-2",
 *     service: "sts",
 *     now: Date.UTC(2026, 0, 1),
 *   },
 * );
 * console.assert(headers["X-Amz-Date"] === "20260101T000000Z");
 * ```
 */
export function signRequest(request: RequestToSign, options: SigningOptions): SignatureHeaders {
  const signing = prepare(request, options);
  const { sessionToken } = options.credentials;
  const sent = {
    "X-Amz-Date": signing.amzDate,
    ...(sessionToken !== undefined && { "X-Amz-Security-Token": sessionToken }),
  };
  const headers = canonicalHeaders(request.host, { ...request.headers, ...sent });
  const signature = sign(request, signing, { pairs: encodedQuery(request.query), headers });
  const credential = `Credential=${signing.credential}`;
  return {
    Authorization: `${ALGORITHM} ${credential}, SignedHeaders=${headers.names}, Signature=${signature}`,
    ...sent,
  };
}

/**
 * The payload hash of a body: its SHA-256.
 *
 * @param body - bytes, or a string for its UTF-8 bytes.
 * @returns 64 lower-case hexadecimal digits.
 * @example
 * ```ts
 * import { hashPayload } from "@iamgate/token/sigv4";
 *
 * console.assert(hashPayload("") === "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
 * ```
 */
export function hashPayload(body: string | Uint8Array): string {
  return sha256Hex(body);
}

/** Seven days, the most that any service takes. */
const MAX_EXPIRES_SECONDS = 604_800;

const AUTHORITY = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
const METHOD = /^[A-Z]{1,16}$/;
const PATH = /^\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/;
const SCOPE_PART = /^[A-Za-z0-9-]{1,64}$/;
const ACCESS_KEY_ID = /^\w{1,128}$/;
const PAYLOAD_HASH = /^[0-9a-f]{64}$/;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const NOT_IN_HEADERS = /[\0\r\n]/;

interface Signing {
  readonly amzDate: string;
  readonly scope: Scope;
  readonly scopeText: string;
  /** `access key id/scope` */
  readonly credential: string;
  readonly secretAccessKey: string;
}

interface CanonicalHeaders {
  readonly names: string;
  readonly lines: string;
}

function prepare(request: RequestToSign, options: SigningOptions): Signing {
  const { credentials, region, service, now } = options;
  expectForm("host", request.host, AUTHORITY);
  if (request.method !== undefined) expectForm("method", request.method, METHOD);
  if (request.path !== undefined) expectForm("path", request.path, PATH);
  if (request.payloadHash !== undefined) expectForm("payload hash", request.payloadHash, PAYLOAD_HASH);
  expectForm("region", region, SCOPE_PART);
  expectForm("service", service, SCOPE_PART);
  const { accessKeyId, secretAccessKey } = credentials;
  // Not quoted: whoever swaps the two would find the secret in the message.
  if (typeof accessKeyId !== "string" || !ACCESS_KEY_ID.test(accessKeyId)) {
    throw new TypeError("sign: the access key id is not 1 to 128 letters, digits and underscores");
  }
  if (typeof secretAccessKey !== "string" || secretAccessKey === "") {
    throw new TypeError("sign: the secret access key is empty");
  }
  if (credentials.sessionToken === "") {
    throw new TypeError("sign: the session token is empty; leave it out where there is none");
  }
  const amzDate = amzDateOf(now);
  const scope = { date: amzDate.slice(0, 8), region, service };
  const text = scopeText(scope);
  return { amzDate, scope, scopeText: text, credential: `${accessKeyId}/${text}`, secretAccessKey };
}

function sign(
  request: RequestToSign,
  signing: Signing,
  parts: { readonly pairs: readonly EncodedPair[]; readonly headers: CanonicalHeaders },
): string {
  const canonical = canonicalRequest({
    method: request.method ?? "GET",
    path: canonicalPath(request.path ?? "/"),
    query: canonicalQuery(parts.pairs),
    headers: parts.headers.lines,
    signedHeaders: parts.headers.names,
    payloadHash: request.payloadHash ?? EMPTY_PAYLOAD_HASH,
  });
  const key = signingKey(signing.credential, signing.secretAccessKey, signing.scope);
  return hmacHex(key, stringToSign(signing.amzDate, signing.scopeText, sha256Hex(canonical)));
}

function encodedQuery(query: RequestToSign["query"]): EncodedPair[] {
  const pairs: EncodedPair[] = [];
  for (const [name, value] of query ?? []) {
    if (RESERVED.has(name)) {
      throw new TypeError(`sign parameter ${JSON.stringify(name)}: signing sets it itself; leave it out`);
    }
    pairs.push([encode(name, "parameter name"), encode(value, "parameter value")]);
  }
  return pairs;
}

const RESERVED: ReadonlySet<string> = new Set([
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-SignedHeaders",
  "X-Amz-Security-Token",
  "X-Amz-Signature",
]);

function queryText(pairs: readonly EncodedPair[]): string {
  let text = "";
  for (const [name, value] of pairs) text += text === "" ? `${name}=${value}` : `&${name}=${value}`;
  return text;
}

function canonicalHeaders(host: string, headers: RequestToSign["headers"]): CanonicalHeaders {
  const signed: [name: string, value: string][] = [["host", host]];
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    expectForm("header name", name, HEADER_NAME);
    const lower = name.toLowerCase();
    if (signed.some(([other]) => other === lower)) {
      throw new TypeError(`sign header "${lower}": given twice; "host" comes from the request's host`);
    }
    if (typeof value !== "string" || !value.isWellFormed() || NOT_IN_HEADERS.test(value)) {
      throw new TypeError(`sign header "${lower}": its value has a line break, a NUL or a lone surrogate`);
    }
    signed.push([lower, canonicalHeaderValue(value)]);
  }
  signed.sort(([a], [b]) => (a < b ? -1 : 1));
  let names = "";
  let lines = "";
  for (const [name, value] of signed) {
    names += names === "" ? name : `;${name}`;
    lines += `${name}:${value}\n`;
  }
  return { names, lines };
}

function encode(value: string, what: string): string {
  if (typeof value !== "string" || !value.isWellFormed()) {
    throw new TypeError(`sign: the ${what} has a lone surrogate, which has no UTF-8 form`);
  }
  return encodeRfc3986(value);
}

function expectForm(what: string, value: string, form: RegExp): void {
  if (typeof value !== "string" || !form.test(value)) {
    throw new TypeError(`sign: ${what} ${JSON.stringify(value)} does not have the form ${form.source}`);
  }
}
