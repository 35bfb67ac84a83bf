import fc from "fast-check";
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { newRequest, read, requestOf, tokenOf } from "../../test/requests.ts";
import { createGateKeys } from "./cache-key.ts";

const SECRET = new Uint8Array(32).fill(7);
const keys = createGateKeys(SECRET, "prod");

/** The same token, its nine parameters in another order and every character that may be escaped escaped. */
function respelt(token: string, order: readonly number[], isOverEncoded: boolean): string {
  const url = Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString();
  const [base = "", query = ""] = url.split("?");
  const pairs = query.split("&");
  const sorted = order.map((index) => pairs[index] ?? "");
  const spelt = sorted.map((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return `${name}=${isOverEncoded ? overEncode(decodeURIComponent(value)) : value}`;
  });
  return `k8s-aws-v1.${Buffer.from(`${base}?${spelt.join("&")}`).toString("base64url")}`;
}

const overEncode = (value: string): string =>
  value.replaceAll(/./g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`);

describe("gate keys", () => {
  test("ofRequest: nine parameters in any order, over-encoded or not, are one token", () => {
    const token = tokenOf();
    const key = keys.ofRequest(read(token));
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 9 });
    const texts = new Set<string>();
    fc.assert(
      fc.property(order, fc.boolean(), (order, isOverEncoded) => {
        const text = respelt(token, order, isOverEncoded);
        texts.add(text);
        expect(keys.ofRequest(read(text))).toBe(key);
      }),
      { seed: 20261122, numRuns: 200 },
    );
    expect(texts.size).toBeGreaterThan(100);
  });

  test("ofRequest: another signature, session token, key, date, host or cluster is another", () => {
    const others = [
      requestOf({ secretAccessKey: "other" }),
      requestOf({ sessionToken: "other" }),
      requestOf({ accessKeyId: "ASIAIOSFODNN7EXAMPL2" }),
      requestOf({ signedAt: Date.parse("2026-01-02T03:04:04Z") }),
      requestOf({ region: "eu-west-1" }),
      { ...requestOf(), authority: "sts.us-east-1.amazonaws.com" },
    ].map((request) => keys.ofRequest(request));
    others.push(createGateKeys(SECRET, "dev").ofRequest(requestOf()));
    others.push(
      createGateKeys(
        SECRET.map((byte) => byte + 1),
        "prod",
      ).ofRequest(requestOf()),
    );
    expect(new Set([keys.ofRequest(requestOf()), ...others]).size).toBe(others.length + 1);
  });

  test("ofRequest: HMAC-SHA256 of the cluster id and the rebuilt request (RFC 2104)", () => {
    const { authority, query } = requestOf();
    const expected = createHmac("sha256", SECRET).update(`request\nprod\n${authority}\n${query}`).digest("base64");
    expect(keys.ofRequest(requestOf())).toBe(expected);
  });

  test("ofPair: the same for all tokens of one access key and session token", () => {
    expect(keys.ofPair(newRequest())).toBe(keys.ofPair(newRequest({ region: "eu-west-1" })));
    expect(keys.ofPair(newRequest())).toBe(keys.ofPair(newRequest({ signedAt: Date.parse("2026-01-02T03:00:00Z") })));
    const longTerm = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", sessionToken: undefined };
    expect(keys.ofPair(newRequest(longTerm))).toBe(keys.ofPair(newRequest(longTerm)));
  });

  test("ofPair: another access key or session token is another pair", () => {
    const pairs = [
      newRequest(),
      newRequest({ sessionToken: "canary-sessio" }),
      newRequest({ sessionToken: "canary-session2" }),
      newRequest({ accessKeyId: "ASIAIOSFODNN7EXAMPL2" }),
      newRequest({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", sessionToken: undefined }),
    ].map((request) => keys.ofPair(request));
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  test("a secret shorter than the hash: RangeError", () => {
    expect(() => createGateKeys(new Uint8Array(31), "prod")).toThrow(RangeError);
  });
});
