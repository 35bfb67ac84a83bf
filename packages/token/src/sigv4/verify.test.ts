import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Credentials,
  hashPayload,
  presign,
  SIGV4_REASONS,
  type Sigv4Reason,
  type SignedRequest,
  signRequest,
  verifySignature,
  type VerifyOptions,
} from "./index.ts";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);
const MINUTE = 60_000;
const HOST = "sts.us-west-2.amazonaws.com";
const CREDENTIALS: Credentials = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "canary/secret+access+key",
  sessionToken: "canary/session+token==",
};
const QUERY = [
  ["Action", "GetCallerIdentity"],
  ["Version", "2011-06-15"],
] as const;
const OPTIONS: VerifyOptions = {
  now: NOW,
  service: "sts",
  acceptsRegion: (region) => region === "us-west-2",
  secretOf: (accessKeyId, sessionToken) => {
    if (accessKeyId !== CREDENTIALS.accessKeyId) return { ok: false, reason: "unknown-access-key" };
    if (sessionToken !== CREDENTIALS.sessionToken) return { ok: false, reason: "wrong-session-token" };
    return { ok: true, secretAccessKey: CREDENTIALS.secretAccessKey };
  },
};

interface Signing {
  readonly clusterId?: string;
  readonly region?: string;
  readonly service?: string;
  readonly signedAt?: number;
  readonly expiresSeconds?: number;
}

type Wire = Omit<SignedRequest, "headers"> & { readonly headers: ReadonlyMap<string, string> };

/** A genuine request in its presigned form, as a server gets it. */
function presigned(signing: Signing = {}): Wire {
  const { clusterId = "prod", region = "us-west-2", service = "sts", signedAt = NOW, expiresSeconds = 900 } = signing;
  const url = presign(
    { host: HOST, query: QUERY, headers: { "x-k8s-aws-id": clusterId } },
    { credentials: CREDENTIALS, region, service, now: signedAt, expiresSeconds },
  );
  const headers = new Map([
    ["host", HOST],
    ["x-k8s-aws-id", String.fromCharCode(...new TextEncoder().encode(clusterId))],
  ]);
  return { method: "GET", path: "/", rawQuery: url.slice(url.indexOf("?") + 1), headers, payloadHash: hashPayload("") };
}

/** A genuine request in its header form. */
function authorized(signedAt = NOW): Wire {
  const options = { credentials: CREDENTIALS, region: "us-west-2", service: "sts", now: signedAt };
  const sent = Object.entries(signRequest({ host: HOST, query: QUERY }, options));
  const headers = new Map([["host", HOST], ...sent.map(([name, value]) => [name.toLowerCase(), value] as const)]);
  const rawQuery = "Action=GetCallerIdentity&Version=2011-06-15";
  return { method: "GET", path: "/", rawQuery, headers, payloadHash: hashPayload("") };
}

function query(request: Wire, from: string | RegExp, to: string): Wire {
  const rawQuery = request.rawQuery.replace(from, to);
  if (rawQuery === request.rawQuery) throw new Error(`the query has no ${String(from)}`);
  return { ...request, rawQuery };
}

function header(request: Wire, name: string, value: string | undefined): Wire {
  const headers = new Map(request.headers);
  if (value === undefined) headers.delete(name);
  else headers.set(name, value);
  return { ...request, headers };
}

function authorization(from: string | RegExp, to: string): Wire {
  const request = authorized();
  const value = request.headers.get("authorization") ?? "";
  if (value.replace(from, to) === value) throw new Error(`the Authorization header has no ${String(from)}`);
  return header(request, "authorization", value.replace(from, to));
}

