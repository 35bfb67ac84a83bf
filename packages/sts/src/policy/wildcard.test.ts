import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitsWildcard, wildcardOf } from "./wildcard.ts";

const fits = (pattern: string, text: string): boolean =>
  fitsWildcard(wildcardOf([{ text: pattern, literal: false }]), text);

describe("wildcards", () => {
  test("any pattern and text: the same as trying every way to share the text out", () => {
    const texts = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 12 });
    const patterns = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => fits(pattern, text) === naive(pattern, text)),
      { numRuns: 5000 },
    );
  });

  test("a text that stands for itself: its stars are stars", () => {
    const literal = wildcardOf([{ text: "a*?", literal: true }]);
    expect(fitsWildcard(literal, "a*?")).toBe(true);
    expect(fitsWildcard(literal, "abc")).toBe(false);
  });

  test("a pattern made to keep a server busy: answered at once", () => {
    const started = performance.now();
    expect(fits("*a".repeat(1000) + "*b", "a".repeat(4000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

function naive(pattern: string, text: string): boolean {
  const [first, rest] = [pattern.charAt(0), pattern.slice(1)];
  if (first === "") return text === "";
  if (first === "*") return naive(rest, text) || (text !== "" && naive(pattern, text.slice(1)));
  return text !== "" && (first === "?" || first === text.charAt(0)) && naive(rest, text.slice(1));
}
