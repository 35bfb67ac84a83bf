import { quantile } from "../lib/statistics.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { LoadTarget, StreamResult, StreamSpec } from "./messages.ts";
import { makeTokens } from "./tokens.ts";

/** A stream whose tokens are made and whose connections are open. */
export interface Stream {
  /** Sends for so long, then waits for what is still to be answered. */
  run(): Promise<StreamResult>;
}

/** More than any server answers in a second. */
const MOST_PER_SECOND = 30_000;
/** 260 MB of requests; without a pace, a slice ends early when they are used up. */
const MOST_TOKENS = 200_000;
/** Longer than the Go authenticator waits for STS (10 s). */
const LAST_ANSWER_MILLISECONDS = 12_000;

/** Makes the tokens and opens the connections of a stream. */
export async function prepareStream(spec: StreamSpec, target: LoadTarget, seconds: number): Promise<Stream> {
  const paced = spec.perSecond === undefined ? undefined : spec.perSecond * seconds;
  const count = Math.ceil(spec.limit ?? paced ?? Math.min(MOST_PER_SECOND * seconds, MOST_TOKENS));
  const { list, cycles } = makeTokens(spec.tokens, count, Date.now());
  const requests = requestsOf(list);
  const last = cycles ? (spec.limit ?? Number.POSITIVE_INFINITY) : Math.min(count, requests.length);

  const outcomes = { granted: 0, refused: 0, failed: 0 };
  const latencies: number[] = [];
  const idle: Connection[] = [];
  /** When each request was due, those that wait for a connection last. */
  const due: number[] = [];
  let sent = 0;
  let inFlight = 0;
  let isSending = false;
  let lastAnswerAt = 0;

  const open = async (): Promise<void> => {
    let dueAt = 0;
    const answered = (outcome: keyof typeof outcomes): void => {
      lastAnswerAt = performance.now();
      latencies.push(lastAnswerAt - dueAt);
      outcomes[outcome]++;
      inFlight--;
      dueAt = 0;
    };
    const connection = await openConnection(target, {
      onAnswer: (outcome) => {
        answered(outcome);
        idle.push(self);
        sendNext();
      },
      onLost: () => {
        if (dueAt > 0) answered("failed");
        const place = idle.indexOf(self);
        if (place !== -1) idle.splice(place, 1);
        open().then(sendNext, () => {});
      },
    });
    const self: Connection = {
      send: (request) => {
        dueAt = due[sent - 1] ?? performance.now();
        connection.send(request);
      },
      close: () => connection.close(),
    };
    idle.push(self);
  };

  const sendNext = (): void => {
    const isPaced = spec.perSecond !== undefined;
    while (idle.length > 0 && sent < last && (isPaced ? sent < due.length : isSending)) {
      const request = requests[sent % requests.length];
      const connection = idle.pop();
      if (request === undefined || connection === undefined) return;
      sent++;
      inFlight++;
      connection.send(request);
    }
  };

  await Promise.all(Array.from({ length: spec.connections }, open));
  return {
    run: async () => {
      const startedAt = performance.now();
      const endsAt = startedAt + seconds * 1000;
      isSending = true;
      sendNext();
      while (performance.now() < endsAt && !(sent >= last && inFlight === 0)) {
        await Bun.sleep(1);
        if (spec.perSecond === undefined) continue;
        const now = performance.now();
        const dueByNow = Math.min(last, ((now - startedAt) / 1000) * spec.perSecond);
        while (due.length < dueByNow) due.push(now);
        sendNext();
      }
      isSending = false;
      const givesUpAt = performance.now() + LAST_ANSWER_MILLISECONDS;
      while ((inFlight > 0 || sent < due.length) && performance.now() < givesUpAt) await Bun.sleep(1);
      for (const connection of idle) connection.close();
      const sorted = Float64Array.from(latencies).toSorted();
      return {
        ...outcomes,
        sent,
        failed: outcomes.failed + inFlight,
        elapsedSeconds: (lastAnswerAt - startedAt) / 1000,
        p50Milliseconds: quantile(sorted, 0.5),
        p99Milliseconds: quantile(sorted, 0.99),
      };
    },
  };
}

/** Whole HTTP requests, made beforehand; equal tokens share one. */
function requestsOf(tokens: readonly string[]): readonly Uint8Array[] {
  const made = new Map<string, Uint8Array>();
  return tokens.map((token) => {
    const known = made.get(token);
    if (known !== undefined) return known;
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token } };
    const body = JSON.stringify(review);
    const head = [
      "POST /authenticate HTTP/1.1",
      "Host: 127.0.0.1",
      "Content-Type: application/json",
      "Accept: application/json",
      `Content-Length: ${body.length}`,
    ];
    const request = Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`, "latin1");
    made.set(token, request);
    return request;
  });
}
