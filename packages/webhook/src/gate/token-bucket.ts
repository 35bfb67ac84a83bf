/** How fast a {@link TokenBucket} fills, and how much it holds. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * So many at once, and then so many a second. Begins full. Times are milliseconds of a clock that never goes back.
 */
export class TokenBucket {
  readonly #rate: Rate;
  #level: number;
  #filledAt: number;

  /** @throws RangeError for a rate that would never let anybody through. */
  constructor(rate: Rate, now: number) {
    if (!(rate.perSecond > 0 && rate.burst >= 1)) {
      throw new RangeError(`rate of ${rate.perSecond} a second, ${rate.burst} at once: expected 1 or more`);
    }
    this.#rate = rate;
    this.#level = rate.burst;
    this.#filledAt = now;
  }

  /** Takes one token, if that leaves at least `keep` in the bucket. */
  take(now: number, keep = 0): boolean {
    this.#level = Math.min(this.#rate.burst, this.#level + ((now - this.#filledAt) * this.#rate.perSecond) / 1000);
    this.#filledAt = now;
    if (this.#level < 1 + keep) return false;
    this.#level -= 1;
    return true;
  }

  /** Gives one token back that was taken. */
  refund(): void {
    this.#level = Math.min(this.#rate.burst, this.#level + 1);
  }
}
