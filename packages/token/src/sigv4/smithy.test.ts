import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  hashPayload,
  presign,
  type RequestToSign,
  signRequest,
  type SigningOptions,
  verifySignature,
} from "./index.ts";

// The signer of the AWS SDK for JavaScript, as a second opinion on requests that fast-check makes up.

/** The hash constructor that smithy wants. */
class Sha256 {
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

const NOTHING: ReadonlySet<string> = new Set();
// Blanks are left out: smithy also folds U+00A0 and its kin, which a server that sees bytes cannot.
const word = fc
  .string({ unit: "binary", minLength: 1, maxLength: 12 })
  .filter((text) => text.isWellFormed() && !/[\s\0-\x1f\x7f-\xa0\ufeff]/.test(text));
const base64 = fc.uint8Array({ minLength: 8, maxLength: 200 }).map((bytes) => btoa(String.fromCharCode(...bytes)));

const credentials = fc.record(
  {
    accessKeyId: fc.stringMatching(/^(AKIA|ASIA)[A-Z0-9]{16}$/),
    secretAccessKey: fc.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    sessionToken: base64.map((text) => `${text}+/=`),
  },
  { requiredKeys: ["accessKeyId", "secretAccessKey"] },
);
const options = fc.record({
  credentials,
  region: fc.constantFrom("us-east-1", "eu-central-2", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"),
  service: fc.constantFrom("sts", "eks"),
  now: fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 11) }),
});
const request = fc.record({
  method: fc.constantFrom("GET", "POST"),
  host: fc.constantFrom(
    "sts.us-east-1.amazonaws.com",
    "sts.amazonaws.com",
    "sts-fips.us-west-2.api.aws",
    "127.0.0.1:8443",
  ),
  path: fc.constantFrom("/", "/clusters/prod", "/a%20b/%C3%A9", "/x/../y/./z/"),
  query: fc
    // smithy keeps the query in an object literal, where this name is lost.
    .dictionary(
      word.filter((name) => name !== "__proto__"),
      fc.string({ unit: "grapheme", maxLength: 12 }),
      { maxKeys: 5, noNullPrototype: true },
    )
    .map((extra) => Object.entries({ Action: "GetCallerIdentity", Version: "2011-06-15", ...extra })),
  clusterId: word,
  body: fc.constantFrom("", "Action=GetCallerIdentity&Version=2011-06-15"),
});
type Generated = typeof request extends fc.Arbitrary<infer Value> ? Value : never;

const RUNS = { seed: 20261122, numRuns: 1000 };

describe("@smithy/signature-v4", () => {
  test("presign: agrees on the signature of 1,000 requests, and the URL verifies", async () => {
    await fc.assert(
      fc.asyncProperty(request, options, fc.constantFrom(0, 1, 60, 900), async (made, by, expiresSeconds) => {
        const theirs = await signer(by).presign(
          { ...smithyRequest(made), body: undefined, method: made.method },
          {
            expiresIn: expiresSeconds,
            signingDate: new Date(by.now),
            unhoistableHeaders: new Set(["x-k8s-aws-id"]),
            unsignableHeaders: new Set(NOTHING),
          },
        );
        const url = presign(toSign({ ...made, body: "" }), { ...by, expiresSeconds });
        const [, rawQuery = ""] = url.split("?");
        const ours = new Map(new URLSearchParams(rawQuery));
        for (const [name, value] of Object.entries(theirs.query ?? {})) expect(ours.get(name)).toBe(String(value));
        expect(ours.size).toBe(Object.keys(theirs.query ?? {}).length);
        expect(verify({ ...made, body: "" }, by, { rawQuery, sent: {} })).toMatchObject({
          ok: true,
          form: "presigned",
        });
      }),
      RUNS,
    );
  });

  test("signRequest: agrees on the Authorization header of 1,000 requests, and it verifies", async () => {
    await fc.assert(
      fc.asyncProperty(request, options, async (made, by) => {
        const theirs = await signer(by).sign(smithyRequest(made), { signingDate: new Date(by.now) });
        const ours = signRequest(toSign(made), by);
        expect(ours.Authorization).toBe(theirs.headers["authorization"] ?? "");
        expect(ours["X-Amz-Date"]).toBe(theirs.headers["x-amz-date"] ?? "");
        expect(ours["X-Amz-Security-Token"]).toBe(theirs.headers["x-amz-security-token"] as string);
        const rawQuery = made.query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
        expect(verify(made, by, { rawQuery, sent: theirs.headers })).toMatchObject({ ok: true, form: "header" });
      }),
      RUNS,
    );
  });
});

function signer(by: SigningOptions): SignatureV4 {
  const { region, service } = by;
  return new SignatureV4({ credentials: by.credentials, region, service, sha256: Sha256, applyChecksum: false });
}

function smithyRequest(made: Generated) {
  return {
    method: made.method,
    protocol: "https:",
    hostname: made.host,
    path: made.path,
    query: Object.fromEntries(made.query),
    headers: { host: made.host, "x-k8s-aws-id": made.clusterId } as Record<string, string>,
    body: made.body,
  };
}

function toSign(made: Generated): RequestToSign {
  const { method, host, path, query, clusterId, body } = made;
  return { method, host, path, query, headers: { "x-k8s-aws-id": clusterId }, payloadHash: hashPayload(body) };
}

function verify(
  made: Generated,
  by: SigningOptions,
  wire: { readonly rawQuery: string; readonly sent: Readonly<Record<string, string>> },
) {
  const headers = new Map(Object.entries(wire.sent));
  headers.set("host", made.host);
  headers.set("x-k8s-aws-id", String.fromCharCode(...new TextEncoder().encode(made.clusterId)));
  return verifySignature(
    { method: made.method, path: made.path, rawQuery: wire.rawQuery, headers, payloadHash: hashPayload(made.body) },
    {
      now: by.now,
      service: by.service,
      acceptsRegion: (region) => region === by.region,
      secretOf: () => ({ ok: true, secretAccessKey: by.credentials.secretAccessKey }),
      ignoreExpires: true,
    },
  );
}
