import type { StreamSpec } from "../load/messages.ts";
import type { WebhookBenchmark } from "../lib/benchmark.ts";
import { rowOf } from "../lib/report.ts";
import { interleave, measureSlice } from "../lib/slice.ts";
import { spreadOf } from "../lib/statistics.ts";
import { memoryOf } from "../lib/usage.ts";

const MIX: StreamSpec = { tokens: "mix", connections: 32, perSecond: 2_000 };
const JUNK: StreamSpec = { tokens: "junk", connections: 8, perSecond: 500 };
/** Tokens are made anew for each, and logs cut off. */
const SLICE_SECONDS = 5;

/** Whether memory stays bounded. */
export const MEMORY: WebhookBenchmark = {
  name: "memory",
  run: async (lab, { minutes }) => {
    const slices = Math.max(2, Math.round((minutes * 60) / SLICE_SECONDS));
    const rounds = await interleave(lab, 1, async (webhook) => {
      const rss: number[] = [];
      for (let slice = 0; slice < slices; slice++) {
        rss.push((await measureSlice(lab, webhook, { seconds: SLICE_SECONDS, streams: [MIX, JUNK] })).rssMiB);
      }
      return { rss, peak: memoryOf(webhook.pid, "VmHWM") ?? 0 };
    });
    return {
      name: "memory",
      what: `${minutes} min of ${MIX.perSecond} reviews a second, nine in ten of 100 tokens, and ${JUNK.perSecond} malformed ones.`,
      rows: [
        rowOf("first half, median, MiB", rounds, ({ rss }) => spreadOf(rss.slice(0, rss.length / 2)).median),
        rowOf("second half, median, MiB", rounds, ({ rss }) => spreadOf(rss.slice(rss.length / 2)).median),
        rowOf("at the end, MiB", rounds, ({ rss }) => rss.at(-1) ?? 0),
        rowOf("at the most since the start, MiB", rounds, ({ peak }) => peak),
      ],
      remarks: [],
    };
  },
};
