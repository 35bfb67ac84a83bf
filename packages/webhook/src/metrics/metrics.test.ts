import { IDENTIFY_REASONS, MAP_REASONS } from "@iamgate/access";
import { READ_REASONS } from "@iamgate/token";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSamples } from "../../test/samples.ts";
import { MAPPINGS, NOW, reviewRequest, someMetrics, tokenWith, ALICE, HOSTS } from "../../test/world.ts";
import type { AuditEvent } from "../audit.ts";
import type { GateObservation } from "../gate/observation.ts";
import { FAULT_CODES, REQUEST_REASONS, STS_REASONS } from "../reasons.ts";
import { createWebhook } from "../webhook.ts";
import { METRICS } from "./definitions.ts";
import type { Metrics } from "./metrics.ts";

type EventOf<Result> = Extract<AuditEvent, { result: Result }>;

const base = { requestId: "1", durationMs: 3 };
const granted = (more: Partial<EventOf<"granted">> = {}): AuditEvent => ({
  message: "authentication granted",
  result: "granted",
  ...base,
  username: "alice",
  groups: [],
  entry: "f:1",
  cached: false,
  ...more,
});
const refused = (stage: string, reason: string, cached = false): AuditEvent => ({
  message: "authentication refused",
  result: "refused",
  ...base,
  stage,
  reason,
  detail: "d",
  cached,
});
const failed = (code: EventOf<"failed">["code"]): AuditEvent => ({
  message: "authentication failed",
  result: "failed",
  ...base,
  code,
  detail: "d",
});
const rejected = (reason: EventOf<"rejected">["reason"]): AuditEvent => ({
  message: "request rejected",
  result: "rejected",
  ...base,
  status: 400,
  reason,
  detail: "d",
});

/** What changed on top of a fresh start; buckets left out. */
function counted(metrics: Metrics): Record<string, number> {
  const before = readSamples(someMetrics().render());
  const after = readSamples(metrics.render());
  return Object.fromEntries([...after].filter(([name, value]) => !/_bucket/.test(name) && before.get(name) !== value));
}

function reviewsOf(...events: readonly AuditEvent[]): Record<string, number> {
  const metrics = someMetrics();
  for (const event of events) {
    metrics.started();
    metrics.audited(event);
  }
  return counted(metrics);
}

const everyRefusal: readonly AuditEvent[] = [
  ...Object.values(READ_REASONS).map((reason) => refused("read", reason)),
  ...Object.values(STS_REASONS).map((reason) => refused("sts", reason)),
  refused("identify", IDENTIFY_REASONS.wrongPartition),
  ...Object.values(MAP_REASONS).map((reason) => refused("map", reason)),
];

describe("metrics: reviews", () => {
  test("every refusal, fault and rejection has a series of its own, there from the start", () => {
    const events = [
      granted(),
      ...everyRefusal,
      ...Object.values(FAULT_CODES).map((code) => failed(code)),
      ...Object.values(REQUEST_REASONS).map((reason) => rejected(reason)),
    ];
    const started = readSamples(someMetrics().render());
    const ofReviews = Object.entries(reviewsOf(...events)).filter(([name]) => name.startsWith(METRICS.reviews.name));
    expect(ofReviews).toHaveLength(events.length);
    for (const [series, value] of ofReviews) expect([started.get(series), value]).toEqual([0, 1]);
  });

  test("no two stages give the same reason, so that one label is enough", () => {
    const values = METRICS.reviews.labels[1].values;
    expect(new Set(values).size).toBe(values.length);
  });

  test("time, by result and whether STS was waited for", () => {
    const ofDuration = (event: AuditEvent): string[] =>
      Object.keys(reviewsOf(event)).filter((name) => name.startsWith(`${METRICS.reviewDuration.name}_count`));
    const series = (result: string, sts: string): string[] => [
      `${METRICS.reviewDuration.name}_count{result="${result}",sts="${sts}"}`,
    ];
    expect(ofDuration(granted())).toEqual(series("granted", "asked"));
    expect(ofDuration(granted({ cached: true }))).toEqual(series("granted", "not-asked"));
    expect(ofDuration(refused("read", "expired"))).toEqual(series("refused", "not-asked"));
    expect(ofDuration(refused("sts", "expired-token"))).toEqual(series("refused", "asked"));
    expect(ofDuration(refused("sts", "expired-token", true))).toEqual(series("refused", "not-asked"));
    expect(ofDuration(refused("map", "not-mapped"))).toEqual(series("refused", "asked"));
    expect(ofDuration(failed("sts-timeout"))).toEqual(series("failed", "asked"));
    for (const code of ["rate-limited", "overloaded", "breaker-open", "internal-error"] as const) {
      expect(ofDuration(failed(code))).toEqual(series("failed", "not-asked"));
    }
    expect(ofDuration(rejected("not-found"))).toEqual(series("rejected", "not-asked"));
  });

  test("durations are told in seconds", () => {
    const sum = reviewsOf(granted({ durationMs: 250 }))[
      `${METRICS.reviewDuration.name}_sum{result="granted",sts="asked"}`
    ];
    expect(sum).toBe(0.25);
  });

  test("in flight: up when one comes, down when it is answered, through the webhook itself", async () => {
    const metrics = someMetrics();
    const inFlight = (): number | undefined => readSamples(metrics.render()).get("iamgate_reviews_in_flight");
    let during: number | undefined;
    const webhook = createWebhook({
      gate: {
        hosts: HOSTS,
        partition: "aws",
        askSts: () => {
          during = inFlight();
          return Promise.resolve({ ok: true, ...ALICE });
        },
        mappings: () => MAPPINGS,
        now: () => NOW,
      },
      started: metrics.started,
      audit: metrics.audited,
      requestId: () => "1",
    });
    await webhook(reviewRequest(tokenWith({ secretAccessKey: "s", sessionToken: "t" })));
    await webhook(reviewRequest("junk"));
    await webhook(new Request("https://127.0.0.1/nowhere"));
    expect([during, inFlight()]).toEqual([1, 0]);
  });
});

