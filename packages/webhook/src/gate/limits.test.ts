import { describe, expect, test } from "vitest";
import { GATE_DEFAULTS } from "./gate-rules.ts";
import { type CallRates, Limits } from "./limits.ts";

const HOUR_MS = 3_600_000;
const SMALL: CallRates = { callsPerSecondPerPair: 2, callsPerSecond: 10, pairs: 4 };

/** Whether so many calls of a pair are let through at once. */
function admitted(limits: Limits, pair: string, times: number, now = 0): boolean[] {
  return Array.from({ length: times }, () => limits.admit(pair, now).ok);
}

function makeKnown(limits: Limits, pair: string, now = 0): void {
  const permit = limits.admit(pair, now);
  if (!permit.ok) throw new Error("not admitted");
  permit.confirmed(now);
}

describe("limits: one pair", () => {
  test("20 different tokens of one key within a second: let through by the defaults", () => {
    expect(admitted(new Limits(GATE_DEFAULTS, 0), "a", 20)).not.toContain(false);
  });

  test("the defaults: 50 at once and 50 a second, none more", () => {
    const limits = new Limits(GATE_DEFAULTS, 0);
    expect(admitted(limits, "a", 60).filter(Boolean)).toHaveLength(50);
    expect(admitted(limits, "a", 60, 1_000).filter(Boolean)).toHaveLength(50);
  });

  test("one pair over its rate: others are not touched, and the overall rate is not spent", () => {
    const limits = new Limits(SMALL, 0);
    expect(admitted(limits, "a", 100).filter(Boolean)).toHaveLength(2);
    expect(limits.admit("a", 0)).toEqual({ ok: false, by: "pair" });
    expect(admitted(limits, "b", 2)).toEqual([true, true]);
    expect(admitted(limits, "c", 2)).toEqual([true, true]);
  });

  test("successes: cost nothing", () => {
    const limits = new Limits(SMALL, 0);
    for (let i = 0; i < 100; i++) makeKnown(limits, "a");
    expect(admitted(limits, "a", 3)).toEqual([true, true, false]);
  });
});

describe("limits: all together", () => {
  test("strangers: leave the last fifth; known pairs use it", () => {
    const limits = new Limits({ ...SMALL, callsPerSecondPerPair: 100 }, 0);
    makeKnown(limits, "known");
    expect(admitted(limits, "stranger", 20).filter(Boolean)).toHaveLength(8);
    expect(limits.admit("stranger", 0)).toEqual({ ok: false, by: "overall" });
    expect(admitted(limits, "known", 3)).toEqual([true, true, false]);
  });

  test("turned away by the overall rate: the pair's own is not spent", () => {
    const limits = new Limits({ ...SMALL, callsPerSecondPerPair: 1 }, 0);
    for (let i = 0; i < 8; i++) expect(limits.admit(`stranger-${i}`, 0).ok).toBe(true);
    expect(limits.admit("a", 0)).toEqual({ ok: false, by: "overall" });
    expect(limits.admit("a", 100).ok).toBe(true);
  });

  test("rates of 1: somebody is let through", () => {
    const limits = new Limits({ callsPerSecondPerPair: 1, callsPerSecond: 1, pairs: 2 }, 0);
    expect(limits.admit("a", 0).ok).toBe(true);
  });
});

describe("limits: known pairs", () => {
  test("known for an hour after the last confirmation, and no longer", () => {
    const limits = new Limits(SMALL, 0);
    makeKnown(limits, "a");
    makeKnown(limits, "a", 1_000);
    expect(limits.admit("a", HOUR_MS + 999)).toMatchObject({ ok: true, isKnown: true });
    expect(limits.admit("a", HOUR_MS + 1_000)).toMatchObject({ ok: true, isKnown: false });
  });

  test("hostile pairs without number: evict no known one", () => {
    const limits = new Limits({ ...SMALL, callsPerSecond: 1_000_000 }, 0);
    makeKnown(limits, "a");
    for (let i = 0; i < 1_000; i++) limits.admit(`hostile-${i}`, 0);
    expect(limits.admit("a", 0)).toMatchObject({ ok: true, isKnown: true });
  });

  test("known pairs: bounded too", () => {
    const limits = new Limits(SMALL, 0);
    for (let i = 0; i < 5; i++) makeKnown(limits, `known-${i}`);
    expect(limits.admit("known-0", 0)).toMatchObject({ isKnown: false });
    expect(limits.admit("known-4", 0)).toMatchObject({ isKnown: true });
  });

  test("a pair that fell out of memory while STS was asked: known all the same", () => {
    const limits = new Limits({ ...SMALL, callsPerSecond: 1_000_000 }, 0);
    const permit = limits.admit("a", 0);
    for (let i = 0; i < 10; i++) limits.admit(`hostile-${i}`, 0);
    if (permit.ok) permit.confirmed(0);
    expect(limits.admit("a", 0)).toMatchObject({ ok: true, isKnown: true });
  });
});
