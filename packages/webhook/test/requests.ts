import { acceptedHosts, mintToken, type PresignedRequest, readToken } from "@iamgate/token";

/** When the tokens of these tests are looked at. */
export const NOW = Date.parse("2026-01-02T03:04:05Z");

const hosts = acceptedHosts();
let minted = 0;

/** What a test says of a token; the rest is the same for all. */
export interface TokenOptions {
  readonly accessKeyId?: string;
  readonly sessionToken?: string | undefined;
  readonly secretAccessKey?: string;
  readonly region?: string;
  readonly signedAt?: number;
}

/** A token with temporary credentials; two with the same options are the same. */
export function tokenOf(options: TokenOptions = {}): string {
  const { accessKeyId = "ASIAIOSFODNN7EXAMPLE", secretAccessKey = "canary-secret", region = "us-west-2" } = options;
  const sessionToken = "sessionToken" in options ? options.sessionToken : "canary-session";
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  return mintToken({ clusterId: "prod", region, credentials, now: options.signedAt ?? NOW }).token;
}

/** The request in such a token. */
export function requestOf(options: TokenOptions = {}): PresignedRequest {
  return read(tokenOf(options));
}

/** The request in a token like no other, of the same pair unless the options say otherwise. */
export function newRequest(options: TokenOptions = {}): PresignedRequest {
  return requestOf({ ...options, secretAccessKey: `secret-${minted++}` });
}

/** The request in a token's text. */
export function read(token: string): PresignedRequest {
  const request = readToken(token, { hosts, now: NOW });
  if (!request.ok) throw new Error(request.detail);
  return request;
}