// One row a reason, so that a reason without a request that meets with it does not compile.
const REFUSED: Record<Sigv4Reason, readonly Wire[]> = {
  "malformed-path": [
    { ...presigned(), path: "" },
    { ...presigned(), path: "/é" },
    { ...presigned(), path: "clusters" },
  ],
  "malformed-query": [query(presigned(), "Action=", "Action=%"), query(presigned(), "&Version", " &Version")],
  "not-signed": [
    { ...presigned(), rawQuery: "Action=GetCallerIdentity&Version=2011-06-15" },
    { ...presigned(), rawQuery: "x-amz-signature=1&x-amz-algorithm=AWS4-HMAC-SHA256" },
    { ...presigned(), rawQuery: "" },
  ],
  "signed-twice": [
    header(presigned(), "authorization", authorized().headers.get("authorization")),
    header(presigned(), "authorization", ""),
    { ...authorized(), rawQuery: "X-Amz-Signature=" },
  ],
  "duplicate-parameter": [
    query(presigned(), /$/, "&X-Amz-Expires=60"),
    query(presigned(), /$/, "&%58-Amz-Date=20261122T120000Z"),
  ],
  "missing-parameter": [
    query(presigned(), "X-Amz-Algorithm", "x-amz-algorithm"),
    query(presigned(), "X-Amz-Credential", "X-amz-Credential"),
    query(presigned(), "X-Amz-Date", "X-Amz-date"),
    query(presigned(), "X-Amz-SignedHeaders", "X-Amz-Signedheaders"),
    query(presigned(), "X-Amz-Signature", "X-Amz-signature"),
  ],
  "malformed-authorization": [
    authorization(", Signature=", ", Credential=x, Signature="),
    authorization(", Signature=", ", Extra=1, Signature="),
    authorization(/, Signature=.*/, ""),
    authorization("Credential=", "credential="),
    authorization("Credential=", "Credential= "),
    authorization(" SignedHeaders=", ""),
  ],
  "wrong-algorithm": [
    query(presigned(), "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
    query(presigned(), "AWS4-HMAC-SHA256", ""),
    authorization("AWS4-HMAC-SHA256", "aws4-hmac-sha256"),
    authorization("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256"),
    authorization(/^.*$/, "Basic dXNlcjpwYXNz"),
    authorization(/^.*$/, ""),
  ],
  "malformed-signature": [
    query(presigned(), /.$/, ""),
    query(presigned(), /.$/, "G"),
    query(presigned(), /$/, "0"),
    authorization(/.$/, "A"),
  ],
  "malformed-date": [
    query(presigned(), "X-Amz-Date=2026", "X-Amz-Date="),
    query(presigned(), "T120000Z", "T250000Z"),
    header(authorized(), "x-amz-date", undefined),
    header(authorized(), "x-amz-date", "Sun, 22 Nov 2026 12:00:00 GMT"),
  ],
  "malformed-expires": [
    query(presigned(), "X-Amz-Expires=900", "X-Amz-Expires=-1"),
    query(presigned(), "X-Amz-Expires=900", "X-Amz-Expires="),
    query(presigned(), "X-Amz-Expires=900", "X-Amz-Expires=604801"),
    query(presigned(), "X-Amz-Expires=900&", ""),
  ],
  "malformed-credential": [
    query(presigned(), "%2Faws4_request", ""),
    query(presigned(), "%2Faws4_request", "%2Faws4_request%2F"),
    query(presigned(), "aws4_request", "aws5_request"),
    query(presigned(), CREDENTIALS.accessKeyId, ""),
    query(presigned(), CREDENTIALS.accessKeyId, "ASIA%0A"),
    authorization("/aws4_request", "/sts/aws4_request"),
  ],
  "wrong-scope-date": [query(presigned(), "%2F20261122", "%2F20261121"), authorization("/20261122", "/2026112")],
  "wrong-scope-region": [presigned({ region: "us-west-1" }), authorization("/us-west-2", "/US-WEST-2")],
  "wrong-scope-service": [presigned({ service: "s3" }), authorization("/sts/", "/STS/")],
  "malformed-signed-headers": [
    query(presigned(), "host%3Bx-k8s-aws-id", "Host%3Bx-k8s-aws-id"),
    query(presigned(), "host%3Bx-k8s-aws-id", "x-k8s-aws-id%3Bhost"),
    query(presigned(), "host%3Bx-k8s-aws-id", "host%3Bhost%3Bx-k8s-aws-id"),
    query(presigned(), "host%3Bx-k8s-aws-id", "host%3B"),
    query(presigned(), "host%3Bx-k8s-aws-id", ""),
    // The Kelvin sign, which toLowerCase would fold to k.
    query(presigned(), "x-k8s", "x-%E2%84%AA8s"),
  ],
  "host-not-signed": [query(presigned(), "host%3B", ""), authorization("SignedHeaders=host;", "SignedHeaders=")],
  "missing-signed-header": [
    header(presigned(), "x-k8s-aws-id", undefined),
    header(presigned(), "host", undefined),
    header(authorized(), "x-amz-security-token", undefined),
  ],
  expired: [presigned({ signedAt: NOW - 900_000 - 1000 }), authorized(NOW - 15 * MINUTE - 1000)],
  "not-yet-valid": [presigned({ signedAt: NOW + 15 * MINUTE + 1000 }), authorized(NOW + 15 * MINUTE + 1000)],
  "unknown-access-key": [query(presigned(), "ASIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPL3")],
  "wrong-session-token": [
    query(presigned(), "&X-Amz-Security-Token", "&x-amz-security-token"),
    query(presigned(), "%3D%3D", "%3D"),
  ],
  "expired-credentials": [],
  "signature-mismatch": [
    query(presigned(), /.$/, presigned().rawQuery.endsWith("0") ? "1" : "0"),
    query(presigned(), "X-Amz-Expires=900", "X-Amz-Expires=901"),
    query(presigned(), "Action=GetCallerIdentity", "action=GetCallerIdentity"),
    query(presigned(), /$/, "&Extra=1"),
    header(presigned(), "x-k8s-aws-id", "Prod"),
    header(presigned(), "host", "sts.us-west-1.amazonaws.com"),
    { ...presigned(), method: "POST" },
    { ...presigned(), path: "/x" },
    { ...presigned(), payloadHash: "UNSIGNED-PAYLOAD" },
    authorization(/.$/, authorized().headers.get("authorization")?.endsWith("0") === true ? "1" : "0"),
  ],
};

describe("verifySignature", () => {
  test("a genuine presigned URL: tells who signed what, where and when", () => {
    expect(verifySignature(presigned(), OPTIONS)).toEqual({
      ok: true,
      form: "presigned",
      accessKeyId: CREDENTIALS.accessKeyId,
      sessionToken: CREDENTIALS.sessionToken,
      signedHeaders: ["host", "x-k8s-aws-id"],
      region: "us-west-2",
      signedAt: NOW,
    });
  });

  test("a genuine Authorization header: the same", () => {
    expect(verifySignature(authorized(), OPTIONS)).toMatchObject({
      ok: true,
      form: "header",
      accessKeyId: CREDENTIALS.accessKeyId,
      signedHeaders: ["host", "x-amz-date", "x-amz-security-token"],
    });
  });

  test("an Authorization header without blanks after its commas: verifies", () => {
    expect(verifySignature(authorization(/, /g, ","), OPTIONS).ok).toBe(true);
  });

  for (const [reason, requests] of Object.entries(REFUSED)) {
    test.each(requests.map((request, i) => [i + 1, request] as const))(`${reason}: refused so (%d)`, (_, request) => {
      expect(verifySignature(request, OPTIONS)).toMatchObject({ ok: false, stage: "sigv4", reason });
    });
  }

  test("expired-credentials: refused as the lookup says", () => {
    const options: VerifyOptions = { ...OPTIONS, secretOf: () => ({ ok: false, reason: "expired-credentials" }) };
    expect(verifySignature(presigned(), options)).toMatchObject({ ok: false, reason: "expired-credentials" });
  });

  test("reasons: each is a value of SIGV4_REASONS", () => {
    expect(Object.keys(REFUSED).toSorted()).toEqual(Object.values(SIGV4_REASONS).toSorted());
  });

  test("spelling: parameters verify in any order, encoded in any case, more than needed", () => {
    const { rawQuery } = presigned();
    for (const spelt of [
      rawQuery.split("&").toReversed().join("&"),
      rawQuery.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
      rawQuery.replace("Action", "%41ction").replace("sts", "%73ts"),
      rawQuery.replaceAll("%2F", "/").replaceAll("%3B", ";"),
    ]) {
      expect(verifySignature({ ...presigned(), rawQuery: spelt }, OPTIONS).ok).toBe(true);
    }
  });

  test("cluster ids outside ASCII: verify from their UTF-8 bytes, also where one byte is a blank as a character", () => {
    // à ends in the byte A0, Å in 85.
    for (const clusterId of ["prodà", "Å", "à b", "集群", "🚀"]) {
      expect(verifySignature(presigned({ clusterId }), OPTIONS).ok).toBe(true);
      const asCharacters = header(presigned({ clusterId: "é" }), "x-k8s-aws-id", "é");
      expect(verifySignature(asCharacters, OPTIONS)).toMatchObject({ reason: "signature-mismatch" });
    }
  });

  test("header values that are no bytes: TypeError", () => {
    expect(() => verifySignature(header(presigned(), "x-k8s-aws-id", "集群"), OPTIONS)).toThrow(TypeError);
  });

  test("clock: 15 minutes either way, to the second, whatever X-Amz-Expires says where that is ignored", () => {
    const ignoring = { ...OPTIONS, ignoreExpires: true };
    for (const offset of [-15 * MINUTE, 0, 15 * MINUTE]) {
      const request = presigned({ signedAt: NOW + offset, expiresSeconds: 0 });
      expect(verifySignature(request, ignoring).ok).toBe(true);
      // Within the same second.
      expect(verifySignature(request, { ...ignoring, now: NOW + 999 }).ok).toBe(true);
    }
    expect(verifySignature(presigned({ signedAt: NOW - 15 * MINUTE - 1 }), ignoring)).toMatchObject({
      reason: "expired",
      detail: "Signature expired: 20261122T114459Z is now earlier than 20261122T114500Z (20261122T120000Z - 15 min.)",
    });
    expect(verifySignature(presigned({ signedAt: NOW + 15 * MINUTE + 1000 }), ignoring)).toMatchObject({
      reason: "not-yet-valid",
      detail:
        "Signature not yet current: 20261122T121501Z is still later than 20261122T121500Z (20261122T120000Z + 15 min.)",
    });
  });

  test("X-Amz-Expires: honoured otherwise, beyond 15 minutes too", () => {
    expect(verifySignature(presigned({ signedAt: NOW - 3600_000, expiresSeconds: 3600 }), OPTIONS).ok).toBe(true);
    expect(verifySignature(presigned({ signedAt: NOW - 61_000, expiresSeconds: 60 }), OPTIONS)).toMatchObject({
      reason: "expired",
    });
  });

  test("secrets: in no refusal", () => {
    const signature = presigned().rawQuery.slice(-64);
    for (const requests of Object.values(REFUSED)) {
      for (const request of requests) {
        const text = JSON.stringify(verifySignature(request, OPTIONS));
        expect(text).not.toContain("canary");
        expect(text).not.toContain(signature);
      }
    }
  });

  test("any query and any headers: a verdict, never an exception", () => {
    const latin1 = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)) });
    const pieces = fc.constantFrom(
      "X-Amz-Algorithm",
      "X-Amz-Credential",
      "=",
      "&",
      "%2F",
      "AWS4-HMAC-SHA256",
      "%",
      "é",
    );
    fc.assert(
      fc.property(latin1, fc.array(pieces), fc.option(latin1), latin1, (path, parts, value, date) => {
        const headers = new Map([
          ["host", HOST],
          ["x-amz-date", date],
        ]);
        if (value !== null) headers.set("authorization", `AWS4-HMAC-SHA256 ${value}`);
        const request = { method: "GET", path: `/${path}`, rawQuery: parts.join(""), headers, payloadHash: "" };
        expect(verifySignature(request, OPTIONS).ok).toBe(false);
      }),
    );
  });
});
