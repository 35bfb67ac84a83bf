import { type PresignedRequest, TOKEN_LIFETIME_SECONDS } from "@iamgate/token";
import { STS_REASONS, type StsReason } from "../reasons.ts";
import type { ConfirmedIdentity, StsRefusal } from "../sts/judge-answer.ts";
import { ExpiringLru } from "./expiring-lru.ts";
import type { GateRules } from "./gate-rules.ts";
import type { ObserveGate } from "./observation.ts";

/** How much the gate remembers, and for how long; see GateRules. */
export type VerdictCacheRules = Pick<GateRules, "verifiedEntries" | "refusedEntries" | "lifetimeMs">;

const MAX_LIFETIME_MS = 60_000;
/** Long enough against a client that asks in a loop, short enough for an administrator who has just mended it. */
const MENDABLE_MS = 10_000;

/**
 * How long STS's refusal of the very same bytes stays true. A key's secret and this verifier's cluster id never change
 * and nothing expired comes back; but a key may be activated, a region enabled, a clock catch up.
 */
const REFUSAL_LIFETIME_MS: Readonly<Record<StsReason, number>> = {
  [STS_REASONS.signatureDoesNotMatch]: MAX_LIFETIME_MS,
  [STS_REASONS.signatureExpired]: MAX_LIFETIME_MS,
  [STS_REASONS.expiredToken]: MAX_LIFETIME_MS,
  [STS_REASONS.invalidClientTokenId]: MENDABLE_MS,
  [STS_REASONS.regionDisabled]: MENDABLE_MS,
  [STS_REASONS.accessDenied]: MENDABLE_MS,
  [STS_REASONS.refusedBySts]: MENDABLE_MS,
  [STS_REASONS.signatureNotYetCurrent]: 0,
};

/**
 * STS's verdicts on requests, those who were confirmed and those who were refused apart, so that junk cannot evict
 * anybody. Identities, not users: a mapping is asked anew each time.
 *
 * @throws RangeError for a lifetime over a minute, since STS may have disabled the key meanwhile.
 */
export class VerdictCache {
  readonly #verified: ExpiringLru<ConfirmedIdentity>;
  readonly #refused: ExpiringLru<StsRefusal>;
  readonly #lifetimeMs: number;
  readonly #observe: ObserveGate;

  constructor(rules: VerdictCacheRules, observe: ObserveGate) {
    if (!(rules.lifetimeMs >= 0 && rules.lifetimeMs <= MAX_LIFETIME_MS)) {
      throw new RangeError(`lifetimeMs is ${rules.lifetimeMs}: expected 0 to ${MAX_LIFETIME_MS}`);
    }
    this.#verified = new ExpiringLru(rules.verifiedEntries);
    this.#refused = new ExpiringLru(rules.refusedEntries);
    this.#lifetimeMs = rules.lifetimeMs;
    this.#observe = observe;
  }

  /** What is remembered of a request, marked as such. */
  recall(key: string, now: number): ConfirmedIdentity | StsRefusal | undefined {
    const verified = this.#verified.get(key, now);
    if (verified !== undefined) {
      this.#observe({ kind: "cache-hit", cache: "verified" });
      return verified;
    }
    const refused = this.#refused.get(key, now);
    if (refused !== undefined) this.#observe({ kind: "cache-hit", cache: "refused" });
    return refused;
  }

  /** @param tokenLeftMs - how long the token itself stays good. */
  remember(key: string, verdict: ConfirmedIdentity | StsRefusal, at: { now: number; tokenLeftMs: number }): void {
    const mayLast = Math.min(this.#lifetimeMs, at.tokenLeftMs);
    if (verdict.ok) {
      if (mayLast > 0) this.#verified.set(key, { ...verdict, cached: true }, at.now + mayLast);
      return;
    }
    const lifetimeMs = Math.min(mayLast, REFUSAL_LIFETIME_MS[verdict.reason]);
    if (lifetimeMs > 0) this.#refused.set(key, { ...verdict, cached: true }, at.now + lifetimeMs);
  }
}

/** How long STS would still honour a request, in milliseconds. */
export function tokenLeftMs({ signedAt }: PresignedRequest, now: number): number {
  return signedAt + TOKEN_LIFETIME_SECONDS * 1000 - now;
}
