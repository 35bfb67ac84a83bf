import { describe, expect, test } from "vitest";
import { runHere } from "../test/world.ts";
import { ALIASES, COMMANDS } from "./commands.ts";

describe("aliases", () => {
  test("server: is serve, under its own name in messages, and stands in no list", async () => {
    expect((await runHere(["server", "--help"])).stdout).toBe((await runHere(["serve", "--help"])).stdout);
    expect((await runHere(["help", "server"])).stdout).toContain("usage: iamgate serve");
    expect((await runHere(["server"])).stderr).toContain("flag --cluster-id: is required");
    expect((await runHere(["help"])).stdout).not.toMatch(/^ {2}server /m);
  });

  test("each: stands for a command, and hides none", () => {
    for (const [alias, name] of ALIASES) {
      expect(COMMANDS.has(name)).toBe(true);
      expect(COMMANDS.has(alias)).toBe(false);
    }
  });
});
