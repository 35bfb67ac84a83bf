import { IDENTIFY_REASONS, MAP_REASONS } from "@iamgate/access";
import { READ_REASONS } from "@iamgate/token";
import type { AuditEvent, AuditResult } from "../audit.ts";
import { FAULT_CODES, REQUEST_REASONS, STS_REASONS } from "../reasons.ts";
import { countersByReason } from "./counters-by-reason.ts";
import { METRICS, type WaitedForSts } from "./definitions.ts";
import { Counter, createFamily, type Family, Gauge, Histogram } from "./series.ts";

/** What became of requests, and how long it took. */
export interface ReviewMetrics {
  readonly started: () => void;
  readonly audited: (event: AuditEvent, seconds: number) => void;
  readonly families: readonly Family<Counter | Gauge | Histogram>[];
}

/** Begins all series at zero. */
export function createReviewMetrics(): ReviewMetrics {
  const reviews = createFamily(METRICS.reviews, () => new Counter());
  const duration = createFamily(METRICS.reviewDuration, () => new Histogram(METRICS.reviewDuration.buckets));
  const flying = createFamily(METRICS.reviewsInFlight, () => new Gauge());

  const inFlight = flying.of();
  const granted = reviews.of("granted", "granted");
  const refused = countersByReason(reviews, "refused", REFUSALS);
  const failed = countersByReason(reviews, "failed", Object.values(FAULT_CODES));
  const rejected = countersByReason(reviews, "rejected", Object.values(REQUEST_REASONS));
  const counterOf = (event: AuditEvent): Counter => {
    switch (event.result) {
      case "granted":
        return granted;
      case "refused":
        return refused(event.reason);
      case "failed":
        return failed(event.code);
      case "rejected":
        return rejected(event.reason);
    }
  };
  const bothOf = (result: AuditResult): Record<WaitedForSts, Histogram> => ({
    asked: duration.of(result, "asked"),
    "not-asked": duration.of(result, "not-asked"),
  });
  const durationOf = { granted: bothOf("granted"), refused: bothOf("refused"), failed: bothOf("failed") };
  const rejectedDuration = duration.of("rejected", "not-asked");

  return {
    started: () => {
      inFlight.value += 1;
    },
    audited: (event, seconds) => {
      inFlight.value -= 1;
      counterOf(event).increment();
      const histogram = event.result === "rejected" ? rejectedDuration : durationOf[event.result][waitedForSts(event)];
      histogram.observe(seconds);
    },
    families: [reviews, duration, flying],
  };
}

const REFUSALS: readonly string[] = [
  ...Object.values(READ_REASONS),
  ...Object.values(STS_REASONS),
  // Every other reason of this stage contradicts itself, and is a fault of STS.
  IDENTIFY_REASONS.wrongPartition,
  ...Object.values(MAP_REASONS),
];

function waitedForSts(event: Exclude<AuditEvent, { result: "rejected" }>): WaitedForSts {
  switch (event.result) {
    case "granted":
      return event.cached ? "not-asked" : "asked";
    case "refused":
      return event.stage === "read" || event.cached ? "not-asked" : "asked";
    case "failed":
      return event.code.startsWith("sts-") ? "asked" : "not-asked";
  }
}
