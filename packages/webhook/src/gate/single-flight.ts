/**
 * Work under way, by key: whoever asks for the same meanwhile shares its outcome, a failure too. Nothing is remembered
 * once it is over, and nobody who stops waiting stops the work.
 */
export class SingleFlight<Value> {
  readonly #flights = new Map<string, Promise<Value>>();

  /** How much is under way. */
  get size(): number {
    return this.#flights.size;
  }

  /** The outcome of what is under way for this key, if anything is. */
  underWay(key: string): Promise<Value> | undefined {
    return this.#flights.get(key);
  }

  /** Begins work for a key that has none under way. */
  begin(key: string, work: () => Promise<Value>): Promise<Value> {
    const flight = this.#untilLanded(key, work());
    this.#flights.set(key, flight);
    return flight;
  }

  async #untilLanded(key: string, work: Promise<Value>): Promise<Value> {
    try {
      return await work;
    } finally {
      this.#flights.delete(key);
    }
  }
}
