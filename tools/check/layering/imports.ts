import { childrenOf, nameOf, nodeIn, type Source, stringOf, type SyntaxNode } from "../lib/syntax.ts";

/** One module that a file names. */
export interface Import {
  /** As written; undefined where it is computed at run time. */
  readonly specifier: string | undefined;
  /** `type` is gone when the file runs; `dynamic` is an `import()`. */
  readonly kind: "static" | "dynamic" | "type";
  /** Where it stands in the text. */
  readonly offset: number;
}

/** Every module a file names: import, export from, import(), import("…").Type, import = require, require(). */
export function importsOf({ program }: Source): Import[] {
  const found: Import[] = [];
  collect(program, found);
  return found;
}

function collect(node: SyntaxNode, found: Import[]): void {
  const add = (from: SyntaxNode | undefined, kind: Import["kind"]): number =>
    found.push({ specifier: stringOf(from), kind, offset: node.start });
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration": {
      const source = nodeIn(node, "source");
      const isType = node["importKind"] === "type" || node["exportKind"] === "type";
      if (source !== undefined) add(source, isType ? "type" : "static");
      break;
    }
    case "ImportExpression":
      add(nodeIn(node, "source"), "dynamic");
      break;
    case "TSImportType":
      add(nodeIn(node, "source"), "type");
      break;
    case "TSExternalModuleReference":
      add(nodeIn(node, "expression"), "static");
      break;
    case "CallExpression":
      if (nameOf(nodeIn(node, "callee")) === "require") add(nodeIn(node, "arguments"), "static");
      break;
    default:
      break;
  }
  for (const child of childrenOf(node)) collect(child, found);
}
