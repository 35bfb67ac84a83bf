import type { Finding, Report } from "./finding.ts";
import { cyclesIn } from "./layering/cycles.ts";
import { globalsOf } from "./layering/globals.ts";
import { holdsIn, type House, importable, type Room } from "./layering/house.ts";
import { importsOf } from "./layering/imports.ts";
import { judgeImport } from "./layering/judge-import.ts";
import { judgeManifest } from "./layering/manifest.ts";
import { readTable, type Row } from "./layering/table.ts";
import { parse } from "./lib/syntax.ts";
import { isTestFile, lineAt, readManifest, readPackages, readText } from "./lib/workspace.ts";

const TABLE_FILE = "ARCHITECTURE.md";

/**
 * The borders between packages: every import and every global effect in `packages/*` against the table in
 * ARCHITECTURE.md, the dependencies in each package.json against the same table, and no cycles anywhere.
 */
export function checkLayering(root: string): Report {
  const { rows, findings } = readTable(root);
  const packages = readPackages(root);
  const house: House = {
    root,
    packages,
    byName: new Map(packages.map((each) => [each.manifest.name, each])),
    tools: new Set(Object.keys(readManifest(root, "package.json").devDependencies ?? {})),
  };
  const rooms = packages.flatMap((owner): Room[] => {
    const row = rows.find(({ directory }) => directory === owner.directory);
    return row === undefined ? [] : [{ house, owner, row }];
  });
  const files = packages.reduce((sum, each) => sum + each.files.length, 0);
  return {
    summary: `${packages.length} packages, ${files} files`,
    findings: [
      ...findings,
      ...strangers(house, rows),
      ...rooms.flatMap((room) => [...judgeFiles(room), ...judgeManifest(room)]),
      ...packageCycles(rooms),
    ],
  };
}

/** Packages without a row, and rows without a package. */
function strangers({ packages }: House, rows: readonly Row[]): Finding[] {
  const known = new Set(packages.map(({ directory }) => directory));
  const told = new Set(rows.map(({ directory }) => directory));
  const untold = packages
    .filter(({ directory }) => !told.has(directory))
    .map(({ directory }) => ({
      file: TABLE_FILE,
      problem: `\`${directory}\` has no row in the table of packages`,
      next: "say what it may import and touch",
    }));
  const stray = rows.flatMap(({ directory, mayImport, line }) =>
    [directory, ...(mayImport === "all" ? [] : mayImport)]
      .filter((name) => !known.has(name))
      .map((name) => ({ file: TABLE_FILE, line, problem: `\`${name}\` is no package`, next: "correct the row" })),
  );
  return [...untold, ...stray];
}

function judgeFiles(room: Room): Finding[] {
  const findings: Finding[] = [];
  const graph = new Map<string, ReadonlySet<string>>();
  for (const file of room.owner.files) {
    const source = parse(file, readText(room.house.root, file));
    const report = (offset: number, problem: string, next: string): number =>
      findings.push({ file, line: lineAt(source.text, offset), problem, next });
    const targets = new Set<string>();
    for (const each of importsOf(source)) {
      const judgement = judgeImport(room, file, each);
      if (judgement.ok) for (const target of judgement.targets) targets.add(target);
      else report(each.offset, judgement.problem, judgement.next);
    }
    if (isTestFile(file)) continue;
    graph.set(file, targets);
    for (const { name, offset } of globalsOf(source)) {
      if (mayTouch(room, file, name)) continue;
      const next = "have it passed in (the table in ARCHITECTURE.md)";
      report(offset, `touches ${name}, which ${room.owner.directory} may not`, next);
    }
  }
  return [...findings, ...cyclesIn(graph).map((cycle) => cycleFinding(cycle, "files import each other in a circle"))];
}

function mayTouch(room: Room, file: string, name: string): boolean {
  const { touch } = room.row;
  return touch === "everything" || touch.some((each) => each.name === name && holdsIn(room, file, each));
}

function packageCycles(rooms: readonly Room[]): Finding[] {
  const graph = new Map(rooms.map((room) => [room.owner.directory, new Set(importable(room))]));
  return cyclesIn(graph).map((cycle) => ({
    ...cycleFinding(cycle, "packages may import each other in a circle"),
    file: TABLE_FILE,
  }));
}

function cycleFinding(cycle: readonly string[], problem: string): Finding {
  const next = "move what both need into a third";
  return { file: cycle[0] ?? "", problem: `${problem}: ${cycle.join(" → ")}`, next };
}