describe("metrics: the gate", () => {
  const after = (...observations: readonly GateObservation[]): Record<string, number> => {
    const metrics = someMetrics();
    for (const observation of observations) metrics.observe(observation);
    return counted(metrics);
  };

  test("memory, shared flights and limits", () => {
    expect(
      after(
        { kind: "cache-hit", cache: "verified" },
        { kind: "cache-hit", cache: "verified" },
        { kind: "cache-hit", cache: "refused" },
        { kind: "joined" },
        { kind: "limited", by: "pair" },
        { kind: "limited", by: "overall" },
        { kind: "limited", by: "in-flight" },
      ),
    ).toEqual({
      'iamgate_cache_hits_total{cache="verified"}': 2,
      'iamgate_cache_hits_total{cache="refused"}': 1,
      iamgate_joined_flights_total: 1,
      'iamgate_limited_total{limit="pair"}': 1,
      'iamgate_limited_total{limit="overall"}': 1,
      'iamgate_limited_total{limit="in-flight"}': 1,
    });
  });

  test("calls to STS: by outcome and reason, with their time in seconds", () => {
    expect(
      after(
        { kind: "sts-call", outcome: "confirmed", reason: "confirmed", durationMs: 20 },
        { kind: "sts-call", outcome: "throttled", reason: "sts-throttled", durationMs: 500 },
      ),
    ).toEqual({
      'iamgate_sts_calls_total{outcome="confirmed",reason="confirmed"}': 1,
      'iamgate_sts_call_duration_seconds_sum{outcome="confirmed"}': 0.02,
      'iamgate_sts_call_duration_seconds_count{outcome="confirmed"}': 1,
      'iamgate_sts_calls_total{outcome="throttled",reason="sts-throttled"}': 1,
      'iamgate_sts_call_duration_seconds_sum{outcome="throttled"}': 0.5,
      'iamgate_sts_call_duration_seconds_count{outcome="throttled"}': 1,
    });
  });

  test("breakers: one state of each host is 1, and changes are counted", () => {
    const authority = "sts.us-west-2.amazonaws.com";
    const changes = (["open", "half-open", "open"] as const).map((state) => ({
      kind: "breaker" as const,
      authority,
      state,
    }));
    expect(after(...changes)).toEqual({
      [`iamgate_breaker_state{state="closed",sts_host="${authority}"}`]: 0,
      [`iamgate_breaker_state{state="open",sts_host="${authority}"}`]: 1,
      [`iamgate_breaker_state{state="half-open",sts_host="${authority}"}`]: 0,
      'iamgate_breaker_changes_total{state="open"}': 2,
      'iamgate_breaker_changes_total{state="half-open"}': 1,
    });
  });
});

