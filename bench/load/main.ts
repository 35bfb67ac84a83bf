import { answerQuestions } from "../lib/worker.ts";
import type { LoadAsk, StreamResult } from "./messages.ts";
import { prepareStream, type Stream } from "./stream.ts";

let prepared: readonly Stream[] = [];

answerQuestions(async (question: LoadAsk): Promise<readonly StreamResult[]> => {
  if (question.do === "prepare") {
    const { streams, target, seconds } = question;
    prepared = await Promise.all(streams.map((spec) => prepareStream(spec, target, seconds)));
    return [];
  }
  // What preparing left behind would otherwise be collected while it is measured.
  Bun.gc(true);
  return await Promise.all(prepared.map((stream) => stream.run()));
});
