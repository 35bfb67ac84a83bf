import { describe, expect, test } from "vitest";
import { runHere } from "../test/world.ts";
import { COMMANDS } from "./commands.ts";

describe("iamgate help", () => {
  test("lists every command with its summary, on standard output", async () => {
    const commands = await Promise.all(Array.from(COMMANDS.values(), (load) => load()));
    for (const args of [["help"], ["--help"], ["-h"], ["help", "help"], ["help", "version"]]) {
      const { code, stdout, stderr } = await runHere(args);
      expect([code, stderr]).toEqual([0, ""]);
      for (const { name, summary } of commands)
        expect(stdout).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 30)}`, "m"));
    }
  });

  test("of a command: every flag, its default, and examples that its own flags allow", async () => {
    for (const [name, load] of COMMANDS) {
      const command = await load();
      const asked = await runHere(["help", name]);
      const flagged = await runHere([name, "--help"]);
      expect(asked).toEqual(flagged);
      expect(asked.code).toBe(0);
      expect(command.name).toBe(name);
      for (const flag of Object.keys(command.flags)) expect(asked.stdout).toContain(`--${flag}`);
      for (const { path } of command.files ?? []) expect(asked.stdout).toContain(path);
      expect(command.examples.length).toBeGreaterThan(0);
      for (const { line } of command.examples) {
        expect(asked.stdout).toContain(line);
        const own = line.split(/[|()]/).filter((part) => part.trim().startsWith(`iamgate ${name}`));
        for (const [, flag = ""] of own.join(" ").matchAll(/ --([a-z-]+)/g))
          expect(Object.keys(command.flags)).toContain(flag);
      }
    }
  });

  test("lines: none is longer than 100 characters but for examples", async () => {
    for (const name of COMMANDS.keys()) {
      const { stdout } = await runHere([name, "--help"]);
      const [text = ""] = stdout.split("\nexamples:");
      expect(text.split("\n").filter((line) => line.length > 102)).toEqual([]);
    }
  });
});

describe("run", () => {
  test("unknown command: is named with the nearest one, exit code 2", async () => {
    expect(await runHere(["srve"])).toEqual({
      code: 2,
      stdout: "",
      stderr:
        'iamgate: error: command "srve": there is no such command\niamgate: hint: did you mean serve? `iamgate help` lists the commands\n',
    });
    expect((await runHere(["help", "constructor"])).code).toBe(2);
  });

  test("no command: says how to find one, exit code 2", async () => {
    const { code, stderr } = await runHere([]);
    expect(code).toBe(2);
    expect(stderr).toBe("iamgate: error: no command given\niamgate: hint: `iamgate help` lists the commands\n");
  });

  test("--version: name and version", async () => {
    expect((await runHere(["--version"])).stdout).toMatch(/^iamgate \d+\.\d+\.\d+\n$/);
  });
});
