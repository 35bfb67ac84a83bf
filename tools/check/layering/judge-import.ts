import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { isTestFile, type Package } from "../lib/workspace.ts";
import { holdsIn, importable, type Room, SEE_TABLE } from "./house.ts";
import type { Import } from "./imports.ts";

/** What is to be said of one import: the files of the same package that it stands for, or what is wrong with it. */
export type Judgement =
  | { readonly ok: true; readonly targets: readonly string[] }
  | { readonly ok: false; readonly problem: string; readonly next: string };

/** Holds one import of a file, given by its path from the root, against the room's row of the table. */
export function judgeImport(room: Room, file: string, each: Import): Judgement {
  const { specifier } = each;
  if (specifier === undefined) {
    return isTestFile(file) ? ALLOWED : wrong("imports a computed name", "name the module, so that it can be checked");
  }
  if (/^[./]/.test(specifier)) return judgePath(room, file, specifier);
  if (specifier.startsWith("#")) return judgeSubpath(room, specifier);
  const internal = room.house.byName.get(packageName(specifier));
  if (internal !== undefined) return judgeInternal(room, file, { internal, specifier });
  return isTestFile(file) ? judgeInTest(room, specifier) : judgeOutside(room, file, { ...each, specifier });
}

const ALLOWED: Judgement = { ok: true, targets: [] };

function wrong(problem: string, next: string): Judgement {
  return { ok: false, problem, next };
}

function judgePath({ owner }: Room, file: string, specifier: string): Judgement {
  const target = path.posix.join(path.posix.dirname(file), specifier);
  const isOwn = !specifier.startsWith("/") && target.startsWith(`${owner.directory}/`);
  if (isOwn) return { ok: true, targets: [target] };
  if (isTestFile(file) && target.startsWith("vectors/")) return ALLOWED;
  return wrong(`imports "${specifier}", outside ${owner.directory}`, "import the other package by its name");
}

/** An entry of `imports` in package.json: it stands for every file that a runtime can be given. */
function judgeSubpath({ house, owner }: Room, specifier: string): Judgement {
  const leaves = leavesOf(owner.manifest.imports?.[specifier]);
  const targets = leaves.map((leaf) => path.posix.join(owner.directory, leaf));
  const lost = targets.find(
    (target) => !target.startsWith(`${owner.directory}/`) || !existsSync(path.join(house.root, target)),
  );
  const next = "correct one of the two";
  if (targets.length === 0) {
    return wrong(`imports "${specifier}", which is not in imports of ${owner.directory}/package.json`, next);
  }
  if (lost === undefined) return { ok: true, targets };
  return wrong(`imports "${specifier}", which stands for ${lost}, which is not there`, next);
}

function leavesOf(conditions: unknown): string[] {
  if (typeof conditions === "string") return [conditions];
  return typeof conditions === "object" && conditions !== null ? Object.values(conditions).flatMap(leavesOf) : [];
}

interface InternalImport {
  readonly internal: Package;
  readonly specifier: string;
}

function judgeInternal(room: Room, file: string, { internal, specifier }: InternalImport): Judgement {
  const { directory, manifest } = internal;
  if (internal === room.owner) {
    return isTestFile(file) ? ALLOWED : wrong(`imports "${specifier}", itself`, "import the file");
  }
  if (manifest.private === true) {
    if (isTestFile(file) || room.owner.manifest.private === true) return ALLOWED;
    return wrong(`imports "${specifier}", which is for tests`, "move what is shared into a package that ships");
  }
  if (importable(room).includes(directory)) return ALLOWED;
  return wrong(`imports "${specifier}": ${room.owner.directory} may not import ${directory}`, SEE_TABLE);
}

function judgeInTest({ house, owner }: Room, specifier: string): Judgement {
  const name = packageName(specifier);
  const { dependencies, devDependencies } = owner.manifest;
  const isKnown = isBuiltIn(specifier) || house.tools.has(name) || name in { ...dependencies, ...devDependencies };
  return isKnown ? ALLOWED : wrong(`imports "${specifier}", which no package.json of ours names`, "add the dependency");
}

function judgeOutside(
  room: Room,
  file: string,
  { specifier, kind }: Import & { readonly specifier: string },
): Judgement {
  const { owner, row } = room;
  const [allowances, name] = isBuiltIn(specifier) ? [row.touch, specifier] : [row.outside, packageName(specifier)];
  if (allowances === "everything") return ALLOWED;
  const named = allowances.filter((each) => each.name === name);
  const allowance = named.find((each) => holdsIn(room, file, each));
  const refuse = (why: string): Judgement => wrong(`imports "${specifier}": ${why}`, SEE_TABLE);
  if (named[0] === undefined) return refuse(`${owner.directory} may not`);
  if (allowance === undefined) return refuse(`only ${named[0].file} may`);
  return allowance.lazily && kind === "static" ? refuse("only lazily, by import()") : ALLOWED;
}

/** Bun also answers for `undici` and `ws`, which are packages everywhere else. */
function isBuiltIn(specifier: string): boolean {
  return /^(?:node|bun|deno):|^bun$/.test(specifier) || isBuiltin(`node:${specifier}`);
}

function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
