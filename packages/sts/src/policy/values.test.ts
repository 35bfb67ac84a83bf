import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lies, parseIpRange } from "./ip-range.ts";
import { parseMoment } from "./moment.ts";
import { parseTemplate, resolve } from "./template.ts";

const isIn = (address: string, range: string): boolean | undefined => {
  const parsed = parseIpRange(range);
  return parsed && lies(address, parsed);
};

describe("addresses and ranges", () => {
  test("any IPv4 address: in its own range of every length, and alone in that of 32", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.nat(32), (a, b, length) => {
        expect(isIn(a, `${a}/${length}`)).toBe(true);
        expect(isIn(b, a)).toBe(a === b);
      }),
    );
  });

  test("any IPv6 address: in its own range, in whichever spelling", () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.nat(128), (address, length) => {
        if (address.includes(".")) return;
        expect(isIn(address.toUpperCase(), `${address}/${length}`)).toBe(true);
      }),
    );
  });

  test("an IPv4 caller of a dual-stack socket: its IPv4 address", () => {
    expect(isIn("::ffff:203.0.113.7", "203.0.113.0/24")).toBe(true);
    expect(isIn("::ffff:203.0.114.7", "203.0.113.0/24")).toBe(false);
  });

  test("the other family: never in a range, not even in all of it", () => {
    expect(isIn("203.0.113.7", "::/0")).toBe(false);
    expect(isIn("2001:db8::1", "0.0.0.0/0")).toBe(false);
  });

  test("what is no address: refused", () => {
    for (const text of [
      "",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.256",
      "01.2.3.4",
      "1.2.3.4/33",
      "::1::",
      "1:2:3:4:5:6:7",
      ":::",
      "g::",
    ]) {
      expect([text, parseIpRange(text)]).toEqual([text, undefined]);
    }
  });
});

describe("moments", () => {
  // https://www.w3.org/TR/NOTE-datetime
  test("each of W3C's forms, and seconds since 1970: the same moment", () => {
    const day = Date.UTC(1997, 6, 16);
    expect(parseMoment("1997")).toBe(Date.UTC(1997, 0, 1));
    expect(parseMoment("1997-07")).toBe(Date.UTC(1997, 6, 1));
    expect(parseMoment("1997-07-16")).toBe(day);
    expect(parseMoment("1997-07-16T19:20+01:00")).toBe(day + (18 * 60 + 20) * 60_000);
    expect(parseMoment("1997-07-16T19:20:30+01:00")).toBe(day + ((18 * 60 + 20) * 60 + 30) * 1000);
    expect(parseMoment("1997-07-16T19:20:30.45+01:00")).toBe(day + ((18 * 60 + 20) * 60 + 30.45) * 1000);
    expect(parseMoment("869011200")).toBe(day);
  });

  test("any moment: as it spells itself", () => {
    const dates = fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(fc.property(dates, (date) => parseMoment(date.toISOString()) === date.getTime()));
  });

  test("what is none: refused", () => {
    for (const text of [
      "",
      "soon",
      "1997-13",
      "1997-02-30",
      "1997-07-16T25:00Z",
      "1997-07-16T19:20:30",
      "1997-07-16 19:20Z",
    ]) {
      expect([text, parseMoment(text)]).toEqual([text, undefined]);
    }
  });
});

describe("variables", () => {
  const filled = (text: string, values: Record<string, readonly string[]> = {}): string | undefined => {
    const parsed = parseTemplate(text);
    return parsed.ok
      ? resolve(parsed.template, new Map(Object.entries(values)))
          ?.map((part) => part.text)
          .join("")
      : undefined;
  };

  test("defaults: with quotes, commas and braces within", () => {
    expect(filled("${aws:username, 'it''s {me}, I'}")).toBe("it's {me}, I");
    expect(filled("${aws:username, ''}")).toBe("");
  });

  test("a value that looks like a variable or a pattern: stands for itself", () => {
    const parsed = parseTemplate("${aws:username}");
    const parts = parsed.ok ? resolve(parsed.template, new Map([["aws:username", ["${aws:userid}*"]]])) : undefined;
    expect(parts).toEqual([{ text: "${aws:userid}*", literal: true }]);
  });

  // "You can use any single-valued condition key as a variable."
  test("a key of several values: no value", () => {
    expect(filled("${aws:TagKeys}", { "aws:tagkeys": ["a", "b"] })).toBeUndefined();
  });

  test("text without variables: itself, a dollar sign included", () => {
    fc.assert(fc.property(fc.string(), (text) => text.includes("${") || filled(text) === text));
  });
});
