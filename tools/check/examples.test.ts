import { describe, expect, test } from "vitest";
import { checkExamples } from "./examples.ts";
import { lines } from "./test/fixture.ts";
import { DOUBLE, TIMEOUT_MS, tokenWorkspace } from "./test/token-package.ts";

describe("examples: what is shown runs", () => {
  test(
    "docstrings and documents: type-checked and run; other fences are not",
    async () => {
      const readme =
        '# X\n\n```ts\nimport { double } from "@x/token";\nconsole.log(double(1));\n```\n\n```sh\nexit 1\n```\n';
      const { root } = tokenWorkspace({ "README.md": readme });
      expect(await checkExamples(root)).toEqual({ summary: "2 examples", findings: [] });
    },
    TIMEOUT_MS,
  );

  test(
    "a false assertion, an error, a wrong type and a missing import: named with their lines",
    async () => {
      const shown = (name: string, from: string, to: string): [string, string] => [
        `packages/token/src/${name}.ts`,
        DOUBLE.replaceAll("double", name).replace(from, to),
      ];
      const faults = [
        shown("falsehood", "falsehood(2) === 4", "falsehood(2) === 5"),
        shown("failure", "console.assert(failure(2) === 4)", "failure(-1)"),
        shown("mistyped", "mistyped(2) === 4", 'mistyped("2") === 4'),
        shown("nameless", 'import { nameless } from "@x/token";', ""),
      ];
      const index = faults.map(([file]) => file.replace(/^.*\/(\w+)\.ts$/, 'export { $1 } from "./$1.ts";'));
      const { root } = tokenWorkspace({
        ...Object.fromEntries(faults),
        "packages/token/src/index.ts": index.join("\n"),
        "docs/a.md": "# X\n\ntext\n\n```ts\nthrow new TypeError('no');\n```\n",
      });
      const problems = lines(await checkExamples(root)).toSorted();
      expect(problems.map((line) => line.replace(/; correct the example.*$/, ""))).toEqual([
        "docs/a.md:6: example: failed: TypeError: no",
        "packages/token/src/failure.ts:12: example: failed: RangeError: negative",
        "packages/token/src/falsehood.ts:12: example: failed: error: assertion failed",
        "packages/token/src/mistyped.ts:14: example: TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
        "packages/token/src/nameless.ts:12: example: failed: ReferenceError: nameless is not defined",
        "packages/token/src/nameless.ts:14: example: TS2304: Cannot find name 'nameless'.",
      ]);
    },
    TIMEOUT_MS,
  );

  test(
    "an example that never ends: ended, and named",
    async () => {
      const { root } = tokenWorkspace({ "README.md": "```ts\nsetInterval(() => {}, 1000);\n```\n" });
      const problems = lines(await checkExamples(root, undefined, { timeoutSeconds: 1 }));
      expect(problems).toEqual(["README.md:2: example: did not end within 1 s; correct the example, or what it shows"]);
    },
    TIMEOUT_MS,
  );
});
