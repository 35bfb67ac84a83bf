/** How many calls may be in flight, and how many may wait for how long. */
export interface SlotRules {
  readonly slots: number;
  readonly waiting: number;
  readonly waitMs: number;
}

/** Runs an action once after so many milliseconds, unless the returned function is called before. */
export type After = (milliseconds: number, action: () => void) => () => void;

/** This part of the slots, and of the places to wait, is for known pairs alone. */
const KEPT_FOR_KNOWN = 1 / 4;

/**
 * A bounded number of calls in flight, with a bounded wait for a free slot, in the order of arrival. Known pairs go
 * before strangers and have a quarter of the slots to themselves.
 */
export class Slots {
  readonly #rules: SlotRules;
  readonly #after: After;
  readonly #forStrangers: number;
  readonly #placesForStrangers: number;
  readonly #known = new Set<Waiter>();
  readonly #strangers = new Set<Waiter>();
  #taken = 0;

  /** @throws RangeError for fewer than one slot. */
  constructor(rules: SlotRules, after: After) {
    if (!Number.isSafeInteger(rules.slots) || rules.slots < 1) {
      throw new RangeError(`slots is ${rules.slots}: expected 1 or more`);
    }
    this.#rules = rules;
    this.#after = after;
    this.#forStrangers = rules.slots - Math.floor(rules.slots * KEPT_FOR_KNOWN);
    this.#placesForStrangers = rules.waiting - Math.floor(rules.waiting * KEPT_FOR_KNOWN);
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#known.size + this.#strangers.size;
  }

  /** Takes a slot that is free now. */
  take(isKnown: boolean): boolean {
    if (this.#taken >= (isKnown ? this.#rules.slots : this.#forStrangers)) return false;
    this.#taken += 1;
    return true;
  }

  /** Waits for a slot; false when there is no place to wait or the wait is over. Call it when {@link take} gave none. */
  wait(isKnown: boolean): Promise<boolean> {
    const isFull = isKnown
      ? this.waiting >= this.#rules.waiting
      : this.#strangers.size >= this.#placesForStrangers || this.waiting >= this.#rules.waiting;
    if (isFull) return Promise.resolve(false);
    const queue = isKnown ? this.#known : this.#strangers;
    return new Promise((resolve) => {
      const waiter: Waiter = {
        end: (isGranted) => {
          queue.delete(waiter);
          stopTimer();
          resolve(isGranted);
        },
      };
      const stopTimer = this.#after(this.#rules.waitMs, () => waiter.end(false));
      queue.add(waiter);
    });
  }

  /** Gives a slot back, to whoever waits longest. */
  release(): void {
    this.#taken -= 1;
    this.#grantFirst(this.#known, true);
    this.#grantFirst(this.#strangers, false);
  }

  #grantFirst(queue: ReadonlySet<Waiter>, isKnown: boolean): void {
    const [first] = queue;
    if (first !== undefined && this.take(isKnown)) first.end(true);
  }
}

interface Waiter {
  readonly end: (isGranted: boolean) => void;
}
