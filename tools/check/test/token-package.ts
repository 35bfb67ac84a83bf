import { type Fixture, makeFixture, packageJson } from "./fixture.ts";

/** Where the fixture's one public function stands. */
export const MINT = "packages/token/src/mint.ts";

/** A public function with all that a docstring must tell. */
export const DOUBLE = `import type { Shape } from "./shape.ts";

/**
 * Doubles a number.
 *
 * @param value - any number.
 * @param options - how.
 * @returns twice the value.
 * @throws RangeError when the value is negative.
 * @example
 * \`\`\`ts
 * import { double } from "@x/token";
 *
 * console.assert(double(2) === 4);
 * \`\`\`
 */
export function double(value: number, options?: Shape): number {
  if (value < 0) throw new RangeError("negative");
  return 2 * value * (options?.factor ?? 1);
}
`;

/** A workspace with a package to publish, which exports `double`, and a private one; `more` adds or replaces files. */
export function tokenWorkspace(more: Readonly<Record<string, string>> = {}): Fixture {
  return makeFixture({
    "packages/token/package.json": packageJson("@x/token"),
    "packages/token/src/index.ts": `export { double } from "./mint.ts";\n`,
    "packages/token/src/shape.ts": "export interface Shape {\n  /** Times. */\n  readonly factor: number;\n}\n",
    [MINT]: DOUBLE,
    "packages/kit/package.json": packageJson("@x/kit", { private: true }),
    "packages/kit/src/index.ts": "export function helper(): void {}\n",
    ...more,
  });
}

/** What a test that starts compilers may take, on a machine that has other things to do. */
export const TIMEOUT_MS = 60_000;
