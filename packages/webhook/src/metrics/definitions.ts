import { IDENTIFY_REASONS, MAP_REASONS } from "@iamgate/access";
import { READ_REASONS } from "@iamgate/token";
import { FAULT_CODES, REQUEST_REASONS, STS_REASONS } from "../reasons.ts";

/** A metric as Prometheus sees it. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly LabelDefinition[];
  /** Upper bounds of a histogram, rising, without +Inf. */
  readonly buckets?: readonly number[];
}

/** A label and its closed list of values; `given` is closed by the configuration before the first request. */
export interface LabelDefinition {
  readonly name: string;
  readonly values: readonly string[] | "given";
}

/** Stands for what a closed list lacks, so that nothing is left uncounted. */
export const OTHER = "other";

/** Whether a review waited for STS. */
export type WaitedForSts = "asked" | "not-asked";

/** From a twentieth of the time a remembered review takes to beyond the 5 s that STS is waited for. */
const LATENCY_SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** client_golang's default buckets, which the Go authenticator keeps. */
const GO_LATENCY_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** What STS and the proxies before it answer with. */
const RESPONSE_CODES = "200 301 302 303 307 308 400 401 403 404 405 408 413 429 500 502 503 504".split(" ");

const CLUSTER = { name: "cluster", values: "given" } as const;
const STS_REGION = { name: "StsRegion", values: "given" } as const;

/**
 * Every metric that iamgate has. Names beginning with `aws_iam_authenticator_`, their labels, values and buckets are the
 * Go authenticator's (0.7.18, pkg/metrics/metrics.go), its misspelt `uknown_user` included, so that its dashboards and
 * alerts stay as they are. docs/metrics.md tells what each is for.
 *
 * @example
 * ```ts
 * import { METRICS } from "@iamgate/webhook";
 *
 * console.assert(METRICS.reviews.name === "iamgate_reviews_total");
 * ```
 */
