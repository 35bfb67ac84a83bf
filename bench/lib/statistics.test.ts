import { describe, expect, test } from "vitest";
import { rowOf } from "./report.ts";
import { quantile, spreadOf } from "./statistics.ts";

describe("statistics", () => {
  test("spreadOf: the middle of an odd and of an even number of values", () => {
    expect(spreadOf([9, 1, 2])).toEqual({ median: 2, min: 1, max: 9 });
    expect(spreadOf([4, 1, 2, 9])).toEqual({ median: 3, min: 1, max: 9 });
  });

  test("spreadOf: of nothing is a mistake of the caller's", () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  test("quantile: between neighbours, and the ends", () => {
    const sorted = Float64Array.from({ length: 101 }, (_, index) => index);
    expect(quantile(sorted, 0.99)).toBe(99);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe("rowOf", () => {
  test("rowOf: a ratio is of one round, not of the medians", () => {
    const row = rowOf("x", { iamgate: [10, 40, 90], peer: [10, 20, 30] }, (value) => value);
    expect(row.iamgate.median).toBe(40);
    expect(row.ratio).toEqual({ median: 2, min: 1, max: 3 });
  });

  test("rowOf: no ratio without a peer, nor over a peer's 0", () => {
    expect(rowOf("x", { iamgate: [1], peer: [] }, (value) => value)).toMatchObject({
      peer: undefined,
      ratio: undefined,
    });
    expect(rowOf("x", { iamgate: [1], peer: [0] }, (value) => value).ratio).toBeUndefined();
  });
});
