import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Credentials } from "../credentials.ts";
import { hashPayload, presign, type RequestToSign, type SignedRequest, signRequest, verifySignature } from "./index.ts";

// Requests that botocore signed, see tools/vectors/botocore_sigv4.py.

interface Vector {
  readonly form: "presigned" | "header";
  /** Index into the credentials. */
  readonly by: number;
  readonly region: string;
  readonly service: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expires?: number;
  /** What botocore made of it, by form. */
  readonly url?: string;
  readonly authorization?: string;
}

const { credentials, vectors } = JSON.parse(
  readFileSync(new URL("../../../../vectors/sigv4/botocore.json", import.meta.url), "utf8"),
) as { readonly credentials: readonly Credentials[]; readonly vectors: readonly Vector[] };

describe("botocore's signatures", () => {
  test("vectors: at least 1,000, of both forms, with session tokens and ids outside ASCII", () => {
    expect(vectors.length).toBeGreaterThanOrEqual(1000);
    for (const form of ["presigned", "header"]) {
      const those = vectors.filter((vector) => vector.form === form);
      expect(those.length).toBeGreaterThan(400);
      expect(those.some((vector) => /[^\0-\x7f]/.test(vector.headers["x-k8s-aws-id"] ?? ""))).toBe(true);
      expect(those.some((vector) => /[+/=]/.test(signerOf(vector).sessionToken ?? ""))).toBe(true);
    }
  });

  test("presign: makes the very URL, byte for byte", () => {
    for (const vector of vectors.filter(({ form }) => form === "presigned")) {
      expect(presign(toSign(vector), presigning(vector))).toBe(vector.url ?? "");
    }
  });

  test("signRequest: makes the very Authorization header", () => {
    for (const vector of vectors.filter(({ form }) => form === "header")) {
      expect(signRequest(toSign(vector), presigning(vector)).Authorization).toBe(vector.authorization ?? "");
    }
  });

  test("verifySignature: accepts each, and tells who signed it", () => {
    for (const vector of vectors) {
      const verdict = verify(onTheWire(vector), vector);
      expect(verdict).toMatchObject({
        ok: true,
        form: vector.form,
        accessKeyId: signerOf(vector).accessKeyId,
        region: vector.region,
        signedAt: vector.time * 1000,
      });
    }
  });

  test("verifySignature: refuses each under another secret", () => {
    for (const vector of vectors) {
      const verdict = verify(onTheWire(vector), vector, `${signerOf(vector).secretAccessKey}x`);
      expect(verdict).toMatchObject({ ok: false, reason: "signature-mismatch" });
    }
  });

  test("verifySignature: refuses a request of which any one byte was changed", () => {
    const change = fc.record({
      vector: fc.constantFrom(...vectors),
      where: fc.nat(1_000_000),
      byte: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    });
    let refused = 0;
    fc.assert(
      fc.property(change, ({ vector, where, byte }) => {
        for (const changed of changes(onTheWire(vector), where, byte)) {
          expect(verify(changed, vector), JSON.stringify(changed.rawQuery)).toMatchObject({ ok: false });
          refused++;
        }
      }),
      { seed: 20261122, numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(3000);
  });
});

type Wire = Omit<SignedRequest, "headers"> & { readonly headers: ReadonlyMap<string, string> };

function signerOf(vector: Vector): Credentials {
  const found = credentials[vector.by];
  if (found === undefined) throw new Error(`vector names no credentials: ${vector.by}`);
  return found;
}

function toSign(vector: Vector): RequestToSign {
  const { method, host, path, query, headers, body } = vector;
  return { method, host, path, query, headers, ...(body !== undefined && { payloadHash: hashPayload(body) }) };
}

function presigning(vector: Vector): Parameters<typeof presign>[1] {
  const { region, service, time, expires } = vector;
  return { credentials: signerOf(vector), region, service, now: time * 1000, expiresSeconds: expires ?? 0 };
}

/** The request as a server gets it: header values as bytes, the query as the client encoded it. */
function onTheWire(vector: Vector): Wire {
  const headers = new Map([["host", vector.host]]);
  for (const [name, value] of Object.entries(vector.headers)) headers.set(name.toLowerCase(), byteString(value));
  let rawQuery = vector.url?.split("?")[1] ?? "";
  if (vector.authorization !== undefined) {
    rawQuery = vector.query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
    headers.set("authorization", vector.authorization);
    headers.set("x-amz-date", new Date(vector.time * 1000).toISOString().replace(/[:-]|\.\d+/g, ""));
    const { sessionToken } = signerOf(vector);
    if (sessionToken !== undefined) headers.set("x-amz-security-token", sessionToken);
  }
  const payloadHash = hashPayload(vector.body ?? "");
  return { method: vector.method, path: vector.path, rawQuery, headers, payloadHash };
}

function byteString(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

function verify(request: SignedRequest, vector: Vector, secret = signerOf(vector).secretAccessKey) {
  const signer = signerOf(vector);
  return verifySignature(request, {
    now: vector.time * 1000,
    service: vector.service,
    acceptsRegion: (region) => region === vector.region,
    secretOf: (accessKeyId, sessionToken) => {
      if (accessKeyId !== signer.accessKeyId) return { ok: false, reason: "unknown-access-key" };
      if (sessionToken !== signer.sessionToken) return { ok: false, reason: "wrong-session-token" };
      return { ok: true, secretAccessKey: secret };
    },
    ignoreExpires: true,
  });
}

/** The request with one byte changed in each place that is signed, where that changes what it says. */
function* changes(request: Wire, where: number, byte: string): Generator<SignedRequest> {
  const rawQuery = replaceAt(request.rawQuery, where, byte);
  if (meaning(rawQuery) !== meaning(request.rawQuery)) yield { ...request, rawQuery };
  yield { ...request, method: request.method === "GET" ? "POST" : "GET" };
  yield { ...request, payloadHash: replaceAt(request.payloadHash, where, "x") };
  for (const [name, value] of request.headers) {
    const changed = replaceAt(value, where, byte);
    if (changed !== value) yield { ...request, headers: new Map([...request.headers, [name, changed]]) };
    yield { ...request, headers: new Map([...request.headers].filter(([other]) => other !== name)) };
  }
}

function replaceAt(text: string, where: number, byte: string): string {
  if (text === "") return text;
  const at = where % text.length;
  return text.slice(0, at) + byte + text.slice(at + 1);
}

/** What a query says, whatever its spelling: order, and which bytes are percent-encoded and in which case. */
function meaning(rawQuery: string): string {
  const decode = (text: string): string =>
    text.replace(/%[0-9a-f]{2}/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
  const pairs = rawQuery.split("&").filter((pair) => pair !== "");
  const decoded = pairs.map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return JSON.stringify([decode(name), decode(value.join("="))]);
  });
  return decoded.toSorted().join();
}
