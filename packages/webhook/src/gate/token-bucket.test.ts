import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

describe("TokenBucket", () => {
  test("full at first, then so many a second", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0);
    expect([1, 2, 3, 4].map(() => bucket.take(0))).toEqual([true, true, true, false]);
    expect([99, 100, 150, 200].map((now) => bucket.take(now))).toEqual([false, true, false, true]);
  });

  test("after a long rest: no more than the burst", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, 0);
    expect([1, 2, 3].map(() => bucket.take(1_000_000))).toEqual([true, true, false]);
  });

  test("keep: what is left for others is not touched", () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 3 }, 0);
    expect([bucket.take(0, 2), bucket.take(0, 2), bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  test("refund: of an empty bucket, exactly one", () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 3 }, 0);
    for (let i = 0; i < 3; i++) bucket.take(0);
    bucket.refund();
    expect([bucket.take(0), bucket.take(0)]).toEqual([true, false]);
  });

  test("refund: one more, never more than the burst", () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, 0);
    bucket.refund();
    expect([bucket.take(0), bucket.take(0)]).toEqual([true, false]);
    bucket.refund();
    expect([bucket.take(0), bucket.take(0)]).toEqual([true, false]);
  });

  test("a rate that lets nobody through: RangeError", () => {
    for (const rate of [
      { perSecond: 0, burst: 1 },
      { perSecond: -1, burst: 1 },
      { perSecond: 1, burst: 0.5 },
      { perSecond: Number.NaN, burst: 1 },
    ]) {
      expect(() => new TokenBucket(rate, 0)).toThrow(RangeError);
    }
  });

  test("any arrivals whatever: in no span of time more than the burst and the rate allow, and no fewer than due", () => {
    const arrivals = fc.array(fc.nat(300), { minLength: 1, maxLength: 80 });
    const rate = fc.record({ perSecond: fc.integer({ min: 1, max: 50 }), burst: fc.integer({ min: 1, max: 10 }) });
    fc.assert(
      fc.property(rate, arrivals, (rate, waits) => {
        const bucket = new TokenBucket(rate, 0);
        const taken: number[] = [];
        let now = 0;
        let refusedAt = -1;
        for (const wait of waits) {
          now += wait;
          if (bucket.take(now)) taken.push(now);
          else refusedAt = now;
          // After 1/rate seconds there is one again, whatever came before.
          if (refusedAt === now) {
            now += Math.ceil(1000 / rate.perSecond) + 1;
            expect(bucket.take(now)).toBe(true);
            taken.push(now);
          }
        }
        for (const [first, start] of taken.entries()) {
          for (const [last, end] of taken.entries()) {
            if (last < first) continue;
            const allowed = rate.burst + ((end - start) * rate.perSecond) / 1000;
            expect(last - first + 1).toBeLessThanOrEqual(Math.floor(allowed + 1e-6));
          }
        }
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });
});
