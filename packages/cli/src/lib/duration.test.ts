import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";

describe("parseDuration", () => {
  test("a whole number and its unit, in milliseconds", () => {
    expect(["0s", "500ms", "10s", "5m", "1h"].map(parseDuration)).toEqual([0, 500, 10_000, 300_000, 3_600_000]);
  });

  test("anything else is none: no unit, no number, a fraction, a sign, a blank, several units", () => {
    const others = ["", "10", "s", "1.5s", "-1s", "+1s", "10 s", "1m30s", "010s", "1d", "10S", "9999999999s", "10s\n"];
    expect(others.filter((text) => parseDuration(text) !== undefined)).toEqual([]);
  });

  test("what is written: reads as the same", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 900_000_000 }),
        (milliseconds) => parseDuration(formatDuration(milliseconds)) === milliseconds,
      ),
    );
    expect([0, 10_000, 1_500, 3_600_000].map(formatDuration)).toEqual(["0s", "10s", "1500ms", "1h"]);
  });
});
