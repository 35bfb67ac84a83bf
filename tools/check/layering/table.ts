import type { Finding } from "../finding.ts";
import { readText } from "../lib/workspace.ts";

/** Something from outside the workspace that a package may use, and under what conditions. */
export interface Allowance {
  /** A package (`yaml`), a built-in module (`node:crypto`) or a global (`process`, `Date.now`). */
  readonly name: string;
  /** Only in this file, from the package's directory. */
  readonly file?: string;
  /** Only by a dynamic `import()`. */
  readonly lazily: boolean;
  /** Shipped inside the package: a development dependency. */
  readonly bundled: boolean;
}

/** One row of the table: what a package may do. */
export interface Row {
  /** `packages/token` */
  readonly directory: string;
  /** Directories of packages: `packages/token`; `all` for each but the private ones. */
  readonly mayImport: readonly string[] | "all";
  readonly outside: readonly Allowance[];
  readonly touch: readonly Allowance[] | "everything";
  readonly line: number;
}

/** The table that the layering check goes by. */
export interface Table {
  readonly rows: readonly Row[];
  readonly findings: readonly Finding[];
}

const FILE = "ARCHITECTURE.md";
const COLUMNS = ["package", "may import", "from outside", "may touch"] as const;
const NOTHING = "–";

/** Reads the table in ARCHITECTURE.md whose header names package, may import, from outside and may touch. */
export function readTable(root: string): Table {
  const lines = readText(root, FILE).split("\n");
  const header = lines.findIndex((line) => {
    const cells = cellsOf(line);
    return COLUMNS.every((column) => cells.includes(column));
  });
  if (header === -1) {
    const problem = `no table with the columns ${COLUMNS.join(" | ")}`;
    return { rows: [], findings: [{ file: FILE, problem, next: "write one: the layering check reads it" }] };
  }
  const names = cellsOf(lines[header] ?? "");
  const rows: Row[] = [];
  const findings: Finding[] = [];
  for (let at = header + 2; lines[at]?.startsWith("|"); at += 1) {
    const cells = cellsOf(lines[at] ?? "");
    const cell = (column: (typeof COLUMNS)[number]): string => cells[names.indexOf(column)] ?? "";
    const report = (problem: string): number => findings.push({ file: FILE, line: at + 1, problem });
    rows.push({
      directory: /`([^`]+)`/.exec(cell("package"))?.[1] ?? cell("package"),
      mayImport: packagesOf(cell("may import"), report),
      outside: allowancesOf(cell("from outside"), report),
      touch: cell("may touch") === "everything" ? "everything" : allowancesOf(cell("may touch"), report),
      line: at + 1,
    });
  }
  return { rows, findings };
}

function cellsOf(line: string): string[] {
  return line.startsWith("|")
    ? line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim())
    : [];
}

function packagesOf(cell: string, report: (problem: string) => void): readonly string[] | "all" {
  if (cell === "all") return "all";
  if (cell === NOTHING) return [];
  return cell.split(/,\s*/).map((name) => {
    if (!/^[a-z-]+$/.test(name)) report(`may import "${name}": want ${NOTHING}, all, or names of packages with commas`);
    return `packages/${name}`;
  });
}

/** `` `name` [lazily] [(bundled)] [in `file`] ``, with commas between. */
function allowancesOf(cell: string, report: (problem: string) => void): Allowance[] {
  if (cell === NOTHING) return [];
  return cell.split(/,\s*/).flatMap((item) => {
    const match = /^`([^`]+)`( lazily)?( \(bundled\))?(?: in `([^`]+)`)?$/.exec(item);
    if (match?.[1] === undefined) {
      report(`"${item}": want ${NOTHING} or \`name\` with, in this order, lazily, (bundled), in \`file\``);
      return [];
    }
    const [, name, lazily, bundled, file] = match;
    return [
      { name, lazily: lazily !== undefined, bundled: bundled !== undefined, ...(file === undefined ? {} : { file }) },
    ];
  });
}
