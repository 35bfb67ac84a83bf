import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, temporaryDirectory, world } from "../../test/world.ts";
import { withLock } from "./lock.ts";

afterAll(cleanUp);

const { deps } = world();

/** A process that holds the lock until it is killed. */
async function holder(path: string): Promise<Bun.Subprocess> {
  const code = `const database = new (require("bun:sqlite").Database)(process.argv[1]); database.run("BEGIN EXCLUSIVE"); console.log("held"); setInterval(() => {}, 1000);`;
  const child = Bun.spawn([process.execPath, "-e", code, path], { stdout: "pipe", stderr: "inherit" });
  await child.stdout.getReader().read();
  return child;
}

describe("withLock", () => {
  test("many at once: go one after the other", async () => {
    const path = join(temporaryDirectory(), "lock");
    let inside = 0;
    let most = 0;
    const action = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await Bun.sleep(1);
      inside--;
    };
    const sleep = (): Promise<void> => Bun.sleep(2);
    const hurried = { ...deps, timers: { ...deps.timers, sleep } };
    await Promise.all(Array.from({ length: 8 }, () => withLock(path, hurried, action)));
    expect(most).toBe(1);
  });

  test("an action that fails: gives the lock back", async () => {
    const path = join(temporaryDirectory(), "lock");
    await expect(withLock(path, deps, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLock(path, deps, () => Promise.resolve("next"))).toBe("next");
  });

  test("a holder that is killed: is not waited for, whatever it left in the file", async () => {
    const path = join(temporaryDirectory(), "lock");
    writeFileSync(path, "");
    const child = await holder(path);
    child.kill("SIGKILL");
    await child.exited;
    const startedAt = performance.now();
    expect(await withLock(path, deps, () => Promise.resolve("mine"))).toBe("mine");
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test("a holder that never ends: is told after 10 s, with what to do", async () => {
    const path = join(temporaryDirectory(), "lock");
    const child = await holder(path);
    let waitedMs = 0;
    const sleep = async (milliseconds: number): Promise<void> => {
      waitedMs += milliseconds;
    };
    const hurried = { ...deps, timers: { ...deps.timers, sleep } };
    await expect(withLock(path, hurried, () => Promise.resolve())).rejects.toMatchObject({
      code: "state-dir-unusable",
      message: `lock "${path}": another process keeps it`,
      hint: expect.stringContaining("fuser"),
    });
    expect(waitedMs).toBe(10_000);
    child.kill("SIGKILL");
    await child.exited;
  });
});
