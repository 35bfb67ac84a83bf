import { ExpiringLru } from "./expiring-lru.ts";
import type { GateRules } from "./gate-rules.ts";
import { type Rate, TokenBucket } from "./token-bucket.ts";

/** How many STS calls are begun, at most; see GateRules. */
export type CallRates = Pick<GateRules, "callsPerSecondPerPair" | "callsPerSecond" | "pairs">;

/** Leave to call STS once. */
export interface Permit {
  readonly ok: true;
  /** Whether STS confirmed this pair within the last hour. */
  readonly isKnown: boolean;
  /** STS confirmed the bearer: the call costs nothing, and the pair is known for an hour from now. */
  readonly confirmed: (now: number) => void;
}

/** Too many calls, and whose. */
export interface Limited {
  readonly ok: false;
  readonly by: "pair" | "overall";
}

const KNOWN_FOR_MS = 3_600_000;
/** This part of the overall burst is for known pairs alone. */
const KEPT_FOR_KNOWN = 1 / 5;

/**
 * Token buckets before the network, one for each pair of access key and session token and one for all.
 *
 * Access key ids are public, so a bucket by key id alone would let anybody lock its owner out. The session token is
 * secret, so a forger who has not stolen it empties other buckets than the owner's. Known pairs stand in a memory of their
 * own, which only STS's confirmations write to, and the last fifth of the overall bucket is theirs: pairs made up by
 * the thousand neither evict them nor crowd them out.
 *
 * @throws RangeError for a rate or capacity below 1.
 */
export class Limits {
  readonly #pairRate: Rate;
  readonly #overall: TokenBucket;
  readonly #keptForKnown: number;
  readonly #known: ExpiringLru<TokenBucket>;
  readonly #strangers: ExpiringLru<TokenBucket>;

  constructor({ callsPerSecondPerPair, callsPerSecond, pairs }: CallRates, now: number) {
    this.#pairRate = rateOf(callsPerSecondPerPair);
    this.#overall = new TokenBucket(rateOf(callsPerSecond), now);
    this.#keptForKnown = Math.floor(callsPerSecond * KEPT_FOR_KNOWN);
    this.#known = new ExpiringLru(pairs);
    this.#strangers = new ExpiringLru(pairs);
  }

  /** @param pair - the pair's key, see cache-key.ts. */
  admit(pair: string, now: number): Permit | Limited {
    const known = this.#known.get(pair, now);
    const isKnown = known !== undefined;
    const bucket = known ?? this.#strangers.get(pair, now) ?? this.#watch(pair, now);
    if (!bucket.take(now)) return { ok: false, by: "pair" };
    if (!this.#overall.take(now, isKnown ? 0 : this.#keptForKnown)) {
      bucket.refund();
      return { ok: false, by: "overall" };
    }
    const confirmed = (at: number): void => {
      bucket.refund();
      this.#overall.refund();
      this.#known.set(pair, bucket, at + KNOWN_FOR_MS);
    };
    return { ok: true, isKnown, confirmed };
  }

  #watch(pair: string, now: number): TokenBucket {
    const bucket = new TokenBucket(this.#pairRate, now);
    this.#strangers.set(pair, bucket, Infinity);
    return bucket;
  }
}

/** A second's worth may come at once. */
function rateOf(perSecond: number): Rate {
  return { perSecond, burst: perSecond };
}
