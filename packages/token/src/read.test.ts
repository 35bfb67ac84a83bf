import fc from "fast-check";
import { describe, expect, test } from "vitest";
import vectors from "../../../vectors/token/read.json" with { type: "json" };
import { acceptedHosts } from "./accepted-hosts.ts";
import { encodeBase64url } from "./lib/base64url.ts";
import { mintToken } from "./mint.ts";
import { parseToken, readToken } from "./read.ts";
import { READ_REASONS } from "./reasons.ts";

const hosts = acceptedHosts();
const now = Date.parse(vectors.now);
const read = (token: string) => readToken(token, { hosts, now });

const vectorToken = ({ url, token }: { url?: string; token?: string }): string =>
  token ?? `k8s-aws-v1.${encodeBase64url(url ?? "")}`;

describe("readToken", () => {
  for (const vector of vectors.vectors) {
    test(`readToken: ${vector.name} is ${vector.expect}`, () => {
      const result = read(vectorToken(vector));
      expect(result.ok ? "ok" : result.reason).toBe(vector.expect);
    });
  }

  test("vectors: every reason code is reached by one", () => {
    const reached = new Set(vectors.vectors.map((vector) => vector.expect));
    expect(Object.values(READ_REASONS).filter((reason) => !reached.has(reason))).toEqual([]);
  });

  test("readToken: parameter order and over-encoding do not change the rebuilt request", () => {
    const [plain, ...others] = vectors.vectors
      .filter((v) => v.name.startsWith("client "))
      .map((v) => read(vectorToken(v)));
    expect(others.length).toBeGreaterThan(5);
    for (const other of others) expect(other).toEqual(plain);
  });

  test("readToken: no text whatever makes it throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl({ withQueryParameters: true })), (text) => {
        expect(read(text).ok).toBe(false);
        expect(read(`k8s-aws-v1.${text}`).ok).toBe(false);
        expect(read(`k8s-aws-v1.${encodeBase64url(latin1(text))}`).ok).toBe(false);
      }),
    );
  });

  test("readToken: a changed character either leaves the same request or is another request, never a fault", () => {
    const { token } = mintToken({ clusterId: "c", region: "us-west-2", credentials: KEYS, now });
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (index, character) => {
        const result = read(token.slice(0, index) + character + token.slice(index + 1));
        if (!result.ok) expect(Object.values(READ_REASONS)).toContain(result.reason);
      }),
    );
  });

  test("readToken: two different tokens in base64url are never the same bytes", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{0,40}$/), (text) => {
        const result = parseToken(`k8s-aws-v1.${text}`, hosts);
        const isCanonical = Buffer.from(text, "base64url").toString("base64url") === text;
        expect(!result.ok && result.reason === "not-base64url").toBe(!isCanonical);
      }),
    );
  });

  test("refusals: no signature and no session token in any detail", () => {
    for (const vector of vectors.vectors) {
      const result = read(vectorToken(vector));
      if (result.ok) continue;
      expect(result.detail).not.toContain("0123456789abcdef0123456789abcdef");
      expect(result.detail).not.toContain("IQoJb3");
    }
  });
});

describe("configured authorities", () => {
  const local = acceptedHosts({
    partition: "aws",
    extraAuthorities: [
      { authority: "127.0.0.1:8443" },
      { authority: "vpce-0a1b.sts.us-west-2.vpce.amazonaws.com", region: "us-west-2" },
    ],
  });
  const tokenFor = (host: string, region: string) =>
    mintToken({ clusterId: "c", region, host, credentials: KEYS, now }).token;

  test("an authority with a port: passes only where exactly it is listed", () => {
    expect(parseToken(tokenFor("127.0.0.1:8443", "us-west-2"), local).ok).toBe(true);
    for (const other of ["127.0.0.1:8444", "127.0.0.1", "localhost:8443"]) {
      expect(parseToken(tokenFor(other, "us-west-2"), local).ok).toBe(false);
    }
  });

  test("an authority without a region: any region of the partition, no other", () => {
    expect(parseToken(tokenFor("127.0.0.1:8443", "eu-west-1"), local).ok).toBe(true);
    expect(parseToken(tokenFor("127.0.0.1:8443", "cn-north-1"), local)).toMatchObject({ reason: "wrong-scope-region" });
  });

  test("an authority with a region: that region only", () => {
    const vpce = "vpce-0a1b.sts.us-west-2.vpce.amazonaws.com";
    expect(parseToken(tokenFor(vpce, "us-west-2"), local).ok).toBe(true);
    expect(parseToken(tokenFor(vpce, "eu-west-1"), local)).toMatchObject({ reason: "wrong-scope-region" });
  });

  test("partition: hosts of another one are refused and named", () => {
    const refused = parseToken(
      mintToken({ clusterId: "c", region: "cn-north-1", credentials: KEYS, now }).token,
      local,
    );
    expect(refused).toMatchObject({ ok: false, reason: "unknown-sts-host" });
    expect(!refused.ok && refused.detail).toContain("aws-cn");
  });

  test("extra regions: taken once configured", () => {
    const { token } = mintToken({ clusterId: "c", region: "eu-west-9", credentials: KEYS, now });
    expect(parseToken(token, acceptedHosts())).toMatchObject({ reason: "unknown-sts-host" });
    expect(parseToken(token, acceptedHosts({ extraRegions: ["eu-west-9"] })).ok).toBe(true);
  });

  test("configuration that cannot be one: RangeError", () => {
    expect(() => acceptedHosts({ partition: "aws-mars" })).toThrow(RangeError);
    expect(() => acceptedHosts({ extraRegions: ["mars-1"] })).toThrow(RangeError);
    for (const authority of ["", "HOST", "a/b", "user@host", "host:0", "host:99999999", "*.example.com"]) {
      expect(() => acceptedHosts({ extraAuthorities: [{ authority }] })).toThrow(RangeError);
    }
  });

  test("future skew: configurable", () => {
    const { token } = mintToken({ clusterId: "c", region: "us-west-2", credentials: KEYS, now: now + 10_000 });
    expect(readToken(token, { hosts, now, futureSkewSeconds: 9 })).toMatchObject({ reason: "not-yet-valid" });
    expect(readToken(token, { hosts, now, futureSkewSeconds: 10 }).ok).toBe(true);
  });
});

const KEYS = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };

function latin1(text: string): string {
  return text.replaceAll(/[^\u0000-\u00ff]/g, "");
}
