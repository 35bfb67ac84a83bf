import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Breaker, type Pass } from "./breaker.ts";
import type { BreakerState } from "./observation.ts";

function breakerOf(failuresToOpen = 3, openMs = 1_000): { breaker: Breaker; states: BreakerState[] } {
  const states: BreakerState[] = [];
  return { breaker: new Breaker({ failuresToOpen, openMs }, (state) => states.push(state)), states };
}

function entered(breaker: Breaker, now: number, isKnown = false): Pass {
  const pass = breaker.enter(isKnown, now);
  if (pass === undefined) throw new Error("not let through");
  return pass;
}

const fail = (breaker: Breaker, now: number): void => breaker.settle(entered(breaker, now), "failed", now);

describe("Breaker", () => {
  test("so many failures in a row: open; an answer between begins the count anew", () => {
    const { breaker, states } = breakerOf(3);
    fail(breaker, 0);
    fail(breaker, 0);
    breaker.settle(entered(breaker, 0), "answered", 0);
    fail(breaker, 0);
    fail(breaker, 0);
    expect(breaker.state).toBe("closed");
    fail(breaker, 0);
    expect(breaker.state).toBe("open");
    expect(states).toEqual(["open"]);
  });

  test("open: nothing passes until the time is over, then one probe", () => {
    const { breaker, states } = breakerOf(1);
    fail(breaker, 0);
    expect([0, 500, 999].map((now) => breaker.enter(false, now))).toEqual([undefined, undefined, undefined]);
    expect(breaker.enter(false, 1_000)).toBeDefined();
    expect(breaker.enter(false, 1_000)).toBeUndefined();
    expect(states).toEqual(["open", "half-open"]);
  });

  test("a probe that is answered: closed", () => {
    const { breaker, states } = breakerOf(1);
    fail(breaker, 0);
    breaker.settle(entered(breaker, 1_000), "answered", 1_100);
    expect(states).toEqual(["open", "half-open", "closed"]);
    expect([breaker.enter(false, 1_100), breaker.enter(false, 1_100)]).not.toContain(undefined);
  });

  test("a probe that fails: open again, from then", () => {
    const { breaker, states } = breakerOf(3);
    for (let i = 0; i < 3; i++) fail(breaker, 0);
    breaker.settle(entered(breaker, 1_000), "failed", 3_000);
    expect(states).toEqual(["open", "half-open", "open"]);
    expect(breaker.enter(false, 3_999)).toBeUndefined();
    expect(breaker.enter(false, 4_000)).toBeDefined();
  });

  test("a stranger: probes beside a known pair's probe", () => {
    const { breaker } = breakerOf(1);
    fail(breaker, 0);
    entered(breaker, 1_000, true);
    expect(breaker.enter(false, 1_000)).toBeDefined();
    expect(breaker.enter(false, 1_000)).toBeUndefined();
  });

  test("after each opening: new probes", () => {
    const { breaker } = breakerOf(1);
    fail(breaker, 0);
    for (const now of [1_000, 2_000, 3_000]) {
      const stranger = entered(breaker, now, false);
      expect(breaker.enter(true, now)).toBeDefined();
      breaker.settle(stranger, "failed", now);
    }
  });

  test("a known pair: probes beside a stranger's probe, and closes by its answer", () => {
    const { breaker } = breakerOf(1);
    fail(breaker, 0);
    entered(breaker, 1_000, false);
    const known = entered(breaker, 1_000, true);
    expect(breaker.enter(true, 1_000)).toBeUndefined();
    breaker.settle(known, "answered", 1_001);
    expect(breaker.state).toBe("closed");
  });

  test("calls begun before it opened: their late ends change nothing", () => {
    const { breaker } = breakerOf(1);
    const [early, alsoEarly] = [entered(breaker, 0), entered(breaker, 0)];
    fail(breaker, 0);
    breaker.settle(early, "answered", 10);
    expect(breaker.state).toBe("open");
    breaker.settle(alsoEarly, "failed", 900);
    const probe = entered(breaker, 1_000);
    breaker.settle(probe, "answered", 1_000);
    breaker.settle(early, "failed", 1_001);
    expect(breaker.state).toBe("closed");
  });

  test("wouldPass: as enter would have it, and takes nothing", () => {
    const { breaker } = breakerOf(1);
    fail(breaker, 0);
    expect([breaker.wouldPass(false, 999), breaker.wouldPass(false, 1_000), breaker.wouldPass(false, 1_000)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(breaker.state).toBe("open");
    entered(breaker, 1_000);
    expect([breaker.wouldPass(false, 1_000), breaker.wouldPass(true, 1_000)]).toEqual([false, true]);
  });

  test("any calls whatever: only the allowed changes, one probe a lane, never shut for longer than its rule", () => {
    const step = fc.record({
      wait: fc.nat(400),
      isKnown: fc.boolean(),
      ends: fc.option(fc.record({ index: fc.nat(), outcome: fc.constantFrom("answered" as const, "failed" as const) })),
    });
    const allowed = new Set(["closed>open", "open>half-open", "half-open>open", "half-open>closed"]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 80 }), (failuresToOpen, steps) => {
        const { breaker, states } = breakerOf(failuresToOpen, 1_000);
        let inFlight: (Pass & { readonly isKnown: boolean })[] = [];
        let now = 0;
        let openedAt = 0;
        for (const { wait, isKnown, ends } of steps) {
          now += wait;
          const before = breaker.state;
          const pass = breaker.enter(isKnown, now);
          if (before === "closed") expect(pass).toBeDefined();
          if (before === "open") expect(pass !== undefined).toBe(now - openedAt >= 1_000);
          if (pass !== undefined) inFlight.push({ ...pass, isKnown });
          if (breaker.state === "half-open") {
            const era = Math.max(...inFlight.map((other) => other.era));
            for (const lane of [true, false]) {
              const probes = inFlight.filter((other) => other.era === era && other.isKnown === lane);
              expect(probes.length).toBeLessThanOrEqual(1);
            }
          }
          const ending = ends === null ? undefined : inFlight[ends.index % Math.max(1, inFlight.length)];
          if (ending === undefined || ends === null) continue;
          inFlight = inFlight.filter((other) => other !== ending);
          const count = states.length;
          breaker.settle(ending, ends.outcome, now);
          if (states.length > count && breaker.state === "open") openedAt = now;
        }
        let last: BreakerState = "closed";
        for (const state of states) {
          expect(allowed).toContain(`${last}>${state}`);
          last = state;
        }
      }),
      { seed: 20261122, numRuns: 500 },
    );
  });
});
