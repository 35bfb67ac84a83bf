import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, temporaryDirectory, world } from "../test/world.ts";
import type { Deps } from "./deps.ts";
import { readTextFile } from "./lib/text-file.ts";
import { watchFile } from "./watch-file.ts";

afterAll(cleanUp);

/** What the watch guarantees. */
const WITHIN_MS = 2_000;

const { deps } = world();
/** As on a network file system, where events are lost. */
const withoutEvents: Deps = { ...deps, files: { ...deps.files, watchDirectory: () => () => undefined } };

const stops: (() => void)[] = [];

afterAll(() => {
  for (const stop of stops.splice(0)) stop();
});

async function watched(path: string, from: Deps = deps) {
  const heard: string[] = [];
  const file = { path, flag: "--map" };
  const stop = watchFile(
    file,
    await readTextFile(file, from.files),
    { onText: (text) => heard.push(text), onTrouble: (error) => heard.push(`trouble: ${error.message}`) },
    from,
  );
  stops.push(stop);
  return {
    heard,
    stop,
    /** What was told last, when that is the text or the watch has had its time. */
    lastOnce: async (text: string): Promise<string | undefined> => {
      const before = performance.now();
      while (heard.at(-1) !== text && performance.now() - before < WITHIN_MS) await Bun.sleep(5);
      return heard.at(-1);
    },
  };
}

function made(text = "first"): string {
  const path = join(temporaryDirectory(), "map.yaml");
  writeFileSync(path, text);
  return path;
}

