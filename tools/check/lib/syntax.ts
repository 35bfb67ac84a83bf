import { parseSync, visitorKeys } from "oxc-parser";

/** Any node of the syntax tree (TS-ESTree, as oxc-parser gives it). */
export interface SyntaxNode {
  readonly type: string;
  /** Offsets into the text, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** A block or line comment, without its delimiters in `value`. */
export interface SyntaxComment {
  readonly type: "Block" | "Line";
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** A parsed file. */
export interface Source {
  readonly text: string;
  readonly program: SyntaxNode;
  readonly comments: readonly SyntaxComment[];
}

/** Parses a TypeScript file; one that has syntax errors is read as far as it goes, the types check reports them. */
export function parse(file: string, text: string): Source {
  const { program, comments } = parseSync(file, text);
  return { text, program: program as unknown as SyntaxNode, comments };
}

/** The nodes directly below a node, in the order of the text. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return (visitorKeys[node.type] ?? []).flatMap((key) => nodesIn(node, key));
}

/** The nodes in one field of a node: none, one or a list. */
export function nodesIn(node: SyntaxNode, field: string): SyntaxNode[] {
  const value = node[field];
  return (Array.isArray(value) ? value : [value]).filter(isNode);
}

/** The node in one field of a node. */
export function nodeIn(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return nodesIn(node, field)[0];
}

/** Calls `visit` for a node and all below it; `visit` answers false to pass over what is below. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => boolean | void): void {
  if (visit(node) === false) return;
  for (const child of childrenOf(node)) walk(child, visit);
}

/** The text of a string literal, or of a template literal without substitutions. */
export function stringOf(node: SyntaxNode | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node?.type !== "TemplateLiteral" || nodesIn(node, "expressions").length > 0) return undefined;
  const cooked = (nodeIn(node, "quasis")?.["value"] as { readonly cooked?: unknown } | undefined)?.cooked;
  return typeof cooked === "string" ? cooked : undefined;
}

/** The name of an identifier. */
export function nameOf(node: SyntaxNode | undefined): string | undefined {
  return typeof node?.["name"] === "string" ? node["name"] : undefined;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as { readonly type?: unknown }).type === "string";
}
