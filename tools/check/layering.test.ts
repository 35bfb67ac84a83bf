import { describe, expect, test } from "vitest";
import { checkLayering } from "./layering.ts";
import { type Fixture, lines, makeFixture, packageJson } from "./test/fixture.ts";

const TABLE = `
| package | job | may import | from outside | may touch |
|---|---|---|---|---|
| \`packages/token\` | mints | – | \`@noble/hashes\` (bundled) in \`src/portable.ts\` | \`node:crypto\` in \`src/node.ts\` |
| \`packages/webhook\` | answers | token | \`yaml\` lazily | \`Date.now\` |
| \`packages/sts\` | confirms | token | – | – |
| \`packages/cli\` | commands | all | – | everything |
| \`packages/testkit\` | tests | all | – | everything |
`;

function workspace(): Fixture {
  return makeFixture({
    "ARCHITECTURE.md": TABLE,
    "packages/token/package.json": packageJson("@x/token", {
      imports: { "#hash": { node: "./src/node.ts", default: "./src/portable.ts" } },
      devDependencies: { "@noble/hashes": "2" },
    }),
    "packages/token/src/index.ts": `import { hash } from "#hash";\nexport const token = hash;\n`,
    "packages/token/src/node.ts": `import { createHash } from "node:crypto";\nexport const hash = createHash;\n`,
    "packages/token/src/portable.ts": `import { sha256 } from "@noble/hashes/sha2.js";\nexport const hash = sha256;\n`,
    "packages/webhook/package.json": packageJson("@x/webhook", { dependencies: { "@x/token": "1", yaml: "2" } }),
    "packages/webhook/src/index.ts": `import { token } from "@x/token";
import type { Document } from "yaml";
export const parse = async (): Promise<Document> => (await import("yaml")).parse(token);
export const at = (): number => Date.now();
`,
    "packages/sts/package.json": packageJson("@x/sts", { dependencies: { "@x/token": "1" } }),
    "packages/sts/src/index.ts": "export {};\n",
    "packages/cli/package.json": packageJson("x", { dependencies: { "@x/sts": "1", "@x/webhook": "1" } }),
    "packages/cli/src/index.ts": `import "@x/sts";\nimport "@x/webhook";\nconsole.log(process.argv, new Date());\n`,
    "packages/testkit/package.json": packageJson("@x/testkit", { private: true, dependencies: { "@x/sts": "1" } }),
    "packages/testkit/src/index.ts": `import "@x/sts";\nsetTimeout(() => {}, 1);\n`,
  });
}

const WEBHOOK = "packages/webhook/src/new.ts";

describe("layering: the table in ARCHITECTURE.md", () => {
  test("a workspace that keeps to it: no finding", () => {
    expect(checkLayering(workspace().root)).toEqual({ summary: "5 packages, 7 files", findings: [] });
  });

  test("a package without a row, a row without a package: both named", () => {
    const { root, write } = workspace();
    write({ "ARCHITECTURE.md": TABLE.replace("packages/sts", "packages/ghost") });
    expect(lines(checkLayering(root))).toContain(
      "ARCHITECTURE.md: `packages/sts` has no row in the table of packages; say what it may import and touch",
    );
    expect(lines(checkLayering(root))).toContain("ARCHITECTURE.md:6: `packages/ghost` is no package; correct the row");
  });

  test("no table: said", () => {
    const { root, write } = workspace();
    write({ "ARCHITECTURE.md": "# Architecture\n" });
    expect(lines(checkLayering(root))[0]).toContain("no table with the columns package | may import");
  });

  test("a cell that is no list: named with its line", () => {
    const { root, write } = workspace();
    write({ "ARCHITECTURE.md": TABLE.replace("`yaml` lazily", "yaml if it must be") });
    expect(lines(checkLayering(root)).join("\n")).toContain('ARCHITECTURE.md:5: "yaml if it must be": want –');
  });

  test("packages that may import each other in a circle: named", () => {
    const { root, write } = workspace();
    write({ "ARCHITECTURE.md": TABLE.replace("mints | –", "mints | sts") });
    expect(lines(checkLayering(root)).join("\n")).toContain("packages/sts → packages/token → packages/sts");
  });
});

