import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, temporaryDirectory } from "../test/world.ts";
import { realFiles } from "./files.ts";

afterAll(cleanUp);

describe("realFiles.replace", () => {
  test("a reader beside it: sees the old text or the new, never a part", async () => {
    const path = join(temporaryDirectory(), "file");
    const texts = ["a".repeat(200_000), "b".repeat(300_000)];
    writeFileSync(path, texts[0] ?? "");
    let isDone = false;
    const seen = new Set<number>();
    const reader = (async () => {
      while (!isDone) {
        const text = readFileSync(path, "utf8");
        if (!texts.includes(text)) throw new Error(`a part: ${text.length} characters`);
        seen.add(text.length);
        await Bun.sleep(0);
      }
    })();
    for (let round = 0; round < 20; round++) await realFiles.replace(path, texts[round % 2] ?? "", { mode: 0o600 });
    isDone = true;
    await reader;
    expect(seen.size).toBe(2);
  });

  test("mode: is exactly what was asked for, over a file of another mode and under any umask", async () => {
    const path = join(temporaryDirectory(), "key.pem");
    writeFileSync(path, "old", { mode: 0o644 });
    const before = process.umask(0o377);
    await realFiles.replace(path, "new", { mode: 0o600 }).finally(() => process.umask(before));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("failure: leaves what was there, and no temporary file", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "taken"));
    await expect(realFiles.replace(join(directory, "taken"), "text", { mode: 0o600 })).rejects.toThrow();
    expect(readdirSync(directory)).toEqual(["taken"]);
  });
});

describe("realFiles.stat", () => {
  test("version: differs after a write, a replacement by the same text, and a swap of the link that leads there", async () => {
    const directory = temporaryDirectory();
    const path = join(directory, "file");
    writeFileSync(join(directory, "one"), "text");
    writeFileSync(join(directory, "two"), "text");
    symlinkSync("one", path);
    const versions = [(await realFiles.stat(path)).version];
    await Bun.sleep(20);
    writeFileSync(path, "TEXT");
    versions.push((await realFiles.stat(path)).version);
    await realFiles.replace(join(directory, "one"), "TEXT", { mode: 0o600 });
    versions.push((await realFiles.stat(path)).version);
    await realFiles.remove(path);
    symlinkSync("two", path);
    versions.push((await realFiles.stat(path)).version);
    expect(new Set(versions).size).toBe(4);
  });
});

describe("realFiles.claim", () => {
  test("of many at once: exactly one has it", async () => {
    const path = join(temporaryDirectory(), "lock");
    const claims = await Promise.all(Array.from({ length: 20 }, (_, index) => realFiles.claim(path, `${index}`)));
    expect(claims.filter(Boolean).length).toBe(1);
    expect(readFileSync(path, "utf8")).toBe(`${claims.indexOf(true)}`);
  });
});
