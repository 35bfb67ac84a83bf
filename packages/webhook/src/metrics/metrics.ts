import type { Mappings } from "@iamgate/access";
import type { AcceptedHosts } from "@iamgate/token";
import type { AuditEvent } from "../audit.ts";
import type { ObserveGate } from "../gate/observation.ts";
import type { AskSts, AskStsOptions } from "../sts/ask-sts.ts";
import { EXPOSITION_CONTENT_TYPE, formatMetrics } from "./exposition.ts";
import { createGateMetrics } from "./gate-metrics.ts";
import { createGoMetrics } from "./go-authenticator.ts";
import { createMappingMetrics } from "./mapping-metrics.ts";
import { createProcessMetrics, type ProcessUsage } from "./process-metrics.ts";
import { createReviewMetrics } from "./review-metrics.ts";

/** What metrics are made of besides what happens. */
export interface MetricsOptions {
  /** Of iamgate, for example `0.1.0`. */
  readonly version: string;
  /** What it runs on, for example `bun 1.4.5`. */
  readonly runtime: string;
  /** The ids of the clusters that are served. */
  readonly clusters: readonly string[];
  /** The STS names that are accepted. */
  readonly hosts: AcceptedHosts;
  /** What the process has used up to now. */
  readonly usage: () => ProcessUsage;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Counts what happens, and tells Prometheus. Nothing here throws for what a request holds. */
export interface Metrics {
  /** A request has come; {@link Metrics.audited} follows once. */
  readonly started: () => void;
  /** A request is answered. */
  readonly audited: (event: AuditEvent) => void;
  /** The gate did something. */
  readonly observe: ObserveGate;
  /** `createAskSts`, counting what the Go authenticator counts of STS, by region. */
  readonly countedAskSts: (options: AskStsOptions) => AskSts;
  /** A mapping of a cluster was read and is in force. Throws a RangeError for a cluster that the options lack. */
  readonly mappingLoaded: (clusterId: string, mappings: Mappings) => void;
  /** A mapping that changed cannot be read, wholly or in part: an older one is kept. Throws a RangeError likewise. */
  readonly mappingKept: (clusterId: string) => void;
  /** This certificate is served from now on; its end in epoch milliseconds. */
  readonly certificate: (notAfter: number) => void;
  /** All metrics in Prometheus' text format. */
  readonly render: () => string;
  /** The content type of what {@link Metrics.render} gives. */
  readonly contentType: string;
}

/**
 * Makes the metrics of one process: iamgate's own and, with their names and labels, the Go authenticator's.
 *
 * Every label value is of a closed list: of {@link METRICS}, or of the options. What a request holds never becomes one, so
 * nobody outside can add a series.
 *
 * @param options - what is known before the first request.
 * @returns functions to call when things happen, and one that renders.
 * @example
 * ```ts
 * import { acceptedHosts } from "@iamgate/token";
 * import { createMetrics } from "@iamgate/webhook";
 *
 * const metrics = createMetrics({
 *   version: "0.1.0",
 *   runtime: "bun 1.4.5",
 *   clusters: ["prod"],
 *   hosts: acceptedHosts({ partition: "aws" }),
 *   usage: () => ({ cpuSeconds: 0.1, residentBytes: 50_000_000, startedAt: Date.now() }),
 *   now: () => Date.now(),
 * });
 * metrics.observe({ kind: "cache-hit", cache: "verified" });
 * console.assert(metrics.render().includes('iamgate_cache_hits_total{cache="verified"} 1'));
 * ```
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const reviews = createReviewMetrics();
  const gate = createGateMetrics(options.hosts.byAuthority.keys());
  const go = createGoMetrics(options.hosts);
  const mapping = createMappingMetrics(options);
  const ownProcess = createProcessMetrics(options);

  return {
    started: reviews.started,
    audited: (event) => {
      const seconds = event.durationMs / 1000;
      reviews.audited(event, seconds);
      go.audited(event, seconds);
    },
    observe: gate.observe,
    countedAskSts: go.countedAskSts,
    mappingLoaded: mapping.loaded,
    mappingKept: (clusterId) => {
      mapping.kept(clusterId);
      go.mappingKept();
    },
    certificate: ownProcess.certificate,
    render: () => {
      ownProcess.read();
      return formatMetrics([
        ...reviews.families,
        ...gate.families,
        ...mapping.families,
        ...ownProcess.families,
        ...go.families,
      ]);
    },
    contentType: EXPOSITION_CONTENT_TYPE,
  };
}
