import { describe, expect, test } from "vitest";
import { NOW, requestOf } from "../../test/requests.ts";
import { STS_REASONS, type StsReason } from "../reasons.ts";
import type { ConfirmedIdentity, StsRefusal } from "../sts/judge-answer.ts";
import type { GateObservation } from "./observation.ts";
import { tokenLeftMs, VerdictCache } from "./verdict-cache.ts";

const ALICE: ConfirmedIdentity = {
  ok: true,
  account: "111122223333",
  arn: "arn:aws:iam::111122223333:user/alice",
  userId: "AIDAEXAMPLE",
};
const FRESH = { now: 0, tokenLeftMs: 900_000 };
const RULES = { verifiedEntries: 2, refusedEntries: 2, lifetimeMs: 60_000 };

function cacheOf(rules: Partial<typeof RULES> = {}): { cache: VerdictCache; observed: GateObservation[] } {
  const observed: GateObservation[] = [];
  return { cache: new VerdictCache({ ...RULES, ...rules }, (observation) => observed.push(observation)), observed };
}

const refusedFor = (reason: StsReason): StsRefusal => ({ ok: false, stage: "sts", reason, detail: "d" });

/** For how long a verdict is remembered, to the millisecond. */
function lifetimeOf(verdict: ConfirmedIdentity | StsRefusal, tokenLeftMs = 900_000): number {
  const isRemembered = (now: number): boolean => {
    const { cache } = cacheOf();
    cache.remember("k", verdict, { now: 0, tokenLeftMs });
    return cache.recall("k", now) !== undefined;
  };
  return [0, 10_000, 20_000, 60_000].find((now) => !isRemembered(now) && (now === 0 || isRemembered(now - 1))) ?? -1;
}

describe("VerdictCache", () => {
  test("an identity: for a minute, marked as remembered", () => {
    const { cache, observed } = cacheOf();
    cache.remember("k", ALICE, FRESH);
    expect(cache.recall("k", 59_999)).toEqual({ ...ALICE, cached: true });
    expect(cache.recall("k", 60_000)).toBeUndefined();
    expect(observed).toEqual([{ kind: "cache-hit", cache: "verified" }]);
  });

  test("a token with less than a minute left: no longer than that", () => {
    expect(lifetimeOf(ALICE, 20_000)).toBe(20_000);
    expect(lifetimeOf(refusedFor("signature-does-not-match"), 20_000)).toBe(20_000);
    expect(lifetimeOf(ALICE, 0)).toBe(0);
    expect(lifetimeOf(ALICE, -1)).toBe(0);
  });

  test("a token dated ahead: a minute all the same", () => {
    expect(lifetimeOf(ALICE, 1_200_000)).toBe(60_000);
  });

  // A key's secret and the cluster id never change; the rest can be mended, or mends itself.
  const lifetimes: Readonly<Record<StsReason, number>> = {
    "signature-does-not-match": 60_000,
    "signature-expired": 60_000,
    "expired-token": 60_000,
    "invalid-client-token-id": 10_000,
    "region-disabled": 10_000,
    "access-denied": 10_000,
    "refused-by-sts": 10_000,
    "signature-not-yet-current": 0,
  };
  for (const reason of Object.values(STS_REASONS)) {
    test(`refused as ${reason}: remembered for ${lifetimes[reason] / 1000} s`, () => {
      expect(lifetimeOf(refusedFor(reason))).toBe(lifetimes[reason]);
    });
  }

  test("a refusal: marked as remembered", () => {
    const { cache, observed } = cacheOf();
    cache.remember("k", refusedFor("expired-token"), FRESH);
    expect(cache.recall("k", 1)).toEqual({ ...refusedFor("expired-token"), cached: true });
    expect(observed).toEqual([{ kind: "cache-hit", cache: "refused" }]);
  });

  test("refusals without number: evict no identity, and the other way round", () => {
    const { cache } = cacheOf();
    cache.remember("alice", ALICE, FRESH);
    for (let i = 0; i < 100; i++) cache.remember(`junk-${i}`, refusedFor("signature-does-not-match"), FRESH);
    expect(cache.recall("alice", 1)?.ok).toBe(true);
    for (let i = 0; i < 100; i++) cache.remember(`user-${i}`, ALICE, FRESH);
    expect(cache.recall("junk-99", 1)?.ok).toBe(false);
    expect([cache.recall("junk-97", 1), cache.recall("user-97", 1)]).toEqual([undefined, undefined]);
  });

  test("a lifetime of 0: nothing is remembered", () => {
    const { cache } = cacheOf({ lifetimeMs: 0 });
    cache.remember("k", ALICE, FRESH);
    expect(cache.recall("k", 0)).toBeUndefined();
  });

  test("a lifetime over a minute: RangeError", () => {
    for (const lifetimeMs of [60_001, -1, Number.NaN]) expect(() => cacheOf({ lifetimeMs })).toThrow(RangeError);
  });

  test("tokenLeftMs: 15 minutes from X-Amz-Date, whatever X-Amz-Expires says", () => {
    const request = requestOf({ signedAt: NOW });
    expect(tokenLeftMs(request, NOW + 1_000)).toBe(899_000);
    expect(tokenLeftMs({ ...request, expiresSeconds: 60 }, NOW + 1_000)).toBe(899_000);
  });
});
