import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Credentials, hashPayload, presign, signRequest } from "@iamgate/token/sigv4";
import { createSts, credentialsOf, parseIam } from "../src/index.ts";

export const parsed = parseIam(
  readFileSync(new URL("../iam.example.yaml", import.meta.url), "utf8"),
  "iam.example.yaml",
);
if (!parsed.ok) throw new Error(parsed.errors[0].message);
export const { iam } = parsed;

export const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
export const MINUTE = 60_000;
export const HOST = "sts.us-west-2.amazonaws.com";
export const ALICE = credentialsOf(iam, "alice");
export const CAROL = credentialsOf(iam, "Developer/carol@example.com");
export const GET_CALLER_IDENTITY = [
  ["Action", "GetCallerIdentity"],
  ["Version", "2011-06-15"],
] as const;
export const JSON_ACCEPTED = { accept: "application/json" };

export const sts = createSts({ iam: () => iam, now: () => NOW, requestId: () => "0-request" });

export interface Signing {
  readonly by?: Credentials;
  readonly host?: string;
  readonly region?: string;
  readonly service?: string;
  readonly signedAt?: number;
  readonly query?: readonly (readonly [string, string])[];
}

export function presignedUrl(signing: Signing = {}): string {
  const { by = ALICE, host = HOST, region = "us-west-2", service = "sts", signedAt = NOW } = signing;
  const { query = GET_CALLER_IDENTITY } = signing;
  const options = { credentials: by, region, service, now: signedAt, expiresSeconds: 0 };
  return presign({ host, query }, options);
}

export function presigned(signing: Signing = {}): Request {
  return new Request(presignedUrl(signing), { headers: JSON_ACCEPTED });
}

export function authorized(body?: string): Request {
  const signed = signRequest(
    body === undefined
      ? { host: HOST, query: GET_CALLER_IDENTITY }
      : { method: "POST", host: HOST, payloadHash: hashPayload(body) },
    { credentials: CAROL, region: "us-west-2", service: "sts", now: NOW },
  );
  const headers = { ...JSON_ACCEPTED, ...signed };
  if (body === undefined)
    return new Request(`https://${HOST}/?${new URLSearchParams(GET_CALLER_IDENTITY.map((pair) => [...pair]))}`, {
      headers,
    });
  const typed = { ...headers, "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  return new Request(`https://${HOST}/`, { method: "POST", body, headers: typed });
}

/** What STS says in JSON. */
export async function answerOf(request: Request) {
  const response = await sts(request);
  const body = (await response.json()) as {
    readonly GetCallerIdentityResponse?: { readonly GetCallerIdentityResult: Readonly<Record<string, string>> };
    readonly Error?: { readonly Code: string; readonly Message: string };
  };
  const identity = body.GetCallerIdentityResponse?.GetCallerIdentityResult;
  return { status: response.status, identity, code: body.Error?.Code, text: body.Error?.Message };
}

export function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(8192)) });
}

/** The hash constructor that smithy wants. */
export class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string | Uint8Array);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
  reset(): void {}
}
