import type { Finding, Report } from "./finding.ts";
import { runCommand } from "./lib/command.ts";

/** knip's words for what it finds, with what to do. */
const KINDS = new Map([
  ["files", "is imported by nothing; delete it"],
  ["exports", "is exported, and used by no other file; drop the `export`"],
  ["types", "is exported, and used by no other file; drop the `export`"],
  ["dependencies", "is a dependency that nothing imports; remove it"],
  ["devDependencies", "is a development dependency that nothing uses; remove it"],
  ["unlisted", "is imported, but no dependency; add it to package.json"],
  ["unresolved", "is imported, but cannot be found; correct the import"],
  ["binaries", "is run by a script, but no dependency brings it; add the dependency"],
  ["duplicates", "is exported twice; keep one"],
]);

/** Files, exports and dependencies that nothing uses (knip): with the tests, and once more without them. */
export async function checkUnused(root: string): Promise<Report> {
  const [all, shipped] = await Promise.all([knip(root, []), knip(root, ["--production", "--include=files"])]);
  const known = new Set(all.map(({ file, problem }) => `${file} ${problem}`));
  const onlyTested = shipped
    .filter(({ file, problem }) => !known.has(`${file} ${problem}`))
    .map((finding) => ({ ...finding, problem: `${finding.problem} (tests aside)` }));
  return { summary: "knip, with and without tests", findings: [...all, ...onlyTested] };
}

interface Issue {
  readonly name: string;
  readonly line?: number;
}

async function knip(root: string, flags: readonly string[]): Promise<Finding[]> {
  const command = ["knip-bun", "--reporter=json", "--no-progress", "--no-config-hints", ...flags];
  const { exitCode, stdout, stderr } = await runCommand(command, { cwd: root });
  if (!stdout.startsWith("{")) {
    return exitCode === 0 ? [] : [{ file: "knip.json", problem: `knip: exit code ${exitCode}: ${stderr.trim()}` }];
  }
  const { issues } = JSON.parse(stdout) as {
    readonly issues: readonly (Record<string, unknown> & { readonly file: string })[];
  };
  return issues.flatMap((row) =>
    [...KINDS].flatMap(([kind, words]) => issuesOf(row[kind]).map((issue) => findingOf(row.file, issue, words))),
  );
}

function issuesOf(value: unknown): readonly Issue[] {
  return Array.isArray(value) ? (value.flat() as readonly Issue[]) : [];
}

function findingOf(file: string, { name, line }: Issue, words: string): Finding {
  const [problem = words, next] = words.split("; ");
  return {
    file,
    ...(line === undefined ? {} : { line }),
    problem: name === file ? problem : `"${name}" ${problem}`,
    ...(next === undefined ? {} : { next }),
  };
}
