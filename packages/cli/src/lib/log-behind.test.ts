import { describe, expect, test } from "vitest";
import { world } from "../../test/world.ts";
import { logBehind } from "./log-behind.ts";

const { timers } = world().deps;

/** An output whose reader takes one write each time it is let. */
function slowReader() {
  const taken: string[] = [];
  let next = Promise.withResolvers<void>();
  return {
    taken,
    writeBehind: async (text: string) => {
      await next.promise;
      taken.push(text);
    },
    read: async () => {
      const { resolve } = next;
      next = Promise.withResolvers();
      resolve();
      await Bun.sleep(5);
    },
  };
}

describe("logBehind", () => {
  test("lines of one turn: are written together, in their order, after it", async () => {
    const writes: string[] = [];
    const log = logBehind({ writeBehind: async (text) => void writes.push(text) }, timers);
    for (const line of ["a\n", "b\n", "c\n"]) log.write(line);
    expect(writes).toEqual([]);
    await log.flush(1_000);
    expect(writes).toEqual(["a\nb\nc\n"]);
    log.write("d\n");
    await log.flush(1_000);
    expect(writes).toEqual(["a\nb\nc\n", "d\n"]);
  });

  test("a reader that stalls: costs the writer nothing, at most 4 MiB are kept, and the log says how many lines are lost", async () => {
    const reader = slowReader();
    const log = logBehind(reader, timers);
    const line = `${"x".repeat(1_023)}\n`;
    log.write("first\n");
    await Bun.sleep(5);
    const startedAt = performance.now();
    for (let written = 0; written < 10_000; written++) log.write(line);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await reader.read();
    await reader.read();
    log.write("last\n");
    await Bun.sleep(5);
    await reader.read();
    const text = reader.taken.join("");
    const kept = text.split("\n").filter((each) => each.startsWith("x")).length;
    const [, lost] =
      /^iamgate: warning: log: (\d+) lines before this one could not be written and are lost$/m.exec(text) ?? [];
    expect(kept).toBeLessThanOrEqual(4_096);
    expect(kept).toBeGreaterThan(4_000);
    expect(kept + Number(lost)).toBe(10_000);
    expect(text.endsWith("last\n")).toBe(true);
  });

  test("an output that fails: nobody is told but the log, once it works again, with the whole count", async () => {
    const writes: string[] = [];
    let isFull = true;
    const writeBehind = async (text: string): Promise<void> => {
      if (isFull) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
      writes.push(text);
    };
    const log = logBehind({ writeBehind }, { after: (_ms, action) => timers.after(0, action) });
    log.write("a\nb\n");
    await log.flush(1_000);
    log.write("c\n");
    await log.flush(1_000);
    isFull = false;
    log.write("d\n");
    await log.flush(1_000);
    expect(writes).toEqual(["iamgate: warning: log: 3 lines before this one could not be written and are lost\nd\n"]);
  });

  test("flush: gives up on a reader that stalls", async () => {
    const log = logBehind({ writeBehind: () => new Promise(() => undefined) }, timers);
    log.write("a\n");
    const startedAt = performance.now();
    await log.flush(50);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
