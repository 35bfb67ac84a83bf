import { describe, expect, test } from "vitest";
import { checkDocstrings } from "./docstrings.ts";
import { lines } from "./test/fixture.ts";
import { DOUBLE, MINT, TIMEOUT_MS, tokenWorkspace } from "./test/token-package.ts";

const FAULTS: readonly (readonly [name: string, from: string | RegExp, to: string, problem: string])[] = [
  ["bare", /\/\*\*[^]*\*\/\n/, "", "has no docstring with a summary"],
  ["unsummed", " * Doubles a number.\n", "", "has no docstring with a summary"],
  ["detached", "export function", "const aside = 1;\nexport function", "has no docstring with a summary"],
  ["parameterless", " * @param options - how.\n", "", "says nothing of its parameter options"],
  ["wordless", "options - how.", "options", "says nothing of its parameter options"],
  ["unreturned", " * @returns twice the value.\n", "", "does not say what it returns"],
  ["returnsNothing", "@returns twice the value.", "@returns", "does not say what it returns"],
  ["throwing", " * @throws RangeError when the value is negative.\n", "", "throws, and does not say when"],
  ["unshown", "```ts", "```text", "has no example"],
];

describe("docstrings: public exports", () => {
  test(
    "all told: no finding, private packages left out",
    async () => {
      expect(await checkDocstrings(tokenWorkspace().root)).toEqual({ summary: "1 public exports", findings: [] });
    },
    TIMEOUT_MS,
  );

  test(
    "a public function that lacks one thing: that thing named, with the function's line",
    async () => {
      const files = FAULTS.map(
        ([name, from, to]) => [name, DOUBLE.replace(from, to).replaceAll("double", name)] as const,
      );
      const { root } = tokenWorkspace({
        ...Object.fromEntries(files.map(([name, text]) => [`packages/token/src/${name}.ts`, text])),
        "packages/token/src/index.ts": files.map(([name]) => `export { ${name} } from "./${name}.ts";`).join("\n"),
      });
      const found = lines(await checkDocstrings(root)).map((line) => line.replace(/;.*/, ""));
      const lineOf = (text: string): number => text.slice(0, text.indexOf("export function")).split("\n").length;
      const expected = FAULTS.map(
        ([name, , , problem], at) =>
          `packages/token/src/${name}.ts:${lineOf(files[at]?.[1] ?? "")}: public "${name}" ${problem}`,
      );
      expect(found).toEqual(expected.toSorted());
    },
    TIMEOUT_MS,
  );

  test(
    "arrow functions count as functions; constants, types and errors need a summary only",
    async () => {
      const mint = `/** Doubles. */
export const double = (value: number): number => value * 2;
/** A limit. */
export const LIMIT = 3;
export interface Bare {}
/** Fails. */
export class Failure extends Error {}
/** Nothing to return, nothing given. */
export async function nothing(): Promise<void> {
  try { throw new Error("caught here"); } catch { return; }
}
`;
      const index = `export { double, LIMIT, type Bare, Failure, nothing } from "./mint.ts";\n`;
      const { root } = tokenWorkspace({ [MINT]: mint, "packages/token/src/index.ts": index });
      const problems = lines(await checkDocstrings(root));
      expect(problems.map((line) => line.replace(/^.*?: public /, "").replace(/;.*/, ""))).toEqual([
        '"Bare" has no docstring with a summary',
        '"double" says nothing of its parameter value',
        '"double" does not say what it returns',
        '"double" has no example',
        '"nothing" has no example',
      ]);
    },
    TIMEOUT_MS,
  );
});
