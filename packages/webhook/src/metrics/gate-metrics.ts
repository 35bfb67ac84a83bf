import type { GateObservation, ObserveGate } from "../gate/observation.ts";
import { FAULT_CODES, STS_REASONS } from "../reasons.ts";
import { countersByReason } from "./counters-by-reason.ts";
import { METRICS, OTHER } from "./definitions.ts";
import { Counter, createFamily, type Family, Gauge, Histogram } from "./series.ts";

type StsCall = Extract<GateObservation, { kind: "sts-call" }>;

/** What the gate did: memory, shared flights, limits, breakers, calls to STS. */
export interface GateMetrics {
  readonly observe: ObserveGate;
  readonly families: readonly Family<Counter | Gauge | Histogram>[];
}

/** @param authorities - the STS hosts that are accepted. */
export function createGateMetrics(authorities: Iterable<string>): GateMetrics {
  const counter = (): Counter => new Counter();
  const cacheHits = createFamily(METRICS.cacheHits, counter);
  const joined = createFamily(METRICS.joinedFlights, counter);
  const limited = createFamily(METRICS.limited, counter);
  const hosts = new Set([...authorities, OTHER]);
  const breakerState = createFamily(METRICS.breakerState, () => new Gauge(), { sts_host: [...hosts] });
  const breakerChanges = createFamily(METRICS.breakerChanges, counter);
  const calls = createFamily(METRICS.stsCalls, counter);
  const callDuration = createFamily(METRICS.stsCallDuration, () => new Histogram(METRICS.stsCallDuration.buckets));

  const hits = { verified: cacheHits.of("verified"), refused: cacheHits.of("refused") };
  const joinedFlights = joined.of();
  const turnedAway = { pair: limited.of("pair"), overall: limited.of("overall"), "in-flight": limited.of("in-flight") };
  const changes = {
    closed: breakerChanges.of("closed"),
    open: breakerChanges.of("open"),
    "half-open": breakerChanges.of("half-open"),
  };
  const callsOf = {
    confirmed: countersByReason(calls, "confirmed", ["confirmed"]),
    refused: countersByReason(calls, "refused", Object.values(STS_REASONS)),
    throttled: countersByReason(calls, "throttled", [FAULT_CODES.stsThrottled]),
    failed: countersByReason(calls, "failed", FAILURES),
  } satisfies Record<StsCall["outcome"], unknown>;
  const durationOf = {
    confirmed: callDuration.of("confirmed"),
    refused: callDuration.of("refused"),
    throttled: callDuration.of("throttled"),
    failed: callDuration.of("failed"),
  } satisfies Record<StsCall["outcome"], unknown>;

  const observe: ObserveGate = (observation) => {
    switch (observation.kind) {
      case "cache-hit":
        return hits[observation.cache].increment();
      case "joined":
        return joinedFlights.increment();
      case "limited":
        return turnedAway[observation.by].increment();
      case "breaker": {
        const host = hosts.has(observation.authority) ? observation.authority : OTHER;
        for (const state of BREAKER_STATES) breakerState.of(host, state).value = state === observation.state ? 1 : 0;
        return changes[observation.state].increment();
      }
      case "sts-call":
        callsOf[observation.outcome](observation.reason).increment();
        return durationOf[observation.outcome].observe(observation.durationMs / 1000);
    }
  };
  return { observe, families: [cacheHits, joined, limited, breakerState, breakerChanges, calls, callDuration] };
}

const BREAKER_STATES = METRICS.breakerState.labels[1].values;

/** What a call that was made can fail with; the gate's own refusals to call are counted as limits. */
const FAILURES = Object.values(FAULT_CODES).filter(
  (code) => code === FAULT_CODES.internalError || (code.startsWith("sts-") && code !== FAULT_CODES.stsThrottled),
);
