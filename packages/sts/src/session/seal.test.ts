import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountOfKeyId, temporaryKeyId } from "./access-key-id.ts";
import { seal, sealedLength, unseal } from "./seal.ts";

const key = new Uint8Array(32).fill(1);
const nonce = new Uint8Array(12).fill(2);

describe("seal", () => {
  test("any text: opens to what it was, for what it was bound to and by its key only", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), fc.string(), (binary, boundTo, other) => {
        const text = binary.toWellFormed();
        const sealed = seal(text, { key, nonce, boundTo });
        expect(unseal(sealed, { key, boundTo })).toBe(text);
        expect(sealed.length).toBe(sealedLength(new TextEncoder().encode(text).length));
        if (other !== boundTo) expect(unseal(sealed, { key, boundTo: other })).toBeUndefined();
        expect(unseal(sealed, { key: new Uint8Array(32).fill(3), boundTo })).toBeUndefined();
      }),
    );
  });

  test("any other text: does not open, and throws nothing", () => {
    const base64 = fc.base64String({ minLength: 40 });
    fc.assert(
      fc.property(fc.oneof(fc.string(), base64), (text) => {
        expect(unseal(text, { key, boundTo: "a" })).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test("another spelling of the same bytes: does not open", () => {
    const sealed = seal("ab", { key, nonce, boundTo: "a" });
    expect(sealed.endsWith("=")).toBe(true);
    expect(unseal(sealed, { key, boundTo: "a" })).toBe("ab");
    for (const spelt of [sealed.replace(/=+$/, ""), `${sealed}\n`, ` ${sealed}`, sealed.replaceAll("+", "-")]) {
      if (spelt !== sealed) expect(unseal(spelt, { key, boundTo: "a" })).toBeUndefined();
    }
  });
});

describe("temporaryKeyId", () => {
  test("any account and random bytes: AWS's form, and the account is read from it", () => {
    const accounts = fc.integer({ min: 0, max: 999_999_999_999 }).map((number) => String(number).padStart(12, "0"));
    fc.assert(
      fc.property(accounts, fc.uint8Array({ minLength: 10, maxLength: 10 }), (account, random) => {
        const id = temporaryKeyId(account, random);
        expect(id).toMatch(/^ASIA[A-Z2-7]{16}$/);
        expect(accountOfKeyId(id)).toBe(account);
      }),
    );
  });
});
