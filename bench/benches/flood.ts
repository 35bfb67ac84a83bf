import type { StreamResult, StreamSpec } from "../load/messages.ts";
import type { WebhookBenchmark } from "../lib/benchmark.ts";
import { rowOf } from "../lib/report.ts";
import { interleave, measureSlice, type Slice } from "../lib/slice.ts";

const COPIES = 1_000;
const GENUINE: StreamSpec = { tokens: "distinct", connections: 32, perSecond: 500 };
const JUNK: StreamSpec = { tokens: "junk", connections: 32, perSecond: 5_000 };
const SLICES = 5;
const SECONDS = 3;

/** A thundering herd, and somebody who wants to do harm. */
export const FLOOD: WebhookBenchmark = {
  name: "flood",
  run: async (lab, { slices = SLICES, seconds = SECONDS }) => {
    const copies: StreamSpec = { tokens: "repeated", connections: COPIES, limit: COPIES };
    const rounds = await interleave(lab, slices, async (webhook) => ({
      copies: await measureSlice(lab, webhook, { seconds: 10, streams: [copies] }),
      alone: await measureSlice(lab, webhook, { seconds, streams: [GENUINE] }),
      beside: await measureSlice(lab, webhook, { seconds, streams: [GENUINE, JUNK] }),
    }));
    return {
      name: "flood",
      what: [
        `${COPIES} copies of a new token at once, on as many connections; then ${GENUINE.perSecond} distinct tokens a second,`,
        `alone and beside ${JUNK.perSecond} malformed ones a second of 24 kinds. ${slices} rounds, ${seconds} s each.`,
      ].join(" "),
      rows: [
        rowOf("copies: STS calls", rounds, ({ copies: slice }) => slice.stsCalls),
        rowOf("copies: granted", rounds, ({ copies: slice }) => streamOf(slice, 0).granted),
        rowOf("copies: last answer after, ms", rounds, ({ copies: slice }) => streamOf(slice, 0).elapsedSeconds * 1000),
        rowOf("malformed: STS calls", rounds, ({ beside }) => beside.stsCalls - streamOf(beside, 0).sent),
        rowOf("malformed: refused, %", rounds, ({ beside }) => percent(streamOf(beside, 1), "refused")),
        rowOf("genuine: granted alone, %", rounds, ({ alone }) => percent(streamOf(alone, 0), "granted")),
        rowOf("genuine: granted beside, %", rounds, ({ beside }) => percent(streamOf(beside, 0), "granted")),
        rowOf("genuine: p99 alone, ms", rounds, ({ alone }) => streamOf(alone, 0).p99Milliseconds),
        rowOf("genuine: p99 beside, ms", rounds, ({ beside }) => streamOf(beside, 0).p99Milliseconds),
        rowOf("genuine: p99 beside over alone", rounds, ({ alone, beside }) => {
          return streamOf(beside, 0).p99Milliseconds / streamOf(alone, 0).p99Milliseconds;
        }),
      ],
      remarks: [],
    };
  },
};

function streamOf({ streams }: Slice, index: number): StreamResult {
  const stream = streams[index];
  if (stream === undefined) throw new RangeError(`a slice without stream ${index}`);
  return stream;
}

function percent(stream: StreamResult, outcome: "granted" | "refused"): number {
  return (100 * stream[outcome]) / stream.sent;
}
