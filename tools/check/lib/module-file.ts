import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { nameOf, nodeIn, nodesIn, parse, type Source, stringOf, type SyntaxNode } from "./syntax.ts";

/** Where a name comes from that a module imports or passes on. */
export interface Origin {
  /** A source file from the root (`packages/token/src/mint.ts`), or the name of a package. */
  readonly from: string;
  readonly isFile: boolean;
  /** `*` for the whole module. */
  readonly name: string;
}

/** An emitted declaration file, under the path of the source it was made from. */
export interface ModuleFile {
  readonly file: string;
  readonly source: Source;
  /** Top-level declarations by local name, overloads together. */
  readonly declarations: ReadonlyMap<string, readonly SyntaxNode[]>;
  readonly imports: ReadonlyMap<string, Origin>;
  /** By public name: a local name, or something of another module. */
  readonly exports: ReadonlyMap<string, string | Origin>;
  /** Modules of which everything is passed on. */
  readonly stars: readonly Origin[];
}

/** Reads `<directory>/<file>.d.ts`; a file that was not emitted is an empty module. */
export function readModule(directory: string, file: string): ModuleFile {
  const emitted = path.join(directory, file.replace(/\.ts$/, ".d.ts"));
  const text = existsSync(emitted) ? readFileSync(emitted, "utf8") : "";
  const source = parse(emitted, text);
  const declarations = new Map<string, SyntaxNode[]>();
  const imports = new Map<string, Origin>();
  const exports = new Map<string, string | Origin>();
  const stars: Origin[] = [];
  for (const node of nodesIn(source.program, "body")) {
    const from = stringOf(nodeIn(node, "source"));
    if (node.type === "ImportDeclaration" && from !== undefined) {
      for (const specifier of nodesIn(node, "specifiers")) {
        const name = specifier.type === "ImportSpecifier" ? nameAs(specifier, "imported") : "*";
        imports.set(nameAs(specifier, "local"), originOf(file, from, name));
      }
    } else if (node.type === "ExportAllDeclaration" && from !== undefined) {
      const alias = nodeIn(node, "exported");
      if (alias === undefined) stars.push(originOf(file, from, "*"));
      else exports.set(nameAs(node, "exported"), originOf(file, from, "*"));
    } else {
      for (const specifier of nodesIn(node, "specifiers")) {
        const local = nameAs(specifier, "local");
        exports.set(nameAs(specifier, "exported"), from === undefined ? local : originOf(file, from, local));
      }
      for (const name of namesOf(nodeIn(node, "declaration") ?? node)) {
        declarations.set(name, [...(declarations.get(name) ?? []), node]);
        if (node.type === "ExportNamedDeclaration") exports.set(name, name);
      }
    }
  }
  return { file, source, declarations, imports, exports, stars };
}

/** Where `name` of `from`, as written in `file`, is to be found. */
export function originOf(file: string, from: string, name: string): Origin {
  if (!from.startsWith(".")) return { from, isFile: false, name };
  const target = path.posix.join(path.posix.dirname(file), from);
  return { from: target.endsWith(".d.ts") ? `${target.slice(0, -5)}.ts` : target, isFile: true, name };
}

function namesOf(declaration: SyntaxNode): string[] {
  const identifiers =
    declaration.type === "VariableDeclaration"
      ? nodesIn(declaration, "declarations").map((declarator) => nodeIn(declarator, "id"))
      : nodesIn(declaration, "id");
  return identifiers.map(nameOf).filter((name) => name !== undefined);
}

/** A specifier's name, which may be a string literal. */
function nameAs(specifier: SyntaxNode, field: string): string {
  const node = nodeIn(specifier, field);
  return nameOf(node) ?? stringOf(node) ?? "";
}
