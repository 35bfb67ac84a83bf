import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, temporaryDirectory, world } from "../../test/world.ts";
import { withLock } from "./lock.ts";

afterAll(cleanUp);

const { deps } = world();
const hurried = { ...deps, timers: { ...deps.timers, sleep: () => Bun.sleep(0) } };

describe("withLock", () => {
  test("many at once: go one after the other, and leave no file behind", async () => {
    const path = join(temporaryDirectory(), "lock");
    let inside = 0;
    let most = 0;
    const action = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await Bun.sleep(1);
      inside--;
    };
    await Promise.all(
      Array.from({ length: 8 }, () =>
        withLock(path, { ...deps, timers: { ...deps.timers, sleep: () => Bun.sleep(2) } }, action),
      ),
    );
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  test("an action that fails: gives the lock back", async () => {
    const path = join(temporaryDirectory(), "lock");
    await expect(withLock(path, deps, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLock(path, deps, () => Promise.resolve("next"))).toBe("next");
  });

  test("a lock whose holder was killed: is taken over after 5 s", async () => {
    const path = join(temporaryDirectory(), "lock");
    writeFileSync(path, "dead");
    let waitedMs = 0;
    const sleep = async (milliseconds: number): Promise<void> => {
      waitedMs += milliseconds;
    };
    expect(await withLock(path, { ...deps, timers: { ...deps.timers, sleep } }, () => Promise.resolve("mine"))).toBe(
      "mine",
    );
    expect(waitedMs).toBeGreaterThanOrEqual(5_000);
    expect(waitedMs).toBeLessThan(6_000);
  });

  test("a lock that cannot be removed: is named, with what to do", async () => {
    const path = join(temporaryDirectory(), "lock");
    writeFileSync(path, "stuck");
    const files = { ...deps.files, remove: () => Promise.reject(new Error("EPERM")) };
    await expect(withLock(path, { ...hurried, files }, () => Promise.resolve())).rejects.toMatchObject({
      code: "state-dir-unusable",
      message: `lock "${path}": another process keeps it`,
      hint: expect.stringContaining(`delete "${path}"`),
    });
  });
});
