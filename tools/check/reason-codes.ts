import { existsSync } from "node:fs";
import type { Finding, Report } from "./finding.ts";
import { nameOf, nodeIn, nodesIn, parse, stringOf, type SyntaxNode } from "./lib/syntax.ts";
import { isTestFile, lineAt, readPackages, readText } from "./lib/workspace.ts";

const ENTRIES = "docs/errors.md";
const LIST = /^([A-Z][A-Z0-9_]*)_(?:REASONS|RULES|CODES)$/;
const KEBAB = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Every code that a user can meet has its entry in docs/errors.md, and every entry a code.
 *
 * Codes are the values of exported constants named `<STAGE>_REASONS`, `<STAGE>_RULES` or `<STAGE>_CODES` in
 * `packages/<name>/src`: object or array literals of strings, or objects whose keys are the codes. Entries stand
 * below `## <stage>` as ``### `code` ``, with text.
 */
export function checkReasonCodes(root: string): Report {
  const { codes, findings } = declaredCodes(root);
  const entries = existsSync(`${root}/${ENTRIES}`) ? entriesIn(readText(root, ENTRIES)) : [];
  const all = [...findings];
  for (const [key, { stage, code, file, line }] of codes) {
    if (entries.some((entry) => entry.key === key)) continue;
    const next = `explain it in ${ENTRIES}: ### \`${code}\` below ## ${stage}`;
    all.push({ file, line, problem: `\`${code}\` (${stage}) has no entry`, next });
  }
  const seen = new Set<string>();
  for (const { key, code, stage, line, isEmpty } of entries) {
    const report = (problem: string, next: string): number => all.push({ file: ENTRIES, line, problem, next });
    if (!codes.has(key)) report(`\`${code}\` is no code of ${stage}`, "remove the entry, or add the code");
    if (seen.has(key)) report(`\`${code}\` (${stage}) has two entries`, "keep one");
    if (isEmpty) report(`\`${code}\` has no text`, "say what it means, its usual cause and what to do");
    seen.add(key);
  }
  return { summary: `${codes.size} codes, ${entries.length} entries`, findings: all };
}

interface Code {
  readonly stage: string;
  readonly code: string;
  readonly file: string;
  readonly line: number;
}

interface Declared {
  readonly codes: Map<string, Code>;
  readonly findings: Finding[];
}

function declaredCodes(root: string): Declared {
  const declared: Declared = { codes: new Map(), findings: [] };
  const files = readPackages(root).flatMap((each) => each.files.filter((file) => !isTestFile(file)));
  for (const file of files) {
    const text = readText(root, file);
    if (!/export (?:const|type) /.test(text)) continue;
    const { program } = parse(file, text);
    for (const node of nodesIn(program, "body")) readDeclaration({ file, text, node }, declared);
  }
  return declared;
}

interface Statement {
  readonly file: string;
  readonly text: string;
  readonly node: SyntaxNode;
}

function readDeclaration({ file, text, node }: Statement, { codes, findings }: Declared): void {
  const declaration = node.type === "ExportNamedDeclaration" ? nodeIn(node, "declaration") : undefined;
  if (declaration === undefined) return;
  const report = (at: SyntaxNode, problem: string, next: string): number =>
    findings.push({ file, line: lineAt(text, at.start), problem, next });
  if (declaration.type === "TSTypeAliasDeclaration" && isCodeUnion(declaration)) {
    const name = nameOf(nodeIn(declaration, "id"));
    report(
      declaration,
      `${name} is a union of literals`,
      "derive it from a constant named …_REASONS, …_RULES or …_CODES",
    );
  }
  for (const declarator of nodesIn(declaration, "declarations")) {
    const stage = LIST.exec(nameOf(nodeIn(declarator, "id")) ?? "")?.[1]
      ?.toLowerCase()
      .replaceAll("_", "-");
    if (stage === undefined) continue;
    const values = nodesIn(declarator, "init").flatMap(literalsIn);
    const isWireList = values.length > 0 && values.every(({ code }) => code !== undefined && !KEBAB.test(code));
    if (isWireList) continue;
    for (const { code, at } of values) {
      if (code === undefined) report(at, "a code that is not written out", "write each code as a string literal");
      else if (!KEBAB.test(code)) report(at, `"${code}" is not kebab-case`, "write it like `not-mapped`");
      else codes.set(`${stage} ${code}`, { stage, code, file, line: lineAt(text, at.start) });
    }
  }
}

interface Literal {
  readonly code: string | undefined;
  readonly at: SyntaxNode;
}

function literalsIn(node: SyntaxNode): Literal[] {
  switch (node.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return nodesIn(node, "expression").flatMap(literalsIn);
    case "CallExpression":
    case "NewExpression":
      return nodesIn(node, "arguments").flatMap(literalsIn);
    case "ArrayExpression":
      return nodesIn(node, "elements").map((at) => ({ code: stringOf(at), at }));
    case "ObjectExpression":
      return nodesIn(node, "properties").map((at) => ({ code: codeOfProperty(at), at }));
    default:
      return [{ code: undefined, at: node }];
  }
}

/** `expired: "expired"`, or `"expired": { … }`. */
function codeOfProperty(property: SyntaxNode): string | undefined {
  const value = nodeIn(property, "value");
  if (value?.type !== "ObjectExpression") return stringOf(value);
  const key = nodeIn(property, "key");
  return stringOf(key) ?? nameOf(key);
}

/** `type MapReason = "not-mapped" | …`: a closed list that nothing can read at run time, so nothing could check. */
function isCodeUnion(alias: SyntaxNode): boolean {
  if (!/(?:Reason|Rule|Code)$/.test(nameOf(nodeIn(alias, "id")) ?? "")) return false;
  const type = nodeIn(alias, "typeAnnotation");
  const members = type?.type === "TSUnionType" ? nodesIn(type, "types") : nodesIn(alias, "typeAnnotation");
  return members.every((member) => KEBAB.test(stringOf(nodeIn(member, "literal")) ?? ""));
}

interface Entry {
  readonly key: string;
  readonly stage: string;
  readonly code: string;
  readonly line: number;
  readonly isEmpty: boolean;
}

function entriesIn(text: string): Entry[] {
  const lines = text.split("\n");
  const entries: Entry[] = [];
  let stage = "";
  for (const [at, line] of lines.entries()) {
    stage = /^## (.+)$/.exec(line)?.[1]?.trim() ?? stage;
    const code = /^### `([^`]+)`/.exec(line)?.[1];
    if (code === undefined) continue;
    const below = lines.slice(at + 1).find((other) => other.trim() !== "") ?? "#";
    entries.push({ key: `${stage} ${code}`, stage, code, line: at + 1, isEmpty: below.startsWith("#") });
  }
  return entries;
}
