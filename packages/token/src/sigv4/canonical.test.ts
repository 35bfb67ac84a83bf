import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalHeaderValue, canonicalPath, canonicalQuery, encodeRfc3986 } from "./canonical.ts";

describe("encodeRfc3986", () => {
  test("unreserved characters: stay", () => {
    const unreserved = "ABCXYZabcxyz0189-._~";
    expect(encodeRfc3986(unreserved)).toBe(unreserved);
  });

  test("everything else: the UTF-8 bytes in capital hexadecimal", () => {
    expect(encodeRfc3986("!'()*")).toBe("%21%27%28%29%2A");
    expect(encodeRfc3986(" +/=&?%")).toBe("%20%2B%2F%3D%26%3F%25");
    expect(encodeRfc3986("é世🚀")).toBe("%C3%A9%E4%B8%96%F0%9F%9A%80");
  });

  test("any text: decodes to itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(encodeRfc3986(text)).toMatch(/^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*$/);
        expect(decodeURIComponent(encodeRfc3986(text))).toBe(text);
      }),
    );
  });
});

describe("canonicalQuery", () => {
  test("order: by name, then by value, never by the text of the pair", () => {
    // "a-" comes before "a=" as text, but after "a" as a name.
    expect(
      canonicalQuery([
        ["a-", "1"],
        ["a", "2"],
        ["a", "1"],
        ["B", ""],
      ]),
    ).toBe("B=&a=1&a=2&a-=1");
  });

  test("order given: makes no difference", () => {
    const pairs = fc.array(fc.tuple(fc.stringMatching(/^[aA~.-]{1,3}$/), fc.stringMatching(/^[01%]{0,2}$/)));
    fc.assert(
      fc.property(pairs, (some) => {
        expect(canonicalQuery(some.toReversed())).toBe(canonicalQuery(some));
      }),
    );
  });

  test("nothing: is empty", () => {
    expect(canonicalQuery([])).toBe("");
  });
});

describe("canonicalPath", () => {
  // From the AWS Signature Version 4 test suite, "normalize-path", with the second encoding of every service but S3.
  test.each([
    ["", "/"],
    ["/", "/"],
    ["//", "/"],
    ["/./", "/"],
    ["/example/..", "/"],
    ["/example1/example2/../..", "/"],
    ["/./example", "/example"],
    ["//example//", "/example/"],
    ["/example%20space/", "/example%2520space/"],
    ["/-._~0123456789ABCxyz", "/-._~0123456789ABCxyz"],
  ])("%j: becomes %j", (path, canonical) => {
    expect(canonicalPath(path)).toBe(canonical);
  });
});

describe("canonicalHeaderValue", () => {
  test("blanks: trimmed, and each run one space", () => {
    expect(canonicalHeaderValue("  a  b\t \tc\td ")).toBe("a b c d");
    expect(canonicalHeaderValue("plain text")).toBe("plain text");
    expect(canonicalHeaderValue(" ")).toBe("");
  });

  test("bytes that are blanks only as characters: stay", () => {
    expect(canonicalHeaderValue("\u00c3\u00a0")).toBe("\u00c3\u00a0");
    expect(canonicalHeaderValue(" a  \u00c3\u00a0")).toBe("a \u00c3\u00a0");
    expect(canonicalHeaderValue("\u00c3\u0085 \u00c2\u00a0")).toBe("\u00c3\u0085 \u00c2\u00a0");
  });
});
