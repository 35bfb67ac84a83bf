import { join } from "node:path";
import { keep, kill, type Child } from "./children.ts";
import { pinned } from "./cores.ts";

/** A process of ours that does what it is asked, one thing at a time. */
export interface Worker<Ask, Answer> extends Child {
  /** @throws Error with what the worker threw, or when it has ended. */
  ask(question: Ask): Promise<Answer>;
}

type Reply = { readonly answer: unknown } | { readonly error: string };

/** Starts a script below `bench/` as a worker on one core. */
export function startWorker<Ask, Answer>(script: string, core: number): Worker<Ask, Answer> {
  let settle: ((reply: Reply) => void) | undefined;
  const path = join(import.meta.dirname, "..", script);
  const process = keep(
    Bun.spawn([...pinned(core, [globalThis.process.execPath, "--conditions=source", path])], {
      stdin: "ignore",
      stdout: "inherit",
      stderr: "inherit",
      ipc: (message: Reply) => settle?.(message),
      onExit: (_process, exitCode) => settle?.({ error: `ended with exit code ${exitCode}` }),
    }),
  );
  return {
    pid: process.pid,
    kill: () => kill(process),
    ask: async (question) => {
      const reply = await new Promise<Reply>((resolve) => {
        settle = resolve;
        process.send(question);
      });
      if ("error" in reply) throw new Error(`${script}: ${reply.error}`);
      return reply.answer as Answer;
    },
  };
}

/** The worker's side: answers each question by `handle`. */
export function answerQuestions(handle: (question: never) => unknown): void {
  // Only the one who started it, by `ask`, has the channel.
  process.on("message", (question: unknown) => {
    Promise.try(() => handle(question as never)).then(
      (answer) => process.send?.({ answer } satisfies Reply),
      (error: unknown) => process.send?.({ error: String(error) } satisfies Reply),
    );
  });
  // Whoever asks has gone.
  process.on("disconnect", () => process.exit());
}
