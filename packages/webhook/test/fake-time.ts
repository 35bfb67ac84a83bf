/** A clock and timers that move only when told to. */
export class FakeTime {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly action: () => void }>();

  readonly now = (): number => this.#now;

  readonly after = (milliseconds: number, action: () => void): (() => void) => {
    const timer = { at: this.#now + milliseconds, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Timers that are neither run nor stopped. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets everything begin that was asked for, moves on, and lets everything run that became due and what waits for it. */
  async advance(milliseconds: number): Promise<void> {
    await settled();
    this.#now += milliseconds;
    for (const timer of [...this.#timers].toSorted((a, b) => a.at - b.at)) {
      if (timer.at > this.#now) break;
      this.#timers.delete(timer);
      timer.action();
    }
    await settled();
  }
}

/** Lets everything run that waits for nothing but other promises. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}
