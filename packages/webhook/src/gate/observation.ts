/**
 * What the gate did, for counting. Every text is of a closed set (reasons, fault codes, accepted STS hosts), so that
 * outsiders cannot grow the number of metric series.
 */
export type GateObservation =
  /** A verdict was given from memory. */
  | { readonly kind: "cache-hit"; readonly cache: "verified" | "refused" }
  /** A review shares the STS call of another one of the same token. */
  | { readonly kind: "joined" }
  /** A review was turned away before STS. */
  | { readonly kind: "limited"; readonly by: "pair" | "overall" | "in-flight" }
  /** The circuit breaker of one STS host changed its state; each begins closed. */
  | { readonly kind: "breaker"; readonly authority: string; readonly state: BreakerState }
  /** An STS call ended. `reason` is `confirmed`, one of STS_REASONS or one of FAULT_CODES. */
  | {
      readonly kind: "sts-call";
      readonly outcome: "confirmed" | "refused" | "throttled" | "failed";
      readonly reason: string;
      readonly durationMs: number;
    };

/** Closed: calls pass. Open: none does. Half-open: one probe at a time decides. */
export type BreakerState = "closed" | "open" | "half-open";

/** Receives each observation as it is made; must not throw. */
export type ObserveGate = (observation: GateObservation) => void;