describe("layering: imports", () => {
  test.each([
    ["static", `import { sts } from "@x/sts";`],
    ["type-only", `import type { Sts } from "@x/sts";`],
    ["for its effects", `import "@x/sts";`],
    ["of a subpath", `import "@x/sts/testing";`],
    ["dynamic", `export const load = () => import("@x/sts");`],
    ["dynamic, as a template", "export const load = () => import(`@x/sts`);"],
    ["in a type", `export type Sts = import("@x/sts").Sts;`],
    ["export from", `export { sts } from "@x/sts";`],
    ["export type from", `export type { Sts } from "@x/sts";`],
    ["export all", `export * from "@x/sts";`],
    ["import =", `import sts = require("@x/sts");`],
  ])("an import of a package the table does not allow, %s: refused", (_kind, text) => {
    const { root, write } = workspace();
    write({ [WEBHOOK]: `// a line before\n${text}\n` });
    expect(lines(checkLayering(root)).join("\n")).toMatch(
      /^packages\/webhook\/src\/new\.ts:2: imports "@x\/sts.*": packages\/webhook may not import packages\/sts; see the table/,
    );
  });

  test.each([
    [`import "left-pad";`, `imports "left-pad": packages/webhook may not`],
    [`import "undici";`, `imports "undici": packages/webhook may not`],
    [`import "fs/promises";`, `imports "fs/promises": packages/webhook may not`],
    [`import "node:fs";`, `imports "node:fs": packages/webhook may not`],
    [`import { serve } from "bun";`, `imports "bun": packages/webhook may not`],
    [`import { Database } from "bun:sqlite";`, `imports "bun:sqlite": packages/webhook may not`],
    [`import { parse } from "yaml";`, `imports "yaml": only lazily, by import()`],
    [`import "@x/testkit";`, `imports "@x/testkit", which is for tests`],
    [`import "@x/webhook";`, `imports "@x/webhook", itself`],
    [`import "../../sts/src/index.ts";`, `imports "../../sts/src/index.ts", outside packages/webhook`],
    [`import "../../../vectors/a.json";`, `imports "../../../vectors/a.json", outside packages/webhook`],
    [`import "#nothing";`, `imports "#nothing", which is not in imports of packages/webhook/package.json`],
    [`export const load = (name: string) => import(name);`, "imports a computed name"],
  ])("%s: refused", (text, problem) => {
    const { root, write } = workspace();
    write({ [WEBHOOK]: text });
    expect(lines(checkLayering(root)).join("\n")).toContain(`${WEBHOOK}:1: ${problem}`);
  });

  test("an allowance for each of two files: holds in both", () => {
    const { root, write } = workspace();
    const touch = "`node:crypto` in `src/node.ts`";
    write({
      "ARCHITECTURE.md": TABLE.replace(touch, `${touch}, ${touch.replace("node.ts", "other.ts")}`),
      "packages/token/src/other.ts": `import "node:crypto";\n`,
    });
    expect(lines(checkLayering(root))).toEqual([]);
  });

  test("an allowance for one file: refused in another", () => {
    const { root, write } = workspace();
    write({ "packages/token/src/other.ts": `import "node:crypto";\nimport "@noble/hashes/hmac.js";\n` });
    expect(lines(checkLayering(root))).toEqual([
      'packages/token/src/other.ts:1: imports "node:crypto": only src/node.ts may; see the table in ARCHITECTURE.md',
      'packages/token/src/other.ts:2: imports "@noble/hashes/hmac.js": only src/portable.ts may; see the table in ARCHITECTURE.md',
    ]);
  });

  test("tests: may import the testkit, test tools, built-ins and vectors; not another package, nor what is nowhere named", () => {
    const { root, write } = workspace();
    const free = `import "@x/testkit";\nimport { test } from "vitest";\nimport "node:fs";\nimport "../../../vectors/a.json";\nconsole.log(process);\n`;
    write({ "packages/webhook/src/new.test.ts": free, "packages/webhook/test/support.ts": free });
    expect(lines(checkLayering(root))).toEqual([]);
    write({ "packages/webhook/src/new.test.ts": `import "@x/sts";\nimport "left-pad";\n` });
    expect(lines(checkLayering(root))).toEqual([
      'packages/webhook/src/new.test.ts:1: imports "@x/sts": packages/webhook may not import packages/sts; see the table in ARCHITECTURE.md',
      'packages/webhook/src/new.test.ts:2: imports "left-pad", which no package.json of ours names; add the dependency',
    ]);
  });

  test("files in a circle, also through types and #imports: the circle named once", () => {
    const { root, write } = workspace();
    write({
      "packages/token/src/node.ts": `import "./b.ts";\nexport const hash = 1;\n`,
      "packages/token/src/b.ts": `import type { token } from "./index.ts";\nexport type B = typeof token;\n`,
    });
    const circles = lines(checkLayering(root)).filter((line) => line.includes("circle"));
    expect(circles).toHaveLength(1);
    expect(circles[0]).toContain(
      "packages/token/src/b.ts → packages/token/src/index.ts → packages/token/src/node.ts → packages/token/src/b.ts",
    );
  });
});

