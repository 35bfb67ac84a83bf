import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, temporaryDirectory } from "../../test/world.ts";
import { CliError } from "../errors.ts";
import { realFiles } from "../files.ts";
import { readTextFile } from "./text-file.ts";

afterAll(cleanUp);

const directory = temporaryDirectory();

function made(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

async function text(path: string): Promise<string> {
  return (await readTextFile({ path, flag: "--map" }, realFiles)).text;
}

/** `message | hint`, with the directory left out. */
async function refusal(path: string): Promise<string> {
  const error = await text(path).catch((cause: unknown) => cause);
  if (!(error instanceof CliError)) throw new Error(`taken, or another error: ${String(error)}`);
  expect(error.exitCode).toBe(1);
  return `${error.message} | ${error.hint}`.replaceAll(directory, "D");
}

describe("readTextFile", () => {
  test("UTF-8: as it is, without a byte order mark; what is not UTF-8 becomes U+FFFD", async () => {
    expect(await text(made("plain", "grüße\n"))).toBe("grüße\n");
    expect(await text(made("bom", "\ufeffa: 1"))).toBe("a: 1");
    expect(await text(made("latin1", Uint8Array.of(0x61, 0xe4, 0x62)))).toBe("a\ufffdb");
  });

  test("what is no file: each is named with path and next step", async () => {
    mkdirSync(join(directory, "dir"));
    symlinkSync("circle", join(directory, "circle"));
    expect(await refusal(join(directory, "none"))).toBe(
      'reading --map "D/none": there is no such file | correct the path, or make the file',
    );
    expect(await refusal(join(directory, "dir"))).toBe('reading --map "D/dir": is a directory | name the file in it');
    expect(await refusal(made("plain", "x") + "/y")).toContain("a part of the path is no directory");
    expect(await refusal(join(directory, "circle"))).toContain("its symbolic links go in a circle");
    expect(await refusal("/dev/zero")).toContain('reading --map "/dev/zero": is not a regular file');
    expect(await refusal(join(directory, "n".repeat(300)))).toContain("the path is too long");
  });

  test("what is no text: each is named", async () => {
    expect(await refusal(made("empty", ""))).toContain('reading --map "D/empty": the file is empty | write what');
    expect(await refusal(made("blank", " \n\t\n"))).toContain("the file is empty");
    expect(await refusal(made("utf16", Uint8Array.of(0xff, 0xfe, 0x61, 0)))).toContain(
      "is UTF-16 text | save it as UTF-8",
    );
    expect(await refusal(made("binary", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0)))).toContain(
      "is not text: byte 5 is NUL",
    );
    expect(await refusal(made("large", "x".repeat(4 * 1024 * 1024 + 1)))).toContain("it has 4194305 bytes, at most");
  });

  test("a file that may not be read: permission denied, with what to do", async () => {
    const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    const files = { ...realFiles, read: () => Promise.reject(denied) };
    const reading = readTextFile({ path: made("mine", "x"), flag: "--map" }, files);
    await expect(reading).rejects.toMatchObject({
      code: "unreadable-file",
      message: expect.stringMatching(/permission denied$/),
    });
  });
});
