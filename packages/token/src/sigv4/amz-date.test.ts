import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { amzDateOf, parseAmzDate } from "./amz-date.ts";

describe("amzDateOf", () => {
  test("a moment: the basic format of ISO 8601, fractions dropped", () => {
    expect(amzDateOf(Date.UTC(2015, 7, 30, 12, 36, 0))).toBe("20150830T123600Z");
    expect(amzDateOf(Date.UTC(2015, 7, 30, 12, 36, 0, 999))).toBe("20150830T123600Z");
    expect(amzDateOf(Date.UTC(2015, 7, 30, 12, 36, 1))).toBe("20150830T123601Z");
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, Date.UTC(10_000, 0)])("%d: is no moment to sign at", (now) => {
    expect(() => amzDateOf(now)).toThrow(RangeError);
  });
});

describe("parseAmzDate", () => {
  test.each([
    "",
    "20150830T123600",
    "20150830t123600Z",
    "20150830T123600z",
    "2015-08-30T12:36:00Z",
    "20150230T123600Z",
    "20150829T246000Z",
    "20150830T240000Z",
    "20150830T123660Z",
    "00000000T000000Z",
    "20150830T123600Z ",
    "20150830T123600Z\n",
    "٢٠١٥٠٨٣٠T123600Z",
  ])("%j: is no X-Amz-Date", (text) => {
    expect(parseAmzDate(text)).toBe(undefined);
  });

  test("every moment: comes back to the second", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (now) => {
        expect(parseAmzDate(amzDateOf(now))).toBe(Math.floor(now / 1000) * 1000);
      }),
    );
  });

  test("any text: is itself again, or refused", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{8}T\d{6}Z$/), (text) => {
        const moment = parseAmzDate(text);
        if (moment !== undefined) expect(amzDateOf(moment)).toBe(text);
      }),
    );
  });
});
