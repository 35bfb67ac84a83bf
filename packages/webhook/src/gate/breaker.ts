import type { GateRules } from "./gate-rules.ts";
import type { BreakerState } from "./observation.ts";

/** When a {@link Breaker} opens, and for how long; see GateRules. */
export type BreakerRules = Pick<GateRules, "failuresToOpen" | "openMs">;

/** Leave for one call; hand it back to {@link Breaker.settle} with the outcome. */
export interface Pass {
  /** Outcomes of calls begun before the state last changed say nothing of the present. */
  readonly era: number;
}

/**
 * A circuit breaker: when a host has failed often enough in a row, calls to it end at once instead of piling up, and
 * after a while single calls find out whether it is back.
 *
 * Known pairs probe beside strangers, not after them: otherwise whoever sends forged tokens without end would hold the
 * only probe, each time.
 */
export class Breaker {
  readonly #rules: BreakerRules;
  readonly #changed: (state: BreakerState) => void;
  #state: BreakerState = "closed";
  #era = 0;
  #failures = 0;
  #openedAt = 0;
  readonly #probes = { known: false, strangers: false };

  constructor(rules: BreakerRules, changed: (state: BreakerState) => void) {
    this.#rules = rules;
    this.#changed = changed;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Whether a call would pass now; takes nothing. */
  wouldPass(isKnown: boolean, now: number): boolean {
    switch (this.#state) {
      case "closed":
        return true;
      case "open":
        return now - this.#openedAt >= this.#rules.openMs;
      case "half-open":
        return !this.#probes[laneOf(isKnown)];
    }
  }

  /** Leave for one call, or nothing. */
  enter(isKnown: boolean, now: number): Pass | undefined {
    if (!this.wouldPass(isKnown, now)) return undefined;
    if (this.#state === "open") this.#change("half-open");
    if (this.#state === "half-open") this.#probes[laneOf(isKnown)] = true;
    return { era: this.#era };
  }

  /** Tells how a call that passed has ended. */
  settle({ era }: Pass, outcome: "answered" | "failed", now: number): void {
    if (era !== this.#era) return;
    if (outcome === "answered") {
      this.#failures = 0;
      if (this.#state === "half-open") this.#change("closed");
      return;
    }
    this.#failures += 1;
    if (this.#state === "half-open" || this.#failures >= this.#rules.failuresToOpen) {
      this.#openedAt = now;
      this.#change("open");
    }
  }

  #change(state: BreakerState): void {
    this.#state = state;
    this.#era += 1;
    this.#probes.known = false;
    this.#probes.strangers = false;
    this.#changed(state);
  }
}

function laneOf(isKnown: boolean): "known" | "strangers" {
  return isKnown ? "known" : "strangers";
}
