import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Finding, Report } from "./finding.ts";
import { runCommand } from "./lib/command.ts";
import { compilerFindings } from "./lib/compiler.ts";
import { type PublicApi, readPublicApi, withScratchDirectory } from "./lib/declarations.ts";
import { fencesIn, plainLines } from "./lib/docstring.ts";
import { parse } from "./lib/syntax.ts";
import { lineAt, readText, repositoryFiles } from "./lib/workspace.ts";

const PRELOAD = "strict-assert.ts";

/** `console.assert` only prints, everywhere; in an example, what it says must be true. */
const STRICT_ASSERT = `console.assert = (condition, ...rest) => {
  if (condition) return;
  process.exitCode = 1;
  throw new Error(["assertion failed", ...rest].join(": "));
};
`;

/**
 * Code shown to people runs: every ```` ```ts ```` fence in the docstrings of public exports, in README.md and in docs/ is
 * type-checked and executed as a module of its own, with the packages importable by name.
 */
export async function checkExamples(
  root: string,
  reading: Promise<PublicApi> = readPublicApi(root),
  { timeoutSeconds = 10 }: ExampleOptions = {},
): Promise<Report> {
  const examples = [...docstringExamples(root, await reading), ...markdownExamples(root)];
  if (examples.length === 0) return { summary: "0 examples", findings: [] };
  const findings = await withScratchDirectory(root, async (scratch) => {
    const files = new Map(examples.map((example, at) => [path.join(scratch, `example-${at + 1}.ts`), example]));
    for (const [file, { code }] of files) writeFileSync(file, code);
    writeFileSync(path.join(scratch, PRELOAD), STRICT_ASSERT);
    const [typeFindings, ...runFindings] = await Promise.all([
      compile(root, scratch, files),
      ...[...files].map(([file, example]) => run(file, example, timeoutSeconds)),
    ]);
    return [...typeFindings, ...runFindings.flat()];
  });
  return { summary: `${examples.length} examples`, findings };
}

interface ExampleOptions {
  /** For each example. */
  readonly timeoutSeconds?: number;
}

interface Example {
  /** The file it is shown in. */
  readonly file: string;
  /** Of its first line, from 1, in that file. */
  readonly line: number;
  readonly code: string;
}

function docstringExamples(root: string, { packages }: PublicApi): Example[] {
  const declarations = packages.flatMap((each) =>
    each.entries.flatMap((entry) => entry.exports.flatMap((one) => one.declarations)),
  );
  const examples = declarations.flatMap(({ file, docstrings }) => {
    const places = commentLines(file, readText(root, file));
    return docstrings.map(plainLines).flatMap((text) => {
      const start = places.get(text.join("\n")) ?? 1;
      return fencesIn(text).map(({ code, line }) => ({ file, line: start + line, code }));
    });
  });
  // One declaration may be exported by two entries.
  return [...new Map(examples.map((example) => [`${example.file}:${example.line}`, example])).values()];
}

/** The lines where comments begin, by their text: what is emitted is indented anew. */
function commentLines(file: string, text: string): Map<string, number> {
  const { comments } = parse(file, text);
  return new Map(
    comments.map(({ start, end }) => [plainLines(text.slice(start, end)).join("\n"), lineAt(text, start)]),
  );
}

function markdownExamples(root: string): Example[] {
  const files = repositoryFiles(root).filter((file) => /^(?:README|docs\/.+|packages\/[^/]+\/README)\.md$/.test(file));
  return files.flatMap((file) =>
    fencesIn(readText(root, file).split("\n")).map(({ code, line }) => ({ file, line: line + 1, code })),
  );
}

async function compile(root: string, scratch: string, files: ReadonlyMap<string, Example>): Promise<Finding[]> {
  const config = {
    extends: path.join(root, "tsconfig.json"),
    // An example may make a value only to show how.
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, moduleDetection: "force" },
    files: [...files.keys()],
    include: [],
  };
  const project = path.join(scratch, "tsconfig.json");
  writeFileSync(project, JSON.stringify(config));
  const outcome = await runCommand(["tsc", "-p", project, "--noEmit", "--pretty", "false"], { cwd: root });
  return compilerFindings(outcome).flatMap(({ file, line = 1, problem }) => {
    const example = files.get(path.resolve(root, file));
    // What is wrong in the sources is the types check's to tell.
    if (example === undefined) return file === "tsconfig.json" ? [{ file, problem }] : [];
    return [
      {
        file: example.file,
        line: example.line + line - 1,
        problem: `example: ${problem}`,
        next: "correct the example",
      },
    ];
  });
}

async function run(file: string, { file: shownIn, line }: Example, timeoutSeconds: number): Promise<Finding[]> {
  const command = [process.execPath, "--conditions=source", `--preload=./${PRELOAD}`, file];
  const { exitCode, timedOut, stderr } = await runCommand(command, { cwd: path.dirname(file), timeoutSeconds });
  if (exitCode === 0) return [];
  const state = timedOut ? `did not end within ${timeoutSeconds} s` : `failed: ${errorIn(stderr)}`;
  return [{ file: shownIn, line, problem: `example: ${state}`, next: "correct the example, or what it shows" }];
}

function errorIn(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  return (
    lines.find((line) => /^(?:\w*[eE]rror|[A-Z]\w*Error)\b.*:/.test(line)) ??
    lines.find((line) => line !== "") ??
    "no message"
  );
}