describe("layering: globals", () => {
  test.each([
    ["process.env['HOME'];", "process"],
    ["globalThis.process.exit();", "process"],
    ["globalThis['fetch']('https://example.com');", "fetch"],
    ["typeof Bun === 'undefined';", "Bun"],
    ["setTimeout(() => {}, 1);", "setTimeout"],
    ["const body = { fetch };", "fetch"],
    ["const later = (run = setInterval) => run;", "setInterval"],
    ["new Worker('x');", "Worker"],
    ["Deno.cwd();", "Deno"],
    ["console.log(1);", "console"],
    ["const now = new Date();", undefined],
    ["const now = Date();", undefined],
    ["Math.random();", "Math.random"],
    ["AbortSignal.timeout(1);", "AbortSignal.timeout"],
    ["crypto.randomUUID();", "crypto.randomUUID"],
    ["const f = (fetch as unknown) as string;", "fetch"],
    ["export type S = Bun.Server<unknown>;", "Bun"],
    ["export function f(socket: NodeJS.Socket): void {}", "NodeJS"],
  ])("%s: refused, unless the table allows it", (text, name) => {
    const { root, write } = workspace();
    write({ [WEBHOOK]: text });
    const expected =
      name === undefined
        ? []
        : [
            `${WEBHOOK}:1: touches ${name}, which packages/webhook may not; have it passed in (the table in ARCHITECTURE.md)`,
          ];
    expect(lines(checkLayering(root))).toEqual(expected);
  });

  test.each([["const at = new Date();"], ["const at = Date();"], ["Date.now();"]])(
    "%s where no clock is allowed: refused as Date.now",
    (text) => {
      const { root, write } = workspace();
      write({ "packages/sts/src/index.ts": text });
      expect(lines(checkLayering(root)).join("\n")).toContain("touches Date.now");
    },
  );

  test.each([
    ["a parameter", "export const f = (fetch: () => void) => fetch();"],
    ["a destructured parameter", "export const f = ({ fetch, now: setTimeout }: Deps) => [fetch(), setTimeout()];"],
    ["a default of a parameter's property", "export function f({ a = 1, ...process }: Deps) { return process.b + a; }"],
    ["a member", "export const f = (deps: Deps) => deps.fetch(deps.process.env);"],
    ["a key", "export const f = { fetch: 1, process() {}, get console() { return 1; } };"],
    ["an import", `import { fetch } from "./fetch.ts";\nfetch();`],
    ["a local of an enclosing block", "export const f = () => { const document = 1; { return document; } };"],
    ["a loop's", "for (const window of [1]) void window;"],
    ["a caught one", "try { f(); } catch (process) { throw process; }"],
    ["a type of a global", "export interface Deps { fetch: typeof fetch; setTimeout: typeof setTimeout }"],
    ["a date that is given", "export const f = (at: number) => new Date(at);"],
    [
      "pure mathematics and bytes",
      "export const f = () => [Math.max(1), new TextEncoder(), crypto.subtle, structuredClone(1)];",
    ],
    ["words in comments and strings", "// process.env\nexport const f = 'fetch()';"],
  ])("%s of that name: allowed", (_kind, text) => {
    const { root, write } = workspace();
    write({
      "packages/sts/src/index.ts": text,
      "packages/sts/src/fetch.ts": "export const fetch = (): number => 1;\n",
    });
    expect(lines(checkLayering(root))).toEqual([]);
  });
});

describe("layering: package.json", () => {
  test("a dependency the table does not allow, and one it names that is missing: both told", () => {
    const { root, write } = workspace();
    write({
      "packages/webhook/package.json": packageJson("@x/webhook", {
        dependencies: { "@x/token": "1", "@x/sts": "1", express: "5" },
      }),
      "packages/token/package.json": packageJson("@x/token", {
        imports: { "#hash": "./src/node.ts" },
        dependencies: { "@noble/hashes": "2" },
      }),
    });
    expect(lines(checkLayering(root))).toEqual([
      'packages/token/package.json: depends on "@noble/hashes", which packages/token may not import; see the table in ARCHITECTURE.md',
      'packages/token/package.json: lacks "@noble/hashes" in devDependencies, which the table in ARCHITECTURE.md names; correct one of the two',
      'packages/webhook/package.json: depends on "@x/sts", which packages/webhook may not import; see the table in ARCHITECTURE.md',
      'packages/webhook/package.json: depends on "express", which packages/webhook may not import; see the table in ARCHITECTURE.md',
      'packages/webhook/package.json: lacks "yaml" in dependencies, which the table in ARCHITECTURE.md names; correct one of the two',
    ]);
  });
});
