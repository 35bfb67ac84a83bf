// The canonical request of Signature Version 4: what both sides hash, so that they sign the same thing.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

/** The only algorithm of Signature Version 4 with one region. */
export const ALGORITHM = "AWS4-HMAC-SHA256";

/** SHA-256 of nothing: the payload hash of every request without a body. */
export const EMPTY_PAYLOAD_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** A query parameter, name and value both percent-encoded by RFC 3986. */
export type EncodedPair = readonly [name: string, value: string];

/** The parts of a canonical request, each already in its canonical form. */
export interface CanonicalParts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Each signed header as `name:value\n`, in the order of `signedHeaders`. */
  readonly headers: string;
  /** The names of the signed headers, sorted and joined by `;`. */
  readonly signedHeaders: string;
  readonly payloadHash: string;
}

/** The canonical request as one string. */
export function canonicalRequest(parts: CanonicalParts): string {
  return `${parts.method}\n${parts.path}\n${parts.query}\n${parts.headers}\n${parts.signedHeaders}\n${parts.payloadHash}`;
}

/** The string that is signed: the time, the scope and the digest of the canonical request. */
export function stringToSign(amzDate: string, scope: string, requestHash: string): string {
  return `${ALGORITHM}\n${amzDate}\n${scope}\n${requestHash}`;
}

/**
 * Percent-encodes the UTF-8 bytes of a value by RFC 3986: only letters, digits and `-._~` stay.
 *
 * @throws {URIError} for a lone surrogate, which has no UTF-8 form.
 */
export function encodeRfc3986(value: string): string {
  if (UNRESERVED.test(value)) return value;
  const encoded = encodeURIComponent(value);
  // encodeURIComponent follows the older RFC 2396, which left these five alone.
  return LEFT_BY_RFC_2396.test(encoded) ? encoded.replace(/[!'()*]/g, percent) : encoded;
}

/** The canonical query string: sorted by encoded name, then by encoded value, as bytes. */
export function canonicalQuery(pairs: readonly EncodedPair[]): string {
  let query = "";
  for (const [name, value] of sorted(pairs)) query += query === "" ? `${name}=${value}` : `&${name}=${value}`;
  return query;
}

/**
 * The canonical path of every service but S3: without `.`, `..` and empty segments, then encoded once more.
 *
 * @param path as it stands in the request line, percent-encoded, from its first `/`.
 */
export function canonicalPath(path: string): string {
  if (path === "/" || path === "") return "/";
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encodeRfc3986(segment));
  }
  return `/${segments.join("/")}${path.endsWith("/") && segments.length > 0 ? "/" : ""}`;
}

/**
 * A header value as it is signed: trimmed, each run of blanks one space.
 *
 * Only ASCII blanks: `trim()` and `\s` would also take U+0085 and U+00A0, which in a value held as Latin-1 are the
 * second halves of UTF-8 characters such as `à`.
 */
export function canonicalHeaderValue(value: string): string {
  return NEEDS_TRIMMING.test(value) ? value.replace(/^[ \t]+|[ \t]+$/g, "").replace(/[ \t]+/g, " ") : value;
}

const UNRESERVED = /^[A-Za-z0-9._~-]*$/;
const LEFT_BY_RFC_2396 = /[!'()*]/;
const NEEDS_TRIMMING = /^[ \t]|[ \t]$|\t|  /;

function sorted(pairs: readonly EncodedPair[]): readonly EncodedPair[] {
  for (let i = 1; i < pairs.length; i++) {
    const before = pairs[i - 1];
    const after = pairs[i];
    if (before !== undefined && after !== undefined && compare(before, after) > 0) return pairs.toSorted(compare);
  }
  return pairs;
}

// Encoded pairs are ASCII, so comparing UTF-16 code units compares bytes.
function compare(a: EncodedPair, b: EncodedPair): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  if (a[1] !== b[1]) return a[1] < b[1] ? -1 : 1;
  return 0;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