describe("metrics: mapping, certificate, build, process", () => {
  test("mapping: entries and time of the last good reading; kept means the last one failed", () => {
    const metrics = someMetrics();
    metrics.mappingLoaded("prod", MAPPINGS);
    metrics.mappingLoaded("staging", MAPPINGS);
    metrics.mappingKept("staging");
    expect(counted(metrics)).toEqual({
      'iamgate_mapping_entries{cluster="prod"}': 1,
      'iamgate_mapping_entries{cluster="staging"}': 1,
      'iamgate_mapping_last_success_timestamp_seconds{cluster="prod"}': NOW / 1000,
      'iamgate_mapping_last_success_timestamp_seconds{cluster="staging"}': NOW / 1000,
      'iamgate_mapping_last_reload_successful{cluster="prod"}': 1,
      aws_iam_authenticator_dynamicfile_failures_total: 1,
    });
  });

  test("mapping: a cluster that is not served is the caller's mistake", () => {
    expect(() => someMetrics().mappingLoaded("other", MAPPINGS)).toThrow(RangeError);
    expect(() => someMetrics().mappingKept("other")).toThrow(RangeError);
  });

  test("certificate: told in seconds, and not at all before there is one", () => {
    const metrics = someMetrics();
    const expiry = (): number | undefined =>
      readSamples(metrics.render()).get("iamgate_certificate_expiry_timestamp_seconds");
    expect(expiry()).toBeUndefined();
    metrics.certificate(NOW + 500);
    expect(expiry()).toBe(NOW / 1000 + 0.5);
  });

  test("build and process", () => {
    const samples = readSamples(someMetrics().render());
    expect(samples.get('iamgate_build_info{runtime="bun 1.4.5",version="0.1.0"}')).toBe(1);
    expect(samples.get("process_cpu_seconds_total")).toBe(1.5);
    expect(samples.get("process_resident_memory_bytes")).toBe(50_000_000);
    expect(samples.get("process_start_time_seconds")).toBe(NOW / 1000);
  });
});

describe("metrics: closed label sets", () => {
  const declared = new Map(Object.values(METRICS).map((each) => [each.name as string, each]));

  test("every sample is of a metric in the table, with exactly its labels and with values of their lists", () => {
    for (const series of readSamples(someMetrics().render()).keys()) {
      const name = series.replace(/\{.*/, "");
      const definition = declared.get(name) ?? declared.get(name.replace(/_(bucket|sum|count)$/, ""));
      const labels = new Map(
        [...series.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", value = ""]) => [label, value]),
      );
      labels.delete("le");
      expect([...labels.keys()].toSorted()).toEqual(definition?.labels.map((label) => label.name).toSorted());
      for (const { name: label, values } of definition?.labels ?? []) {
        if (values !== "given") expect(values).toContain(labels.get(label));
      }
    }
  });

  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("__proto__", "constructor", "toString", '"} 1\nfake_metric 1', "\\", "granted", "expired", "200"),
  );

  test("events and observations that lie in every text make at most one series more for each result: `other`", () => {
    const metrics = someMetrics();
    const seen = new Set(readSamples(metrics.render()).keys());
    fc.assert(
      fc.property(hostile, hostile, (one, two) => {
        const text = one as never;
        metrics.audited(
          granted({ username: one, groups: [two], arn: one, accessKeyId: two, entry: one, requestId: two }),
        );
        metrics.audited({ ...refused(one, two), requestId: one, detail: two } as AuditEvent);
        metrics.audited({ ...failed(text), detail: two } as AuditEvent);
        metrics.audited({ ...rejected(text), detail: two } as AuditEvent);
        metrics.observe({ kind: "sts-call", outcome: "failed", reason: one, durationMs: 1 });
        metrics.observe({ kind: "sts-call", outcome: "refused", reason: two, durationMs: 1 });
        metrics.observe({ kind: "breaker", authority: one, state: "open" });
      }),
    );
    const added = [...readSamples(metrics.render()).keys()].filter((series) => !seen.has(series));
    expect(added.length).toBeLessThanOrEqual(8);
    for (const series of added) expect(series).toContain('="other"');
  });

  test("requests with hostile paths, methods, types and tokens add no series", async () => {
    const metrics = someMetrics();
    const before = [...readSamples(metrics.render()).keys()];
    const webhook = createWebhook({
      gate: {
        hosts: HOSTS,
        partition: "aws",
        askSts: () => Promise.reject(new Error("not reached")),
        mappings: () => MAPPINGS,
        now: () => NOW,
      },
      started: metrics.started,
      audit: metrics.audited,
      requestId: () => "1",
    });
    await fc.assert(
      fc.asyncProperty(hostile, hostile, fc.constantFrom("GET", "POST", "PUT"), async (path, token, method) => {
        await webhook(new Request(`https://127.0.0.1/${encodeURIComponent(path.toWellFormed())}`, { method }));
        await webhook(reviewRequest(token));
        await webhook(reviewRequest(`k8s-aws-v1.${btoa(encodeURIComponent(token.toWellFormed()))}`));
      }),
    );
    expect([...readSamples(metrics.render()).keys()]).toEqual(before);
  });
});