function replaced(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

for (const [kind, from] of [
  ["with events", deps],
  ["by polling alone", withoutEvents],
] as const) {
  describe(`watchFile ${kind}`, () => {
    test.concurrent("written in place, replaced by rename, deleted and made anew: each is told", async () => {
      const path = made();
      const { lastOnce, heard } = await watched(path, from);
      writeFileSync(path, "second");
      expect(await lastOnce("second")).toBe("second");
      replaced(path, "third");
      expect(await lastOnce("third")).toBe("third");
      unlinkSync(path);
      expect(await lastOnce(`trouble: reading --map "${path}": there is no such file`)).toBe(
        `trouble: reading --map "${path}": there is no such file`,
      );
      writeFileSync(path, "fourth");
      expect(await lastOnce("fourth")).toBe("fourth");
      expect(heard.length).toBe(4);
    });

    test.concurrent("Kubernetes' ..data swap: is told", async () => {
      const directory = temporaryDirectory();
      for (const [version, text] of [
        ["..1", "one"],
        ["..2", "two"],
      ] as const) {
        mkdirSync(join(directory, version));
        writeFileSync(join(directory, version, "map.yaml"), text);
      }
      symlinkSync("..1", join(directory, "..data"));
      symlinkSync("..data/map.yaml", join(directory, "map.yaml"));
      const { lastOnce } = await watched(join(directory, "map.yaml"), from);
      symlinkSync("..2", join(directory, "..data_tmp"));
      renameSync(join(directory, "..data_tmp"), join(directory, "..data"));
      rmSync(join(directory, "..1"), { recursive: true });
      expect(await lastOnce("two")).toBe("two");
    });

    test.concurrent("a link that leads to another directory: a change there is told", async () => {
      const target = made();
      const path = join(temporaryDirectory(), "map.yaml");
      symlinkSync(target, path);
      const { lastOnce } = await watched(path, from);
      replaced(target, "second");
      expect(await lastOnce("second")).toBe("second");
    });

    test.concurrent("a second write of the same length within the clock's tick: is not missed", async () => {
      const path = made("aaaa");
      const { lastOnce } = await watched(path, from);
      for (const text of ["bbbb", "cccc", "dddd"]) writeFileSync(path, text);
      expect(await lastOnce("dddd")).toBe("dddd");
      writeFileSync(path, "eeee");
      await Bun.sleep(70);
      writeFileSync(path, "ffff");
      expect(await lastOnce("ffff")).toBe("ffff");
    });
  });
}

describe("watchFile", () => {
  test.concurrent("a writer that truncates and then writes: the empty state between is not told", async () => {
    const path = made();
    const { lastOnce, heard } = await watched(path);
    truncateSync(path, 0);
    await Bun.sleep(30);
    writeFileSync(path, "second");
    expect(await lastOnce("second")).toBe("second");
    expect(heard).toEqual(["second"]);
  });

  test.concurrent("a hundred writes at once: a few calls, the last text last", async () => {
    const path = made();
    const { lastOnce, heard } = await watched(path);
    for (let write = 1; write <= 100; write++) {
      writeFileSync(path, `text ${write}`);
      if (write % 10 === 0) await Bun.sleep(5);
    }
    expect(await lastOnce("text 100")).toBe("text 100");
    expect(heard.length).toBeLessThan(5);
  });

  test.concurrent("a file that never rests: is told all the same", async () => {
    const path = made();
    const { heard } = await watched(path);
    const before = performance.now();
    for (let write = 1; heard.length === 0 && performance.now() - before < WITHIN_MS; write++) {
      writeFileSync(path, `text ${write}`);
      await Bun.sleep(7);
    }
    expect(heard.length).toBe(1);
  });

  test.concurrent("touched, or replaced by the same text: nothing is told", async () => {
    const path = made();
    const { heard } = await watched(path);
    replaced(path, "first");
    await Bun.sleep(700);
    expect(heard).toEqual([]);
  });

  test.concurrent("trouble that stays: is told once; the same text after it: is told again", async () => {
    const path = made();
    const { lastOnce, heard } = await watched(path);
    unlinkSync(path);
    mkdirSync(path);
    expect(await lastOnce(`trouble: reading --map "${path}": is a directory`)).toBe(
      `trouble: reading --map "${path}": is a directory`,
    );
    await Bun.sleep(1_200);
    rmSync(path, { recursive: true });
    writeFileSync(path, "first");
    expect(await lastOnce("first")).toBe("first");
    expect(heard.filter((each) => each.includes("is a directory")).length).toBe(1);
  });

  test.concurrent("stopped: nothing is told any more", async () => {
    const path = made();
    const { heard, stop } = await watched(path);
    stop();
    writeFileSync(path, "second");
    await Bun.sleep(700);
    expect(heard).toEqual([]);
  });

  test.concurrent("a directory in which much happens: is looked at no more than 20 times a second", async () => {
    let stats = 0;
    const stat: Deps["files"]["stat"] = (path) => {
      stats++;
      return deps.files.stat(path);
    };
    const path = made();
    await watched(path, { ...deps, files: { ...deps.files, stat } });
    stats = 0;
    for (let write = 0; write < 100; write++) {
      writeFileSync(`${path}.other`, `${write}`);
      await Bun.sleep(5);
    }
    // One look takes two states while the file is young: one to compare, one with the reading.
    expect(stats).toBeLessThan(45);
  });

  test.concurrent("a second write that the file system's clock does not tell from the first: is not missed", async () => {
    let text = "first";
    const changedAt = Date.now();
    const files: Deps["files"] = {
      ...deps.files,
      stat: () => Promise.resolve({ kind: "file", sizeBytes: 5, mode: 0o600, changedAt, version: "same" }),
      read: () => Promise.resolve(new TextEncoder().encode(text)),
    };
    const { lastOnce } = await watched(join(temporaryDirectory(), "map.yaml"), { ...deps, files });
    await Bun.sleep(600);
    text = "other";
    expect(await lastOnce("other")).toBe("other");
  });

  test.concurrent("a file that rests: is not read again and again", async () => {
    let reads = 0;
    const read: Deps["files"]["read"] = (path) => {
      reads++;
      return deps.files.read(path);
    };
    const path = made();
    await watched(path, { ...deps, now: () => Date.now() + 10_000, files: { ...deps.files, read } });
    await Bun.sleep(700);
    reads = 0;
    await Bun.sleep(1_100);
    expect(reads).toBe(0);
  });
});
