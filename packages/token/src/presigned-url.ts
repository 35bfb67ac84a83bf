import type { AcceptedHost, AcceptedHosts } from "./accepted-hosts.ts";
import { parseAmzDate } from "./sigv4/amz-date.ts";
import { encodeRfc3986 } from "./sigv4/canonical.ts";
import { READ_REASONS as R, type ReadReason } from "./reasons.ts";
import { refuse, type ReadRefusal } from "./read-refusal.ts";
import { stsHostOf } from "./hosts.ts";

/** What a well-formed token says: taken apart, each value validated, nothing forwarded as it came. */
export interface PresignedRequest {
  readonly ok: true;
  /** The STS host, with its port where the configuration lists one. */
  readonly authority: string;
  readonly partition: string;
  /** The region of the credential scope. */
  readonly region: string;
  /** `AKIA…` or `ASIA…`; neither secret nor yet believed. */
  readonly accessKeyId: string;
  /** X-Amz-Date in epoch milliseconds. */
  readonly signedAt: number;
  /** X-Amz-Expires; STS ignores it for GetCallerIdentity, and 0 is common. */
  readonly expiresSeconds: number;
  /** The rebuilt query, sorted and RFC 3986 encoded, signature and session token included: **never print it**. */
  readonly query: string;
}

type ParameterName = (typeof REQUIRED)[number] | "X-Amz-Security-Token";

const REQUIRED = [
  "Action",
  "Version",
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-SignedHeaders",
  "X-Amz-Signature",
] as const;

/** In the order in which SigV4 sorts them. */
const SORTED: readonly ParameterName[] = [...REQUIRED, "X-Amz-Security-Token" as const].toSorted();
const KNOWN: ReadonlySet<string> = new Set(SORTED);

/** Checks 4 to 12: a presigned GetCallerIdentity URL of an accepted STS host, and nothing but that. */
export function parsePresignedUrl(url: string, hosts: AcceptedHosts): PresignedRequest | ReadRefusal {
  const parts = /^https:\/\/([a-z0-9.:[\]-]{1,260})\/\?([A-Za-z0-9._~%=&-]+)$/.exec(url);
  const [, authority = "", rawQuery = ""] = parts ?? [];
  if (parts === null || /%(?![0-9A-Fa-f]{2})/.test(rawQuery)) {
    return refuse(R.malformedUrl, "the URL is not https://HOST/?QUERY with a plain ASCII query");
  }
  const host = hosts.byAuthority.get(authority);
  if (host === undefined) return refuseHost(authority, hosts);
  const parameters = readParameters(rawQuery);
  if (!(parameters instanceof Map)) return parameters;
  return readValues(parameters as ReadonlyMap<ParameterName, string>, host, hosts);
}

/** Checks 6 and 7: the values by their names, percent-encoded in the one way of RFC 3986. */
function readParameters(rawQuery: string): Map<string, string> | ReadRefusal {
  const pairs = rawQuery.split("&");
  if (pairs.length > 10) return refuse(R.malformedQuery, `${pairs.length} parameters, expected 8 or 9`);
  const parameters = new Map<string, string>();
  for (const pair of pairs) {
    const [name = "", rawValue, ...more] = pair.split("=");
    if (rawValue === undefined || more.length > 0) {
      return refuse(R.malformedQuery, "a parameter is not written NAME=VALUE");
    }
    if (!KNOWN.has(name)) {
      const known = /^[A-Za-z-]{1,40}$/.test(name) ? `parameter "${name}"` : "a parameter of a strange name";
      return refuse(R.unknownParameter, `${known} does not belong here`);
    }
    if (parameters.has(name)) return refuse(R.duplicateParameter, `parameter ${name} is given twice`);
    const encoded = CANONICAL_VALUE.test(rawValue) ? rawValue : canonicalValue(rawValue);
    if (encoded === undefined) {
      return refuse(R.parameterNotPrintable, `parameter ${name} holds something else than printable ASCII`);
    }
    parameters.set(name, encoded);
  }
  const missing = REQUIRED.find((name) => !parameters.has(name));
  return missing === undefined ? parameters : refuse(R.missingParameter, `parameter ${missing} is missing`);
}

