import type { StreamSpec } from "../load/messages.ts";
import type { WebhookBenchmark } from "../lib/benchmark.ts";
import { rowOf } from "../lib/report.ts";
import { interleave, measureSlice } from "../lib/slice.ts";

const STS_MILLISECONDS = 20;
const LOAD: StreamSpec = { tokens: "distinct", connections: 64, perSecond: 300 };
const SLICES = 1;
const SECONDS = 20;

/** STS as far away as it usually is. */
export const SLOW_STS: WebhookBenchmark = {
  name: "slow-sts",
  run: async (lab, { slices = SLICES, seconds = SECONDS }) => {
    await lab.sts.ask({ do: "delay", milliseconds: STS_MILLISECONDS });
    try {
      const rounds = await interleave(lab, slices, async (webhook) => {
        const slice = await measureSlice(lab, webhook, { seconds, streams: [LOAD] });
        const [stream] = slice.streams;
        if (stream === undefined) throw new Error("a slice without a stream");
        return { ...slice, ...stream };
      });
      return {
        name: "slow-sts",
        what: `STS answers after ${STS_MILLISECONDS} ms; ${LOAD.perSecond} distinct tokens a second, ${slices} slices of ${seconds} s.`,
        rows: [
          rowOf("p50, ms", rounds, (slice) => slice.p50Milliseconds),
          rowOf("p99, ms", rounds, (slice) => slice.p99Milliseconds),
          rowOf("sent", rounds, (slice) => slice.sent),
          rowOf("not granted", rounds, (slice) => slice.sent - slice.granted),
          rowOf("CPU a review, µs", rounds, (slice) => slice.cpuMicrosecondsPerRequest),
          rowOf("STS calls", rounds, (slice) => slice.stsCalls),
          rowOf("STS connections opened", rounds, (slice) => slice.stsConnections),
        ],
        remarks: [],
      };
    } finally {
      await lab.sts.ask({ do: "delay", milliseconds: 0 });
    }
  },
};
