import type { StreamSpec, TokenKind } from "../load/messages.ts";
import type { WebhookBenchmark } from "../lib/benchmark.ts";
import { rowOf } from "../lib/report.ts";
import { spreadOf } from "../lib/statistics.ts";
import { interleave, measureSlice, type Slice } from "../lib/slice.ts";

const CONNECTIONS = 32;
const SLICES = 5;
const SECONDS = 3;
/** A server that used less of its core was not what limited the rate. */
const SATURATED_SHARE = 0.9;

/** As many TokenReviews as each webhook answers, one kind of token each. */
export const REVIEW_BENCHMARKS: readonly WebhookBenchmark[] = [
  reviews("review-distinct", "distinct", "A new token each time, so that each review needs STS."),
  // Go's default transport keeps two idle connections to a host: with more in flight it dials STS anew most of the time.
  reviews(
    "review-distinct-2",
    "distinct",
    "The same with as many in flight as Go's transport keeps connections to STS.",
    2,
  ),
  reviews("review-repeated", "repeated", "One token again and again."),
  reviews("review-mix", "mix", "Nine times in ten one of 100 tokens, else a new one."),
  reviews("review-junk", "junk", "Malformed tokens of 24 kinds."),
];

function reviews(name: string, tokens: TokenKind, what: string, connections = CONNECTIONS): WebhookBenchmark {
  return {
    name,
    run: async (lab, { slices = SLICES, seconds = SECONDS }) => {
      const streams: readonly StreamSpec[] = [{ tokens, connections }];
      const rounds = await interleave(lab, slices, (webhook) => measureSlice(lab, webhook, { seconds, streams }));
      return {
        name,
        what: `${what} ${connections} connections, ${slices} slices of ${seconds} s.`,
        rows: [
          rowOf("reviews a second", rounds, (slice) => slice.perSecond),
          rowOf("CPU a review, µs", rounds, (slice) => slice.cpuMicrosecondsPerRequest),
          rowOf("p50, ms", rounds, (slice) => only(slice).p50Milliseconds),
          rowOf("p99, ms", rounds, (slice) => only(slice).p99Milliseconds),
          rowOf("memory afterwards, MiB", rounds, (slice) => slice.rssMiB),
          rowOf("STS calls a slice", rounds, (slice) => slice.stsCalls),
          rowOf("STS connections opened a slice", rounds, (slice) => slice.stsConnections),
          rowOf("granted, %", rounds, (slice) => (100 * only(slice).granted) / only(slice).sent),
          rowOf("failed", rounds, (slice) => only(slice).failed),
        ],
        remarks: [
          costOf(rounds.iamgate),
          ...unsaturated("iamgate", rounds.iamgate),
          ...unsaturated("The Go authenticator", rounds.peer),
        ],
      };
    },
  };
}

function only({ streams }: Slice): Slice["streams"][number] {
  const [stream] = streams;
  if (stream === undefined) throw new Error("a slice without a stream");
  return stream;
}

/** Taken where the rate is highest, so where it matters. */
function costOf(slices: readonly Slice[]): string {
  const load = spreadOf(slices.map(({ cost }) => cost.loadMicrosecondsPerRequest)).median;
  const sts = spreadOf(slices.map(({ cost }) => cost.stsMicrosecondsPerCall)).median;
  // Of a handful of calls the cost cannot be told: the clock ticks every 10 ms.
  const capacity =
    sts === 0 || sts >= 1000
      ? ""
      : `, the STS stub ${sts.toFixed(0)} µs a call: good for ${Math.floor(1000 / sts)},000 calls a second on a core`;
  return `Measuring iamgate took ${load.toFixed(0)} µs of CPU a review${capacity}.`;
}

function unsaturated(who: string, slices: readonly Slice[]): readonly string[] {
  const idle = slices.filter(({ busyShare }) => busyShare < SATURATED_SHARE);
  if (idle.length === 0) return [];
  const least = Math.round(100 * Math.min(...idle.map(({ busyShare }) => busyShare)));
  return [
    `${who} was not the limit in ${idle.length} of ${slices.length} slices, its core was busy for ${least}% only: the rate and its ratio say little.`,
  ];
}
