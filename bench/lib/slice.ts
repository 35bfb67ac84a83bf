import { truncateSync } from "node:fs";
import type { StreamResult, StreamSpec } from "../load/messages.ts";
import type { Lab } from "./lab.ts";
import type { Webhook } from "./servers.ts";
import { usageOf } from "./usage.ts";

/** What one webhook did under one load for a few seconds. */
export interface Slice {
  /** In the order in which the streams were given. */
  readonly streams: readonly StreamResult[];
  readonly perSecond: number;
  readonly cpuMicrosecondsPerRequest: number;
  /** How much of its core the server used: well below 1 without a pace means that something else was the limit. */
  readonly busyShare: number;
  readonly rssMiB: number;
  readonly stsCalls: number;
  /** That were opened anew. */
  readonly stsConnections: number;
  /** What measuring itself took, on other cores than the server's. */
  readonly cost: { readonly loadMicrosecondsPerRequest: number; readonly stsMicrosecondsPerCall: number };
}

/** Loads a webhook once and measures it. */
export async function measureSlice(
  lab: Lab,
  webhook: Webhook,
  { seconds, streams }: { readonly seconds: number; readonly streams: readonly StreamSpec[] },
): Promise<Slice> {
  const { port, caPem, pid, logPath } = webhook;
  await lab.load.ask({ do: "prepare", target: { port, caPem }, seconds, streams });
  // Both write a line for each review, as they do by default; nobody reads gigabytes of them.
  truncateSync(logPath);
  const stsBefore = await lab.sts.ask({ do: "count" });
  const before = [pid, lab.load.pid, lab.sts.pid].map(usageOf);
  const results = await lab.load.ask({ do: "run" });
  const after = [pid, lab.load.pid, lab.sts.pid].map(usageOf);
  const stsAfter = await lab.sts.ask({ do: "count" });
  const stsCalls = stsAfter.calls - stsBefore.calls;

  const sent = results.reduce((sum, result) => sum + result.sent, 0);
  const elapsedSeconds = Math.max(...results.map((result) => result.elapsedSeconds));
  const [cpuMicroseconds = 0, loadMicroseconds = 0, stsMicroseconds = 0] = after.map((usage, index) => {
    return usage.cpuMicroseconds - (before[index]?.cpuMicroseconds ?? 0);
  });
  return {
    streams: results,
    perSecond: sent / elapsedSeconds,
    cpuMicrosecondsPerRequest: cpuMicroseconds / sent,
    busyShare: cpuMicroseconds / 1e6 / elapsedSeconds,
    rssMiB: after[0]?.rssMiB ?? 0,
    stsCalls,
    stsConnections: stsAfter.connections - stsBefore.connections,
    cost: {
      loadMicrosecondsPerRequest: loadMicroseconds / sent,
      stsMicrosecondsPerCall: stsCalls === 0 ? 0 : stsMicroseconds / stsCalls,
    },
  };
}

/** The same measurements of both webhooks, round by round. */
export interface Rounds<T> {
  readonly iamgate: readonly T[];
  /** As many, or none without a peer. */
  readonly peer: readonly T[];
}

/** Measures both webhooks in turns, so that what disturbs the machine disturbs both; who is first alternates. */
export async function interleave<T>(
  lab: Pick<Lab, "iamgate" | "peer">,
  rounds: number,
  measure: (webhook: Webhook) => Promise<T>,
): Promise<Rounds<T>> {
  const iamgate: T[] = [];
  const peer: T[] = [];
  for (let round = 0; round < rounds; round++) {
    const iamgateFirst = round % 2 === 0;
    if (iamgateFirst) iamgate.push(await measure(lab.iamgate));
    if (lab.peer !== undefined) peer.push(await measure(lab.peer));
    if (!iamgateFirst) iamgate.push(await measure(lab.iamgate));
  }
  return { iamgate, peer };
}

/** Once, unmeasured: compilers and caches settle. */
export async function warmUp(lab: Lab): Promise<void> {
  const streams: readonly StreamSpec[] = [
    { tokens: "distinct", connections: 16 },
    { tokens: "junk", connections: 16 },
  ];
  await interleave(lab, 1, (webhook) => measureSlice(lab, webhook, { seconds: 3, streams }));
}