export const METRICS = {
  reviews: {
    name: "iamgate_reviews_total",
    type: "counter",
    help: "Requests answered, by result and reason",
    labels: [
      { name: "result", values: ["granted", "refused", "failed", "rejected"] },
      {
        name: "reason",
        values: [
          "granted",
          ...Object.values(READ_REASONS),
          ...Object.values(STS_REASONS),
          IDENTIFY_REASONS.wrongPartition,
          ...Object.values(MAP_REASONS),
          ...Object.values(FAULT_CODES),
          ...Object.values(REQUEST_REASONS),
          OTHER,
        ],
      },
    ],
  },
  reviewDuration: {
    name: "iamgate_review_duration_seconds",
    type: "histogram",
    help: "Time to answer a request, by result and whether it waited for STS",
    labels: [
      { name: "result", values: ["granted", "refused", "failed", "rejected"] },
      { name: "sts", values: ["asked", "not-asked"] satisfies WaitedForSts[] },
    ],
    buckets: LATENCY_SECONDS,
  },
  reviewsInFlight: {
    name: "iamgate_reviews_in_flight",
    type: "gauge",
    help: "Requests taken and not yet answered",
    labels: [],
  },
  cacheHits: {
    name: "iamgate_cache_hits_total",
    type: "counter",
    help: "Reviews for which STS's answer was remembered",
    labels: [{ name: "cache", values: ["verified", "refused"] }],
  },
  joinedFlights: {
    name: "iamgate_joined_flights_total",
    type: "counter",
    help: "Reviews that shared the STS call of another review of the same token",
    labels: [],
  },
  limited: {
    name: "iamgate_limited_total",
    type: "counter",
    help: "Reviews turned away before STS, by the limit",
    labels: [{ name: "limit", values: ["pair", "overall", "in-flight"] }],
  },
  stsCalls: {
    name: "iamgate_sts_calls_total",
    type: "counter",
    help: "Calls to STS that ended, by outcome and reason",
    labels: [
      { name: "outcome", values: ["confirmed", "refused", "throttled", "failed"] },
      {
        name: "reason",
        values: ["confirmed", ...Object.values(STS_REASONS), ...Object.values(FAULT_CODES), OTHER],
      },
    ],
  },
  stsCallDuration: {
    name: "iamgate_sts_call_duration_seconds",
    type: "histogram",
    help: "Time that calls to STS took, by outcome",
    labels: [{ name: "outcome", values: ["confirmed", "refused", "throttled", "failed"] }],
    buckets: LATENCY_SECONDS,
  },
  breakerState: {
    name: "iamgate_breaker_state",
    type: "gauge",
    help: "1 for the state that the circuit breaker of an STS host is in, 0 for the others; hosts whose breaker never changed are left out",
    labels: [
      { name: "sts_host", values: "given" },
      { name: "state", values: ["closed", "open", "half-open"] },
    ],
  },
  breakerChanges: {
    name: "iamgate_breaker_changes_total",
    type: "counter",
    help: "Changes of the circuit breakers, by the state entered",
    labels: [{ name: "state", values: ["closed", "open", "half-open"] }],
  },
  mappingEntries: {
    name: "iamgate_mapping_entries",
    type: "gauge",
    help: "Entries of the mapping in force",
    labels: [CLUSTER],
  },
  mappingLastSuccess: {
    name: "iamgate_mapping_last_success_timestamp_seconds",
    type: "gauge",
    help: "When the mapping in force was taken over, in seconds since 1970",
    labels: [CLUSTER],
  },
  mappingLastReloadSuccessful: {
    name: "iamgate_mapping_last_reload_successful",
    type: "gauge",
    help: "1 when the mapping could be read the last time it changed, 0 when an older one is kept",
    labels: [CLUSTER],
  },
  certificateExpiry: {
    name: "iamgate_certificate_expiry_timestamp_seconds",
    type: "gauge",
    help: "When the certificate that is served ends, in seconds since 1970",
    labels: [],
  },
  buildInfo: {
    name: "iamgate_build_info",
    type: "gauge",
    help: "Always 1; the version of iamgate and what it runs on",
    labels: [
      { name: "version", values: "given" },
      { name: "runtime", values: "given" },
    ],
  },
  processCpu: {
    name: "process_cpu_seconds_total",
    type: "counter",
    help: "User and system CPU time spent in seconds",
    labels: [],
  },
  processResidentMemory: {
    name: "process_resident_memory_bytes",
    type: "gauge",
    help: "Resident memory size in bytes",
    labels: [],
  },
  processStart: {
    name: "process_start_time_seconds",
    type: "gauge",
    help: "Start time of the process in seconds since 1970",
    labels: [],
  },
  goLatency: {
    name: "aws_iam_authenticator_authenticate_latency_seconds",
    type: "histogram",
    help: "Authenticate call latency",
    labels: [
      {
        name: "result",
        values: ["malformed_request", "invalid_token", "sts_error", "sts_throttling", "uknown_user", "success"],
      },
    ],
    buckets: GO_LATENCY_SECONDS,
  },
  goStsConnectionFailures: {
    name: "aws_iam_authenticator_sts_connection_failures_total",
    type: "counter",
    help: "Sts call could not succeed or timedout",
    labels: [STS_REGION],
  },
  goStsThrottling: {
    name: "aws_iam_authenticator_sts_throttling_total",
    type: "counter",
    help: "Sts call got throttled",
    labels: [STS_REGION],
  },
  goStsResponses: {
    name: "aws_iam_authenticator_sts_responses_total",
    type: "counter",
    help: "Sts responses with error code label",
    labels: [{ name: "ResponseCode", values: [...RESPONSE_CODES, OTHER] }, STS_REGION],
  },
  goDynamicFileFailures: {
    name: "aws_iam_authenticator_dynamicfile_failures_total",
    type: "counter",
    help: "Dynamic file failures",
    labels: [],
  },
  goConfigMapWatchFailures: {
    name: "aws_iam_authenticator_configmap_watch_failures_total",
    type: "counter",
    help: "EKS Configmap watch failures",
    labels: [],
  },
  goEc2DescribeInstances: {
    name: "aws_iam_authenticator_ec2_describe_instances_calls_total",
    type: "counter",
    help: "Number of EC2 describe instances calls.",
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