/** Checks 8 to 12, and that the date is one. */
function readValues(
  parameters: ReadonlyMap<ParameterName, string>,
  host: AcceptedHost,
  hosts: AcceptedHosts,
): PresignedRequest | ReadRefusal {
  const value = (name: ParameterName): string => decodeOnce(parameters.get(name) ?? "");
  const wrong = (reason: ReadReason, name: ParameterName, expected: string): ReadRefusal =>
    refuse(reason, `${name} is "${printable(value(name))}", expected ${expected}`);

  if (value("Action") !== "GetCallerIdentity") return wrong(R.wrongAction, "Action", "GetCallerIdentity");
  if (value("Version") !== "2011-06-15") return wrong(R.wrongVersion, "Version", "2011-06-15");
  if (value("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") {
    return wrong(R.wrongAlgorithm, "X-Amz-Algorithm", "AWS4-HMAC-SHA256");
  }
  if (!/^[0-9a-f]{64}$/.test(value("X-Amz-Signature"))) {
    return refuse(R.malformedSignature, "X-Amz-Signature is not 64 lower-case hexadecimal digits");
  }
  const signedAt = parseAmzDate(value("X-Amz-Date"));
  if (signedAt === undefined) return wrong(R.malformedDate, "X-Amz-Date", "a time like 20260102T030405Z");

  const scope = value("X-Amz-Credential").split("/");
  const [accessKeyId = "", date, region = "", service, terminator] = scope;
  if (scope.length !== 5 || !/^\w{16,128}$/.test(accessKeyId) || terminator !== "aws4_request") {
    return wrong(R.malformedCredential, "X-Amz-Credential", "KEY_ID/DATE/REGION/sts/aws4_request");
  }
  if (date !== value("X-Amz-Date").slice(0, 8)) {
    return wrong(R.wrongScopeDate, "X-Amz-Credential", `the date of X-Amz-Date, ${value("X-Amz-Date").slice(0, 8)}`);
  }
  if (host.region === undefined ? !hosts.regions.has(region) : region !== host.region) {
    return wrong(
      R.wrongScopeRegion,
      "X-Amz-Credential",
      `region ${host.region ?? "of AWS"} as ${host.authority} wants`,
    );
  }
  if (service !== "sts") return wrong(R.wrongScopeService, "X-Amz-Credential", "service sts");

  const isTemporary = accessKeyId.startsWith("ASIA");
  if (isTemporary && (parameters.get("X-Amz-Security-Token") ?? "") === "") {
    return refuse(R.missingSecurityToken, `${accessKeyId} is a temporary key, which needs X-Amz-Security-Token`);
  }
  if (!isTemporary && parameters.has("X-Amz-Security-Token")) {
    return refuse(R.unexpectedSecurityToken, `${accessKeyId} is a long-term key, which has no X-Amz-Security-Token`);
  }
  if (value("X-Amz-SignedHeaders") !== "host;x-k8s-aws-id") {
    return wrong(R.wrongSignedHeaders, "X-Amz-SignedHeaders", "host;x-k8s-aws-id");
  }
  const expiresSeconds = Number(value("X-Amz-Expires"));
  if (!/^(0|[1-9]\d{0,2})$/.test(value("X-Amz-Expires")) || expiresSeconds > 900) {
    return wrong(R.malformedExpires, "X-Amz-Expires", "0 to 900");
  }
  const query = SORTED.filter((name) => parameters.has(name)).map((name) => `${name}=${parameters.get(name) ?? ""}`);
  const { authority, partition } = host;
  return { ok: true, authority, partition, region, accessKeyId, signedAt, expiresSeconds, query: query.join("&") };
}

function refuseHost(authority: string, hosts: AcceptedHosts): ReadRefusal {
  const elsewhere = stsHostOf(authority);
  if (elsewhere !== undefined) {
    const accepted = [...new Set([...hosts.byAuthority.values()].map((host) => host.partition))].join(", ");
    return refuse(
      R.unknownStsHost,
      `"${authority}" is STS of partition ${elsewhere.partition}; accepted is ${accepted || "none"}`,
    );
  }
  if (!/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[1-9]\d{0,4})?$/.test(authority)) {
    return refuse(R.malformedUrl, `"${printable(authority)}" is no HOST or HOST:PORT`);
  }
  if (authority.includes(":")) {
    return refuse(
      R.unknownStsHost,
      `"${printable(authority)}" is none of AWS's STS hosts; a local STS has to be listed, exactly so (--sts-host)`,
    );
  }
  return refuse(R.unknownStsHost, `"${printable(authority)}" is no STS host of a known or configured region`);
}

/** Short enough for one line; the alphabet was checked before. Never called on a signature or a session token. */
function printable(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/**
 * Printable ASCII in its only RFC 3986 spelling: what is unreserved stands for itself, what is not is an upper-case escape.
 * Nearly every client writes so, and then nothing has to be decoded and encoded again; session tokens are long.
 */
const CANONICAL_VALUE = /^(?:[A-Za-z0-9._~-]|%(?:2[1-9A-CF]|3[A-F]|40|5[B-E]|60|7[B-D]))*$/;

/** Any other spelling as that one; `undefined` where the value is not printable ASCII. */
function canonicalValue(rawValue: string): string | undefined {
  // Bytes above 0x7F are refused before decoding: decodeURIComponent throws on what is not UTF-8.
  if (/%[89A-Fa-f]/.test(rawValue)) return undefined;
  const value = decodeURIComponent(rawValue);
  return /^[\x21-\x7e]*$/.test(value) ? encodeRfc3986(value) : undefined;
}

function decodeOnce(value: string): string {
  return value.includes("%") ? decodeURIComponent(value) : value;
}
