import { describe, expect, test } from "vitest";
import { checkFormat } from "./format.ts";
import { checkLint } from "./lint.ts";
import { lines, makeFixture } from "./test/fixture.ts";
import { checkTypes } from "./types.ts";
import { checkUnused } from "./unused.ts";

describe("tools: their complaints become findings", () => {
  test("types: a wrong type named with its line, the right one passes", async () => {
    const tsconfig = JSON.stringify({ compilerOptions: { strict: true, types: [] }, include: ["*.ts"] });
    const { root, write } = makeFixture({ "tsconfig.json": tsconfig, "a.ts": `\nexport const a: number = "1";\n` });
    expect(lines(await checkTypes(root))).toEqual([
      "a.ts:2: TS2322: Type 'string' is not assignable to type 'number'.",
    ]);
    write({ "a.ts": "export const a = 1;\n" });
    expect(lines(await checkTypes(root))).toEqual([]);
  });

  test("types: a configuration that is none is told", async () => {
    const { root } = makeFixture({ "tsconfig.json": `{ "files": ["gone.ts"] }` });
    expect(lines(await checkTypes(root)).join("\n")).toContain("gone.ts");
  });

  test("lint: a default export named with its line, a named one passes", async () => {
    const config = JSON.stringify({ plugins: ["import"], rules: { "import/no-default-export": "error" } });
    const { root, write } = makeFixture({ ".oxlintrc.json": config, "a.ts": "\nexport default 1;\n" });
    expect(lines(await checkLint(root)).join("\n")).toContain("a.ts:2: Prefer named exports");
    write({ "a.ts": "export const a = 1;\n" });
    expect(lines(await checkLint(root))).toEqual([]);
  });

  test("lint: a configuration that is none is told", async () => {
    const { root } = makeFixture({ ".oxlintrc.json": `{ "rules": 1 }`, "a.ts": "" });
    expect(lines(await checkLint(root)).join("\n")).toContain(".oxlintrc.json: oxlint: exit code 1");
  });

  test("format: another layout is named, oxfmt's passes", async () => {
    const { root, write } = makeFixture({
      ".oxfmtrc.json": `{ "ignorePatterns": ["*.json"] }`,
      "a.ts": "export  const a=1",
    });
    expect(lines(await checkFormat(root))).toEqual(["a.ts: is not laid out as oxfmt does; npx oxfmt a.ts"]);
    write({ "a.ts": "export const a = 1;\n" });
    expect(lines(await checkFormat(root))).toEqual([]);
  });

  test("unused: a file, an export, a dependency and a file that only a test knows are named", async () => {
    const { root, write } = makeFixture({
      "package.json": JSON.stringify({ name: "x", main: "main.ts", type: "module", dependencies: { "left-pad": "1" } }),
      "knip.json": JSON.stringify({ entry: ["main.ts!", "*.test.ts"], project: ["*.ts!", "!*.test.ts!"] }),
      "main.ts": `import { a } from "./a.ts";\nconsole.log(a);\n`,
      "a.ts": "export const a = 1;\nexport const b = 2;\n",
      "lonely.ts": "export {};\n",
      "tested.ts": "export const t = 1;\n",
      "tested.test.ts": `import { t } from "./tested.ts";\nconsole.log(t);\n`,
    });
    expect(lines(await checkUnused(root)).toSorted()).toEqual([
      'a.ts:2: "b" is exported, and used by no other file; drop the `export`',
      "lonely.ts: is imported by nothing; delete it",
      'package.json: "left-pad" is a dependency that nothing imports; remove it',
      "tested.ts: is imported by nothing (tests aside); delete it",
    ]);
    write({
      "package.json": JSON.stringify({ name: "x", main: "main.ts", type: "module" }),
      "main.ts": `import { a, b } from "./a.ts";\nimport "./tested.ts";\nconsole.log(a, b);\n`,
      "lonely.ts": undefined,
    });
    expect(lines(await checkUnused(root))).toEqual([]);
  });
});
