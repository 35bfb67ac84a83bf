import { describe, expect, test } from "vitest";
import { readPublicApi } from "./lib/declarations.ts";
import { readText } from "./lib/workspace.ts";
import { checkPublicApi, updatePublicApi } from "./public-api.ts";
import { lines } from "./test/fixture.ts";
import { DOUBLE, MINT, TIMEOUT_MS, tokenWorkspace } from "./test/token-package.ts";

const SNAPSHOT = `## \`@x/token\`

\`\`\`ts
function double(value: number, options?: Shape): number;
\`\`\`

## Behind them, not exported

\`\`\`ts
interface Shape {
    readonly factor: number;
}
\`\`\`
`;

describe("public api: packages/<name>/api.md", () => {
  test(
    "missing: told; written by --update: passes, comments left out, what is behind it included",
    async () => {
      const { root } = tokenWorkspace();
      const api = readPublicApi(root);
      expect(lines(await checkPublicApi(root, api))).toEqual([
        "packages/token/api.md:1: is missing; where the change is meant: npm run check -- --update",
      ]);
      await updatePublicApi(root, api);
      expect(await checkPublicApi(root, api)).toEqual({ summary: "1 packages", findings: [] });
      expect(readText(root, "packages/token/api.md")).toContain(SNAPSHOT);
    },
    TIMEOUT_MS,
  );

  test(
    "a signature, a name or a type behind it changed: the diff is shown; comments and bodies changed: nothing",
    async () => {
      const { root, write } = tokenWorkspace();
      await updatePublicApi(root);
      write({ [MINT]: DOUBLE.replace("value: number", "value: bigint | number") });
      expect(lines(await checkPublicApi(root)).join("\n")).toContain(
        "- function double(value: number, options?: Shape): number;\n    + function double(value: bigint | number, options?: Shape): number;",
      );
      write({ [MINT]: DOUBLE, "packages/token/src/shape.ts": "export interface Shape { readonly factor: string }\n" });
      expect(lines(await checkPublicApi(root)).join("\n")).toContain("-     readonly factor: number;");
      write({
        [MINT]: DOUBLE.replace("Doubles a number", "Twice").replace("2 * value", "value * 2"),
        "packages/token/src/shape.ts": "export interface Shape {\n  readonly factor: number;\n}\n",
      });
      expect(lines(await checkPublicApi(root))).toEqual([]);
      write({ "packages/token/src/index.ts": `export { double as twice } from "./mint.ts";\n` });
      expect(lines(await checkPublicApi(root)).join("\n")).toContain("+ // exported as twice");
    },
    TIMEOUT_MS,
  );

  test(
    "exports through imports, types of other files, subpaths, other packages and import types: all followed",
    async () => {
      const { root } = tokenWorkspace({
        "packages/token/package.json": JSON.stringify({
          name: "@x/token",
          exports: { "./more": { source: "./src/more.ts" }, ".": { source: "./src/index.ts" } },
        }),
        "packages/token/src/index.ts": `import { double } from "./mint.ts";\nimport type { Kit } from "@x/kit";\nexport { double, type Kit };\n`,
        "packages/token/src/more.ts": `import { make } from "./make.ts";\nexport const made = make();\n`,
        "packages/token/src/make.ts": `import type { Shape } from "./shape.ts";\nexport const make = (): Map<string, Shape> => new Map();\n`,
        "packages/kit/src/index.ts": "export interface Kit {}\n",
      });
      await updatePublicApi(root);
      const text = readText(root, "packages/token/api.md");
      expect(text).toContain('export { Kit } from "@x/kit";\n\nfunction double(');
      expect(text).toMatch(/## `@x\/token\/more`\n\n```ts\nconst made: Map<string, .*Shape>;/);
      expect(text.match(/interface Shape/g)).toHaveLength(1);
    },
    TIMEOUT_MS,
  );
});
