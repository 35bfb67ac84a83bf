import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asRecord, parseStrictJson } from "./strict-json.ts";

const parse = (text: string): unknown => parseStrictJson(new TextEncoder().encode(text));

describe("parseStrictJson", () => {
  test("any JSON value: the same as JSON.parse", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.boolean(), (text, indented) => {
        const value: unknown = JSON.parse(text);
        const spelling = JSON.stringify(value, null, indented ? 2 : 0);
        expect(parse(spelling)).toEqual(JSON.parse(spelling));
      }),
    );
  });

  test("a key twice: refused at any depth, however its spelling is escaped", () => {
    for (const text of [
      '{"a":1,"a":1}',
      '{"a":1,"b":2,"a":3}',
      '[[{"x":{"a":1,"a":2}}]]',
      '{"a":1,"\\u0061":2}',
      '{"":1,"":2}',
      '{"__proto__":1,"__proto__":2}',
      '{"a:b":1,"a:b":2}',
    ]) {
      expect(() => parse(text)).toThrow("an object has a key twice");
    }
  });

  test("colons, quotes and backslashes inside strings: not taken for keys", () => {
    for (const value of [{ "a:b": ":" }, ['":"', "\\:", '\\":'], { '"': "\\\\", "\\": '":' }]) {
      expect(parse(JSON.stringify(value))).toEqual(value);
    }
  });

  test("the same key in different objects: taken", () => {
    expect(parse('[{"a":1},{"a":{"a":2}}]')).toEqual([{ a: 1 }, { a: { a: 2 } }]);
  });

  test("byte order mark, invalid UTF-8, two values, nothing: SyntaxError", () => {
    const texts = ["\ufeff{}", "{} {}", "", " ", "{'a':1}", '{"a":1,}', "[NaN]", '"\t"', "{}//"];
    for (const text of texts) expect(() => parse(text)).toThrow(SyntaxError);
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xff, 0xfe],
    ]) {
      expect(() => parseStrictJson(Uint8Array.from(bytes))).toThrow(SyntaxError);
    }
  });

  test("64 KiB of open brackets: SyntaxError, no crash", () => {
    expect(() => parse("[".repeat(65_536))).toThrow(SyntaxError);
    expect(() => parse('{"a":'.repeat(13_000))).toThrow(SyntaxError);
  });

  test("errors: never quote the text", () => {
    for (const text of ['{"token":"canary"', '{"canary":1,"canary":2}', "canary"]) {
      expect(() => parse(text)).toThrow(expect.not.objectContaining({ message: expect.stringContaining("canary") }));
    }
  });

  test("no bytes whatever give another fault than SyntaxError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          parseStrictJson(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});

test("asRecord: own keys only, and nothing for what is no object", () => {
  expect(asRecord(JSON.parse('{"a":1}'))["a"]).toBe(1);
  expect(asRecord({})["toString"]).toBeUndefined();
  for (const value of [null, undefined, 1, "abc", [1]]) expect(Object.keys(asRecord(value))).toEqual([]);
});
