import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Finding } from "../finding.ts";
import { runCommand } from "./command.ts";
import { compilerFindings } from "./compiler.ts";
import { type ModuleFile, readModule } from "./module-file.ts";
import { type Declaration, resolveExports, reachableFrom, type PublicExport } from "./public-exports.ts";
import { type Package, readPackages, sourceEntries } from "./workspace.ts";

/** One subpath of a package, and what it exports. */
export interface Entry {
  /** As importers write it: `@iamgate/token/sigv4`. */
  readonly specifier: string;
  /** By name. */
  readonly exports: readonly PublicExport[];
}

/** What a package promises: all that importers can name, and what those things are made of. */
export interface PackageApi {
  readonly package: Package;
  readonly entries: readonly Entry[];
  /** Not exported, yet part of the type of something that is; by name. */
  readonly behind: readonly Declaration[];
}

/** The public API of every package that is published and can be imported. */
export interface PublicApi {
  readonly packages: readonly PackageApi[];
  /** What kept declarations from being emitted. */
  readonly findings: readonly Finding[];
}

/** What TypeScript says only when it emits declarations; all else is the types check's to tell. */
const EMIT_ONLY = /^TS(?:4\d{3}|2527|2742|2883|7056|9\d{3}):/;

/** Emits the declarations that importers would get, into a temporary directory, and reads them. */
export async function readPublicApi(root: string): Promise<PublicApi> {
  const packages = readPackages(root).filter((each) => each.manifest.private !== true && sourceEntries(each).size > 0);
  return withScratchDirectory(root, async (scratch) => {
    const findings = await emit(root, scratch, packages);
    const modules = new Map<string, ModuleFile>();
    const read = (file: string): ModuleFile => {
      const module = modules.get(file) ?? readModule(path.join(scratch, "types"), file);
      modules.set(file, module);
      return module;
    };
    return { packages: packages.map((each) => apiOf(each, read)), findings };
  });
}

/**
 * A directory below the root's node_modules, so that what runs there finds the packages by name; gone afterwards.
 */
export async function withScratchDirectory<T>(root: string, use: (directory: string) => Promise<T>): Promise<T> {
  const parent = path.join(root, "node_modules/.cache/iamgate-check");
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(`${parent}/`);
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function emit(root: string, scratch: string, packages: readonly Package[]): Promise<Finding[]> {
  const files = packages.flatMap((each) => [...sourceEntries(each).values()]).map((file) => path.join(root, file));
  if (files.length === 0) return [];
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: root,
    outDir: path.join(scratch, "types"),
  };
  const project = path.join(scratch, "tsconfig.json");
  const config = { extends: path.join(root, "tsconfig.json"), compilerOptions, files, include: [] };
  writeFileSync(project, JSON.stringify(config));
  const outcome = await runCommand(["tsc", "-p", project, "--pretty", "false"], { cwd: root });
  return compilerFindings(outcome).filter(({ file, problem }) => file === "tsconfig.json" || EMIT_ONLY.test(problem));
}

function apiOf(owner: Package, read: (file: string) => ModuleFile): PackageApi {
  const entries = [...sourceEntries(owner)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([subpath, file]) => ({
      specifier: path.posix.join(owner.manifest.name, subpath),
      exports: resolveExports(file, read),
    }));
  const exported = entries.flatMap((entry) => entry.exports.flatMap(({ declarations }) => declarations));
  return { package: owner, entries, behind: reachableFrom(exported, read) };
}
