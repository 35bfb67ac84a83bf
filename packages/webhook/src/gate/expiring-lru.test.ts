import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExpiringLru } from "./expiring-lru.ts";

describe("ExpiringLru", () => {
  test("an entry: given until its end, and not at its end", () => {
    const lru = new ExpiringLru<string>(2);
    lru.set("a", "A", 100);
    expect(lru.get("a", 99)).toBe("A");
    expect(lru.get("a", 100)).toBeUndefined();
    expect(lru.size).toBe(0);
  });

  test("an old entry: ends as a young one does", () => {
    const lru = new ExpiringLru<string>(2);
    lru.set("a", "A", 100);
    lru.set("b", "B", 200);
    expect(lru.get("a", 100)).toBeUndefined();
    expect(lru.size).toBe(1);
  });

  test("a full one: what was not used lately makes room", () => {
    const lru = new ExpiringLru<string>(2);
    lru.set("a", "A", 100);
    lru.set("b", "B", 100);
    lru.get("a", 0);
    lru.set("c", "C", 100);
    expect([lru.get("a", 0), lru.get("b", 0), lru.get("c", 0)]).toEqual(["A", undefined, "C"]);
  });

  test("an entry set again: its new value and end, never the old ones", () => {
    const lru = new ExpiringLru<string>(4);
    lru.set("a", "A", 1_000);
    lru.set("b", "B", 1_000);
    lru.set("c", "C", 1_000);
    expect(lru.size).toBe(3);
    lru.set("a", "A2", 100);
    expect(lru.size).toBe(3);
    expect([lru.get("a", 99), lru.get("a", 100), lru.get("a", 100)]).toEqual(["A2", undefined, undefined]);
  });

  test("a capacity that can hold nothing: RangeError", () => {
    for (const capacity of [0, 1, -1, 2.5, Number.NaN, Infinity]) {
      expect(() => new ExpiringLru(capacity)).toThrow(RangeError);
    }
  });

  test("any use whatever: never over capacity, never a stale value, and the half used last is always there", () => {
    const step = fc.record({
      do: fc.constantFrom("set" as const, "get" as const),
      key: fc.nat(9),
      lifetime: fc.nat(40),
      wait: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.array(step, { maxLength: 80 }), (capacity, steps) => {
        const lru = new ExpiringLru<number>(capacity);
        const lastSet = new Map<number, { value: number; expiresAt: number }>();
        let used: number[] = [];
        let now = 0;
        for (const [value, { do: act, key, lifetime, wait }] of steps.entries()) {
          now += wait;
          if (act === "set") {
            lru.set(String(key), value, now + lifetime);
            lastSet.set(key, { value, expiresAt: now + lifetime });
            used = [...used.filter((other) => other !== key), key];
          } else {
            const last = lastSet.get(key);
            const isLive = last !== undefined && now < last.expiresAt;
            const isRecent = used.slice(-Math.floor(capacity / 2)).includes(key);
            const found = lru.get(String(key), now);
            if (!isLive) expect(found).toBeUndefined();
            else if (isRecent) expect(found).toBe(last.value);
            else expect([last.value, undefined]).toContain(found);
            if (found !== undefined) used = [...used.filter((other) => other !== key), key];
          }
          expect(lru.size).toBeLessThanOrEqual(capacity);
        }
      }),
      { seed: 20261122, numRuns: 500 },
    );
  });
});
