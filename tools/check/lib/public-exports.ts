import { type ModuleFile, type Origin, originOf } from "./module-file.ts";
import { nameOf, nodeIn, stringOf, type SyntaxNode, walk } from "./syntax.ts";

/** A declaration as it was emitted. */
export interface Declaration {
  readonly name: string;
  /** The source it was made from: `packages/token/src/mint.ts`. */
  readonly file: string;
  /** Without its `export`, of the whole statement. */
  readonly node: SyntaxNode;
  /** Without comments, `export` and `declare`. */
  readonly text: string;
  /** The comment before it, as it stands; absent where there is none. */
  readonly docstring?: string;
  /** Every docstring in it, its own first. */
  readonly docstrings: readonly string[];
}

/** Something that importers can name. */
export interface PublicExport {
  readonly name: string;
  /** More than one for overloads, and for a type and a value of one name. */
  readonly declarations: readonly Declaration[];
  /** The package it is passed on from, where it is not our own. */
  readonly from?: string;
}

type Read = (file: string) => ModuleFile;

/** What a module exports, followed to where it is declared, by name. */
export function resolveExports(file: string, read: Read): PublicExport[] {
  const module = read(file);
  const own = [...module.exports].map(([name, target]) =>
    typeof target === "string" ? resolveLocal(name, module, target, read) : resolveOrigin(name, target, read),
  );
  const passedOn = module.stars.flatMap((origin) =>
    origin.isFile ? resolveExports(origin.from, read) : [{ name: "*", declarations: [], from: origin.from }],
  );
  return [...own, ...passedOn].toSorted(byName);
}

/** What the types of some declarations are made of, and that they do not include themselves; by name. */
export function reachableFrom(start: readonly Declaration[], read: Read): Declaration[] {
  const known = new Set(start.map(keyOf));
  const queue = [...start];
  const found: Declaration[] = [];
  for (const declaration of queue) {
    for (const next of referredTo(declaration, read)) {
      if (known.has(keyOf(next))) continue;
      known.add(keyOf(next));
      queue.push(next);
      found.push(next);
    }
  }
  return found.toSorted(byName);
}

function resolveLocal(name: string, module: ModuleFile, local: string, read: Read): PublicExport {
  const origin = module.imports.get(local);
  if (origin !== undefined) return resolveOrigin(name, origin, read);
  return { name, declarations: declarationsOf(module, local) };
}

function resolveOrigin(name: string, origin: Origin, read: Read): PublicExport {
  if (!origin.isFile) return { name, declarations: [], from: origin.from };
  const module = read(origin.from);
  const target = module.exports.get(origin.name);
  if (target !== undefined && typeof target !== "string") return resolveOrigin(name, target, read);
  return resolveLocal(name, module, target ?? origin.name, read);
}

function declarationsOf(module: ModuleFile, name: string): Declaration[] {
  return (module.declarations.get(name) ?? []).map((statement) => {
    const docstring = docstringBefore(module, statement);
    const inside = module.source.comments.filter(({ start, end }) => start >= statement.start && end <= statement.end);
    const texts = inside.filter(isDocstring).map(({ start, end }) => module.source.text.slice(start, end));
    return {
      name,
      file: module.file,
      node: nodeIn(statement, "declaration") ?? statement,
      text: textOf(module, statement),
      ...(docstring === undefined ? {} : { docstring }),
      docstrings: [...(docstring === undefined ? [] : [docstring]), ...texts],
    };
  });
}

function docstringBefore({ source }: ModuleFile, statement: SyntaxNode): string | undefined {
  const comment = source.comments.findLast(({ end }) => end <= statement.start);
  if (comment === undefined || !isDocstring(comment)) return undefined;
  const isNext = source.text.slice(comment.end, statement.start).trim() === "";
  return isNext ? source.text.slice(comment.start, comment.end) : undefined;
}

function isDocstring({ type, value }: { readonly type: string; readonly value: string }): boolean {
  return type === "Block" && value.startsWith("*");
}

function textOf({ source }: ModuleFile, { start, end }: SyntaxNode): string {
  let text = "";
  let at = start;
  for (const comment of source.comments) {
    if (comment.start < start || comment.end > end) continue;
    text += source.text.slice(at, comment.start);
    at = comment.end;
  }
  text += source.text.slice(at, end);
  const lines = text.split("\n").map((line) => line.trimEnd());
  return lines
    .filter((line) => line !== "")
    .join("\n")
    .replace(/^export /, "")
    .replace(/^declare /, "");
}

function referredTo({ node, file }: Declaration, read: Read): Declaration[] {
  const module = read(file);
  const found: Declaration[] = [];
  walk(node, (below) => {
    const name = below.type === "Identifier" ? nameOf(below) : undefined;
    if (name !== undefined) found.push(...lookUp(module, name, read));
    if (below.type === "TSImportType") {
      const from = stringOf(nodeIn(below, "source"));
      const imported = nameOf(nodeIn(below, "qualifier"));
      if (from !== undefined && imported !== undefined) {
        found.push(...resolveOrigin(imported, originOf(file, from, imported), read).declarations);
      }
    }
  });
  return found;
}

function lookUp(module: ModuleFile, name: string, read: Read): readonly Declaration[] {
  const origin = module.imports.get(name);
  return origin === undefined ? declarationsOf(module, name) : resolveOrigin(name, origin, read).declarations;
}

function keyOf({ file, name, node }: Declaration): string {
  return `${file} ${name} ${node.start}`;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
