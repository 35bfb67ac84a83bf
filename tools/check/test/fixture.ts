import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { type Finding, formatFinding } from "../finding.ts";
import { readPackages } from "../lib/workspace.ts";

/** A repository in a temporary directory, with one finding a planted fault away. */
export interface Fixture {
  readonly root: string;
  /** Writes files by their path from the root; undefined removes one. */
  readonly write: (files: Readonly<Record<string, string | undefined>>) => void;
}

const TSCONFIG = {
  compilerOptions: {
    target: "es2024",
    lib: ["es2024", "dom"],
    module: "esnext",
    moduleResolution: "bundler",
    customConditions: ["source"],
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
  },
};

/** Makes a repository of some files; gone after the tests. Packages can be imported by name. */
export function makeFixture(files: Readonly<Record<string, string>>): Fixture {
  const root = mkdtempSync(path.join(tmpdir(), "iamgate-check-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const write: Fixture["write"] = (changes) => {
    for (const [file, text] of Object.entries(changes)) {
      const target = path.join(root, file);
      mkdirSync(path.dirname(target), { recursive: true });
      if (text === undefined) rmSync(target);
      else writeFileSync(target, text);
    }
  };
  write({
    "package.json": JSON.stringify({ name: "fixture", devDependencies: { vitest: "1.0.0" } }),
    "tsconfig.json": JSON.stringify(TSCONFIG),
    ...files,
  });
  link(root);
  return { root, write };
}

/** A package.json with sources as they are: `packageJson("@x/token", { dependencies: { yaml: "2" } })`. */
export function packageJson(name: string, fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ name, type: "module", exports: { ".": { source: "./src/index.ts" } }, ...fields });
}

/** Findings as they are printed. */
export function lines(report: { readonly findings: readonly Finding[] }): string[] {
  return report.findings.map(formatFinding);
}

function link(root: string): void {
  mkdirSync(path.join(root, "packages"), { recursive: true });
  for (const { directory, manifest } of readPackages(root)) {
    const target = path.join(root, "node_modules", manifest.name);
    mkdirSync(path.dirname(target), { recursive: true });
    symlinkSync(path.join(root, directory), target);
  }
}
