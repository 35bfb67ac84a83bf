import type { Output, Timers } from "../deps.ts";

/** Characters that may wait for a slow reader: about 15,000 decisions. */
const MAX_WAITING = 4 * 1024 * 1024;
const RETRY_MS = 200;

/** A log that holds up nobody: it is written behind, in order, and bounded. */
export interface LogBehind {
  /** Takes whole lines. */
  readonly write: (lines: string) => void;
  /** Resolves when all that was taken is written, or after so many milliseconds. */
  readonly flush: (withinMs: number) => Promise<void>;
}

/**
 * Puts a bounded memory before an output, so that neither the writing nor a reader that stalls costs the writer anything.
 * What does not fit any more is dropped, and the log itself says how much once there is room again.
 *
 * One write for all lines of a moment costs a fifth of a system call for each, and a tenth of pino (docs/decisions.md).
 */
export function logBehind(output: Pick<Output, "writeBehind">, { after }: Pick<Timers, "after">): LogBehind {
  let waiting = "";
  let inFlight = 0;
  let dropped = 0;
  let isPumping = false;
  let whenIdle = Promise.withResolvers<void>();

  const pump = async (): Promise<void> => {
    let hasFailed = false;
    while (waiting !== "" || (dropped > 0 && !hasFailed)) {
      const lines = waiting;
      const told = dropped;
      waiting = "";
      inFlight = lines.length;
      try {
        await output.writeBehind(told === 0 ? lines : lossNotice(told) + lines);
        dropped -= told;
        hasFailed = false;
      } catch {
        // A log that cannot be written (a full disk, a reader that has gone) must not keep anybody out.
        dropped += lineCount(lines);
        hasFailed = true;
        await new Promise<void>((resolve) => after(RETRY_MS, resolve));
      }
      inFlight = 0;
    }
    isPumping = false;
    whenIdle.resolve();
  };

  return {
    write: (lines) => {
      if (waiting.length + inFlight + lines.length > MAX_WAITING) {
        dropped += lineCount(lines);
        return;
      }
      waiting += lines;
      if (isPumping) return;
      isPumping = true;
      whenIdle = Promise.withResolvers();
      // So that the lines of one turn of the event loop are written together.
      after(0, () => void pump());
    },
    flush: async (withinMs) => {
      if (!isPumping) return;
      const timeout = Promise.withResolvers<void>();
      const cancel = after(withinMs, timeout.resolve);
      await Promise.race([whenIdle.promise, timeout.promise]);
      cancel();
    },
  };
}

function lossNotice(count: number): string {
  return `iamgate: warning: log: ${count} lines before this one could not be written and are lost\n`;
}

function lineCount(lines: string): number {
  return lines.split("\n").length - 1;
}
