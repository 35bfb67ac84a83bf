import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** The fields of a package.json that the checks read. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly imports?: Readonly<Record<string, unknown>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A workspace package on disk. */
export interface Package {
  /** From the root, with slashes: `packages/token`. */
  readonly directory: string;
  readonly manifest: Manifest;
  /** Its TypeScript below `src/` and `test/`, from the root. */
  readonly files: readonly string[];
}

/** The packages below `packages/`, by directory name. */
export function readPackages(root: string): Package[] {
  return readdirSync(path.join(root, "packages"))
    .map((name) => `packages/${name}`)
    .filter((directory) => existsSync(path.join(root, directory, "package.json")))
    .toSorted()
    .map((directory) => ({
      directory,
      manifest: readManifest(root, `${directory}/package.json`),
      files: ["src", "test"].flatMap((folder) => typescriptBelow(root, `${directory}/${folder}`)),
    }));
}

/** A package.json, by its path from the root. */
export function readManifest(root: string, file: string): Manifest {
  // A manifest is ours and committed: npm has read it before this line is reached.
  return JSON.parse(readText(root, file)) as Manifest;
}

/** Tests and what supports them: not part of what a package ships. */
export function isTestFile(file: string): boolean {
  return file.endsWith(".test.ts") || /^packages\/[^/]+\/test\//.test(file);
}

/** The source entry files of a package by subpath: `.` → `packages/token/src/index.ts`. */
export function sourceEntries({ directory, manifest }: Package): Map<string, string> {
  const entries = new Map<string, string>();
  for (const [subpath, conditions] of Object.entries(manifest.exports ?? {})) {
    const target = typeof conditions === "string" ? conditions : sourceCondition(conditions);
    if (target?.endsWith(".ts")) entries.set(subpath, path.posix.join(directory, target));
  }
  return entries;
}

function sourceCondition(conditions: unknown): string | undefined {
  const source = (conditions as { readonly source?: unknown } | null)?.source;
  return typeof source === "string" ? source : undefined;
}

/** A file's text, by its path from the root. */
export function readText(root: string, file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

/** The line, from 1, of an offset into a text. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/**
 * The files that are committed or could be: what git tracks, and what it would add; in a directory without git, all
 * but `node_modules`.
 */
export function repositoryFiles(root: string): string[] {
  if (!existsSync(path.join(root, ".git"))) return filesBelow(root, "").toSorted();
  const listed = Bun.spawnSync(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  if (!listed.success) throw new Error(`git ls-files "${root}": ${listed.stderr.toString().trim()}`);
  const names = new Set(listed.stdout.toString().split("\0"));
  return [...names].filter((name) => name !== "" && existsSync(path.join(root, name))).toSorted();
}

function typescriptBelow(root: string, directory: string): string[] {
  if (!existsSync(path.join(root, directory))) return [];
  return filesBelow(root, directory)
    .filter((file) => file.endsWith(".ts"))
    .toSorted();
}

function filesBelow(root: string, directory: string): string[] {
  return readdirSync(path.join(root, directory)).flatMap((name) => {
    if (name === "node_modules" || name === ".git") return [];
    const file = directory === "" ? name : `${directory}/${name}`;
    return statSync(path.join(root, file)).isDirectory() ? filesBelow(root, file) : [file];
  });
}
