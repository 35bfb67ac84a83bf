import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FakeTime, settled } from "../../test/fake-time.ts";
import { type SlotRules, Slots } from "./concurrency.ts";

function slotsOf(rules: Partial<SlotRules> = {}): { slots: Slots; time: FakeTime } {
  const time = new FakeTime();
  return { slots: new Slots({ slots: 4, waiting: 4, waitMs: 1_000, ...rules }, time.after), time };
}

const STRANGER = false;
const KNOWN = true;

/** Takes or waits; what became of it can be looked at any time. */
function want(slots: Slots, isKnown: boolean): { granted: boolean | undefined } {
  const wish: { granted: boolean | undefined } = { granted: undefined };
  if (slots.take(isKnown)) wish.granted = true;
  else void slots.wait(isKnown).then((granted) => (wish.granted = granted));
  return wish;
}

describe("Slots", () => {
  test("strangers: three quarters; known pairs: all of them", () => {
    const { slots } = slotsOf();
    expect([1, 2, 3, 4].map(() => slots.take(STRANGER))).toEqual([true, true, true, false]);
    expect([slots.take(KNOWN), slots.take(KNOWN)]).toEqual([true, false]);
    expect(slots.taken).toBe(4);
  });

  test("one slot in all: a stranger may have it", () => {
    expect(slotsOf({ slots: 1 }).slots.take(STRANGER)).toBe(true);
  });

  test("no slot free: the next that is, in the order of arrival", async () => {
    const { slots, time } = slotsOf({ slots: 1 });
    const wishes = [want(slots, STRANGER), want(slots, STRANGER), want(slots, STRANGER)];
    slots.release();
    await settled();
    expect(wishes.map((wish) => wish.granted)).toEqual([true, true, undefined]);
    slots.release();
    await settled();
    expect(wishes.map((wish) => wish.granted)).toEqual([true, true, true]);
    expect(time.pending).toBe(0);
  });

  test("a known pair: goes before strangers who came earlier", async () => {
    const { slots } = slotsOf({ slots: 1 });
    const wishes = [want(slots, STRANGER), want(slots, STRANGER), want(slots, KNOWN)];
    slots.release();
    await settled();
    expect(wishes.map((wish) => wish.granted)).toEqual([true, undefined, true]);
  });

  test("the wait: over after its time, and the slot is not lost", async () => {
    const { slots, time } = slotsOf({ slots: 1 });
    const [, late] = [want(slots, STRANGER), want(slots, STRANGER)];
    await time.advance(999);
    expect(late?.granted).toBeUndefined();
    await time.advance(1);
    expect(late?.granted).toBe(false);
    slots.release();
    expect([slots.taken, slots.waiting]).toEqual([0, 0]);
    expect(slots.take(STRANGER)).toBe(true);
  });

  test("places to wait: bounded, a quarter of them for known pairs", async () => {
    const { slots } = slotsOf({ slots: 1 });
    want(slots, STRANGER);
    const strangers = [1, 2, 3, 4].map(() => want(slots, STRANGER));
    const known = [1, 2].map(() => want(slots, KNOWN));
    await settled();
    expect(strangers.map((wish) => wish.granted)).toEqual([undefined, undefined, undefined, false]);
    expect(known.map((wish) => wish.granted)).toEqual([undefined, false]);
    expect(slots.waiting).toBe(4);
  });

  test("one place to wait in all: a stranger may have it, and no second one", async () => {
    const { slots } = slotsOf({ slots: 1, waiting: 1 });
    const wishes = [want(slots, STRANGER), want(slots, STRANGER), want(slots, STRANGER)];
    await settled();
    expect(wishes.map((wish) => wish.granted)).toEqual([true, undefined, false]);
  });

  test("all places taken by known pairs: no stranger waits", async () => {
    const { slots } = slotsOf({ slots: 1, waiting: 4 });
    const known = [1, 2, 3, 4, 5].map(() => want(slots, KNOWN));
    const stranger = want(slots, STRANGER);
    await settled();
    expect(known.map((wish) => wish.granted)).toEqual([true, undefined, undefined, undefined, undefined]);
    expect(stranger.granted).toBe(false);
  });

  test("the last quarter of the slots: given back to a known pair that waits, never to a stranger", async () => {
    const { slots } = slotsOf();
    for (let i = 0; i < 4; i++) want(slots, KNOWN);
    const [stranger, known] = [want(slots, STRANGER), want(slots, KNOWN)];
    slots.release();
    await settled();
    expect([stranger.granted, known.granted]).toEqual([undefined, true]);
    slots.release();
    await settled();
    expect([stranger.granted, slots.taken]).toEqual([undefined, 3]);
    slots.release();
    await settled();
    expect([stranger.granted, slots.taken]).toEqual([true, 3]);
  });

  test("fewer than one slot: RangeError", () => {
    for (const slots of [0, -1, 1.5, Number.NaN]) expect(() => slotsOf({ slots })).toThrow(RangeError);
  });

  test("any comings and goings: never over the bounds, nobody waits beside a slot that is free for him", async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("want" as const), isKnown: fc.boolean() }),
      fc.record({ do: fc.constant("release" as const), isKnown: fc.boolean() }),
      fc.record({ do: fc.constant("wait" as const), isKnown: fc.boolean() }),
    );
    const size = fc.integer({ min: 1, max: 5 });
    await fc.assert(
      fc.asyncProperty(size, fc.nat(5), fc.array(step, { maxLength: 40 }), async (size, waiting, steps) => {
        const { slots, time } = slotsOf({ slots: size, waiting });
        const wishes: { granted: boolean | undefined; isKnown: boolean }[] = [];
        let released = 0;
        for (const { do: act, isKnown } of steps) {
          if (act === "want") wishes.push(Object.assign(want(slots, isKnown), { isKnown }));
          if (act === "release" && slots.taken > 0) {
            released += 1;
            slots.release();
          }
          if (act === "wait") await time.advance(400);
          await settled();
          const granted = wishes.filter((wish) => wish.granted === true).length;
          expect(slots.taken).toBe(granted - released);
          expect(slots.taken).toBeLessThanOrEqual(size);
          expect(slots.waiting).toBeLessThanOrEqual(waiting);
          const waits = (isKnown: boolean): boolean =>
            wishes.some((wish) => wish.granted === undefined && wish.isKnown === isKnown);
          if (waits(true)) expect(slots.taken).toBe(size);
          if (waits(false)) expect(slots.taken).toBeGreaterThanOrEqual(size - Math.floor(size / 4));
          expect(time.pending).toBe(slots.waiting);
        }
      }),
      { seed: 20261122, numRuns: 100 },
    );
  });
});
