import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRawQuery } from "./raw-query.ts";

const encoded = (rawQuery: string): string | undefined =>
  parseRawQuery(rawQuery)
    ?.map((parameter) => parameter.encoded.join("="))
    .join("&");

describe("parseRawQuery", () => {
  test("spelling: one canonical form, whichever bytes are encoded and in whichever case", () => {
    expect(encoded("a=%2f&b=/&c=%41&%64=%7e")).toBe("a=%2F&b=%2F&c=A&d=~");
  });

  test("plus: is a plus, never a space", () => {
    expect(encoded("a=x+y%20z%2B")).toBe("a=x%2By%20z%2B");
  });

  test("equals: the first one divides", () => {
    expect(encoded("a=b=c&d&=e")).toBe("a=b%3Dc&d=&=e");
  });

  test("decoding: once", () => {
    expect(parseRawQuery("a=%252F")?.[0]).toEqual({ name: "a", value: "%2F", encoded: ["a", "%252F"] });
  });

  test("bytes that are no UTF-8: have a canonical form too", () => {
    expect(encoded("a=%ff%C3")).toBe("a=%FF%C3");
  });

  test("empty pairs: say nothing", () => {
    expect(encoded("&a=1&&b=2&")).toBe("a=1&b=2");
    expect(parseRawQuery("")).toEqual([]);
  });

  test.each(["%", "a=%", "a=%2", "a=%zz", "%g0=1", "a=b c", "a=\u00e9", "a=\t", "a=\u{1f680}", "a=\ud800", "a=\0"])(
    "%j: is no query",
    (rawQuery) => {
      expect(parseRawQuery(rawQuery)).toBe(undefined);
    },
  );

  test("any text: never throws, and a canonical form is its own", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("%", "2", "f", "F", "&", "=", "+", "a", "~", "é", " ") }),
        (text) => {
          const canonical = encoded(text);
          if (canonical !== undefined) expect(encoded(canonical)).toBe(canonical);
        },
      ),
    );
  });
});
