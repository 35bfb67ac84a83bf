import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, temporaryDirectory, world } from "../test/world.ts";
import { openSealingKey } from "./sealing-key.ts";

afterAll(cleanUp);

describe("openSealingKey", () => {
  test("a new directory: 32 random bytes, for the owner only, the same every time", async () => {
    const { deps } = world();
    const directory = temporaryDirectory();
    const key = await openSealingKey(directory, deps);
    expect(key.length).toBe(32);
    expect(await openSealingKey(directory, deps)).toEqual(key);
    expect(statSync(join(directory, "sealing-key")).mode & 0o777).toBe(0o600);
    expect(await openSealingKey(temporaryDirectory(), deps)).not.toEqual(key);
  });

  test("two that start at once: have one key", async () => {
    const { deps } = world();
    const directory = temporaryDirectory();
    const keys = await Promise.all([openSealingKey(directory, deps), openSealingKey(directory, deps)]);
    expect(keys[0]).toEqual(keys[1]);
    expect(readdirSync(directory).filter((name) => !name.startsWith("."))).toEqual(["sealing-key"]);
  });

  test.each(["", "abc\n", `${"0".repeat(63)}g\n`, "0".repeat(64)])(
    "a file that holds %j: said, not overwritten",
    async (text) => {
      const { deps } = world();
      const directory = temporaryDirectory();
      const path = join(directory, "sealing-key");
      writeFileSync(path, text);
      await expect(openSealingKey(directory, deps)).rejects.toMatchObject({
        code: "state-dir-unusable",
        message: `sealing key "${path}": is not 64 hexadecimal digits`,
      });
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );
});
