import { describe, expect, test } from "vitest";
import { checkReasonCodes } from "./reason-codes.ts";
import { type Fixture, lines, makeFixture, packageJson } from "./test/fixture.ts";

const REASONS = "packages/access/src/reasons.ts";

function workspace(reasons: string, errors: string): Fixture {
  return makeFixture({
    "packages/access/package.json": packageJson("@x/access"),
    [REASONS]: reasons,
    "docs/errors.md": errors,
  });
}

const MAP = `export const MAP_REASONS = { notMapped: "not-mapped" } as const;\n`;
const ENTRY = "# Errors\n\n## map\n\n### `not-mapped`\n\nNo entry names the identity.\n";

describe("reason codes: docs/errors.md, both ways", () => {
  test("each code with its entry: no finding", () => {
    expect(checkReasonCodes(workspace(MAP, ENTRY).root)).toEqual({ summary: "1 codes, 1 entries", findings: [] });
  });

  test("a code without an entry: named with its line", () => {
    const reasons = `export const MAP_REASONS = {\n  notMapped: "not-mapped",\n  reservedName: "reserved-name",\n} as const;\n`;
    expect(lines(checkReasonCodes(workspace(reasons, ENTRY).root))).toEqual([
      `${REASONS}:3: \`reserved-name\` (map) has no entry; explain it in docs/errors.md: ### \`reserved-name\` below ## map`,
    ]);
  });

  test("an entry without a code: named with its line", () => {
    expect(lines(checkReasonCodes(workspace(MAP, `${ENTRY}\n### \`gone\`\n\nText.\n`).root))).toEqual([
      "docs/errors.md:9: `gone` is no code of map; remove the entry, or add the code",
    ]);
  });

  test("an entry below another stage: counts for that stage only", () => {
    const problems = lines(checkReasonCodes(workspace(MAP, ENTRY.replace("## map", "## read")).root));
    expect(problems).toHaveLength(2);
    expect(problems[1]).toBe("docs/errors.md:5: `not-mapped` is no code of read; remove the entry, or add the code");
  });

  test("no docs/errors.md: every code lacks its entry", () => {
    const { root, write } = workspace(MAP, "");
    write({ "docs/errors.md": undefined });
    expect(lines(checkReasonCodes(root))).toHaveLength(1);
  });

  test("an entry twice, an entry without text: told", () => {
    const twice = `${ENTRY}\n### \`not-mapped\`\n`;
    expect(lines(checkReasonCodes(workspace(MAP, twice).root))).toEqual([
      "docs/errors.md:9: `not-mapped` (map) has two entries; keep one",
      "docs/errors.md:9: `not-mapped` has no text; say what it means, its usual cause and what to do",
    ]);
  });
});

describe("reason codes: how lists are written", () => {
  test.each([
    ["an object", `export const MAP_REASONS = { a: "not-mapped" };`],
    ["an array", `export const MAP_CODES = ["not-mapped"] as const;`],
    ["a set", `export const MAP_RULES: ReadonlySet<string> = new Set(["not-mapped"]);`],
    ["a table by code", `export const MAP_RULES = { "not-mapped": { level: "error" } } as const satisfies Rules;`],
    ["frozen", `export const MAP_REASONS = Object.freeze({ a: "not-mapped" } as const);`],
  ])("%s: read", (_form, text) => {
    expect(checkReasonCodes(workspace(text, ENTRY).root)).toEqual({ summary: "1 codes, 1 entries", findings: [] });
  });

  test("a stage of several words: kebab-case", () => {
    const errors = "## aws-auth\n\n### `role-path`\n\nText.\n";
    expect(lines(checkReasonCodes(workspace(`export const AWS_AUTH_RULES = ["role-path"];`, errors).root))).toEqual([]);
  });

  test.each([
    [`export const MAP_REASONS = { ...OTHERS };`, "a code that is not written out"],
    [`export const MAP_REASONS = { a: prefix + "x" };`, "a code that is not written out"],
    [`export const MAP_REASONS = codes;`, "a code that is not written out"],
    [`export const MAP_REASONS = { a: "Not_Mapped", b: "not-mapped" };`, `"Not_Mapped" is not kebab-case`],
    [`export type MapReason = "not-mapped" | "reserved-name";`, "MapReason is a union of literals"],
  ])("%s: refused", (text, problem) => {
    expect(lines(checkReasonCodes(workspace(text, "").root)).join("\n")).toContain(`${REASONS}:1: ${problem}`);
  });

  test.each([
    ["codes of the wire", `export const STS_CODES = ["SignatureDoesNotMatch", "Throttling"];`],
    ["a union of wire codes", `export type StsCode = "SignatureDoesNotMatch" | "Throttling";`],
    ["a type derived from its list", `export type MapReason = (typeof MAP_REASONS)[keyof typeof MAP_REASONS];`],
    ["what is not exported", `const MAP_REASONS = { a: "x" };`],
  ])("%s: none of ours", (_kind, text) => {
    expect(checkReasonCodes(workspace(text, "").root)).toEqual({ summary: "0 codes, 0 entries", findings: [] });
  });
});
