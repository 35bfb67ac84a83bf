/** How much the gate lets through to STS, and what it remembers. */
export interface GateRules {
  /** STS calls for one pair of access key and session token: so many at once and a second. Successes are not counted. */
  readonly callsPerSecondPerPair: number;
  /** STS calls in all: so many at once and a second. Successes are not counted; a fifth is kept for known pairs. */
  readonly callsPerSecond: number;
  /** Pairs known for an hour since STS last confirmed them; as many others are watched beside them. */
  readonly pairs: number;
  /** Identities remembered. */
  readonly verifiedEntries: number;
  /** STS's refusals remembered. */
  readonly refusedEntries: number;
  /** How long at most, in milliseconds; 0 remembers nothing, 60,000 is the most. */
  readonly lifetimeMs: number;
  /** STS calls in flight, in all. */
  readonly callsInFlight: number;
  /** STS calls in flight to one STS host. */
  readonly callsInFlightPerHost: number;
  /** Reviews that may wait for a free call, for each host and in all. */
  readonly waiting: number;
  /** How long a review waits for a free call, in milliseconds. */
  readonly waitMs: number;
  /** An STS host that fails so often in a row is left alone. */
  readonly failuresToOpen: number;
  /** For so many milliseconds; then one call probes. */
  readonly openMs: number;
}

/**
 * The rules where none are given. One person's scripts send 20 different tokens within a second, so 50 are let through;
 * Bun sends 256 requests at once and queues the others inside, so no more than 240 are begun.
 *
 * @example
 * ```ts
 * import { GATE_DEFAULTS } from "@iamgate/webhook";
 *
 * console.assert(GATE_DEFAULTS.callsPerSecondPerPair === 50);
 * ```
 */
export const GATE_DEFAULTS: GateRules = {
  callsPerSecondPerPair: 50,
  callsPerSecond: 5_000,
  pairs: 16_384,
  verifiedEntries: 16_384,
  refusedEntries: 16_384,
  lifetimeMs: 60_000,
  callsInFlight: 240,
  callsInFlightPerHost: 160,
  waiting: 2_048,
  waitMs: 1_000,
  failuresToOpen: 10,
  openMs: 2_000,
};

/** Nothing is remembered, nobody waits, or a host is probed at once; 0 of anything else would let nobody in. */
const MAY_BE_ZERO: ReadonlySet<string> = new Set<keyof GateRules>(["lifetimeMs", "waiting", "waitMs", "openMs"]);

/** @throws RangeError naming the rule that makes no sense. */
export function checkGateRules(rules: GateRules): void {
  for (const [name, value] of Object.entries(rules)) {
    const least = MAY_BE_ZERO.has(name) ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`gate rule ${name} is ${value}: expected a whole number, ${least} or more`);
    }
  }
}
