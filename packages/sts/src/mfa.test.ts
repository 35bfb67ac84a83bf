import { expect, test } from "vitest";
import { totp } from "./index.ts";

test("totp: RFC 6238's vectors for SHA-1, the last six digits", () => {
  const seed = new TextEncoder().encode("12345678901234567890");
  for (const [seconds, code] of [
    [59, "287082"],
    [1111111109, "081804"],
    [1111111111, "050471"],
    [1234567890, "005924"],
    [2000000000, "279037"],
    [20000000000, "353130"],
  ] as const) {
    expect(totp(seed, seconds * 1000)).toBe(code);
  }
});
