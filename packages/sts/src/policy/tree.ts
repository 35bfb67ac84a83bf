import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, Scalar } from "yaml";
import type { PolicyPlace, PolicyProblem } from "./types.ts";

// A policy's values with their places, whether they come from JSON or from YAML: scalars are the text that stands
// there, since AWS takes `true` for "true" and 10 for "10".

/** A value and where it stands. */
export type Tree =
  | { readonly kind: "text"; readonly place: PolicyPlace; readonly text: string }
  | { readonly kind: "list"; readonly place: PolicyPlace; readonly items: readonly Tree[] }
  | { readonly kind: "map"; readonly place: PolicyPlace; readonly entries: readonly Entry[] };

/** A key of a map; of one map no two are alike. */
export interface Entry {
  readonly place: PolicyPlace;
  readonly key: string;
  readonly value: Tree;
}

/** Says where an offset of the text is. */
export type PlaceOf = (offset: number) => PolicyPlace;

/** What came of reading values. */
export type ParsedTree =
  | { readonly ok: true; readonly tree: Tree }
  | { readonly ok: false; readonly problems: readonly [PolicyProblem, ...PolicyProblem[]] };

/** The policy language ends at the sixth: document, statements, statement, Condition, key, value. */
const MAX_DEPTH = 8;
/** What IAM's API takes: the size that counts is smaller, but white space does not count. */
const MAX_CHARACTERS = 131_072;
/** All that a policy may hold: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const CHARACTERS = /^[\t\n\r\u0020-\u00ff]*$/;

/** Reads the values of a YAML node that was read with the failsafe schema. */
export function treeOf(node: Node | null, placeOf: PlaceOf): ParsedTree {
  const problems: PolicyProblem[] = [];
  const refuse = (at: number, expected: string): undefined => {
    problems.push({ place: placeOf(at), field: "policy", expected });
    return undefined;
  };

  const read = (of: Node | null | undefined, parentAt: number, depth: number): Tree | undefined => {
    const at = of?.range?.[0] ?? parentAt;
    if (depth > MAX_DEPTH) return refuse(at, "a policy, which is not nested that deeply");
    if (isScalar(of) && typeof of.value === "string") {
      if (of.type === Scalar.PLAIN && /^(?:~|null|Null|NULL|)$/.test(of.value))
        return refuse(at, "a value; it is null");
      if (!CHARACTERS.test(of.value)) return refuse(at, "no characters beyond U+00FF");
      return { kind: "text", place: placeOf(at), text: of.value };
    }
    if (isSeq<Node | null>(of)) {
      const items = of.items.map((item) => read(item, at, depth + 1));
      return { kind: "list", place: placeOf(at), items: items.filter((item) => item !== undefined) };
    }
    if (isMap<Node, Node | null>(of)) {
      const entries = of.items.map(({ key, value }) => readEntry(key, value, { at, depth }));
      return { kind: "map", place: placeOf(at), entries: entries.filter((entry) => entry !== undefined) };
    }
    return refuse(at, "a text, a list or a mapping; anchors, aliases and nulls are no part of a policy");
  };

  const readEntry = (
    key: Node,
    value: Node | null,
    { at, depth }: { readonly at: number; readonly depth: number },
  ): Entry | undefined => {
    const keyAt = key.range?.[0] ?? at;
    const tree = read(value, keyAt, depth + 1);
    if (!isScalar(key) || typeof key.value !== "string") return refuse(keyAt, "a key that is a text");
    return tree && { place: placeOf(keyAt), key: key.value, value: tree };
  };

  const tree = read(node, 0, 1);
  const [first, ...rest] = problems;
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  if (tree === undefined) throw new Error("unreachable: what is not read is reported");
  return { ok: true, tree };
}

/** Reads the values of JSON text. */
export function treeOfJson(text: string, source: string): ParsedTree {
  const lines = new LineCounter();
  const placeOf: PlaceOf = (offset) => {
    const { line, col } = lines.linePos(offset);
    return { source, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const expected = "JSON of at most 131072 characters, each key of an object once";
  if (text.length > MAX_CHARACTERS || !isShallowJson(text)) {
    return { ok: false, problems: [{ place: placeOf(0), field: "policy", expected }] };
  }
  // Every JSON text is YAML, and YAML's parser knows where each value stands and which key comes twice.
  const document = parseDocument(text, { schema: "failsafe", prettyErrors: false, lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined)
    return { ok: false, problems: [{ place: placeOf(error.pos[0]), field: "policy", expected }] };
  return treeOf(document.contents, placeOf);
}

/** Whether a text is JSON that is nested no deeper than a policy, so that reading it costs neither stack nor time. */
function isShallowJson(text: string): boolean {
  const brackets = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, "").match(/[[\]{}]/g) ?? [];
  let depth = 0;
  for (const bracket of brackets) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth > MAX_DEPTH) return false;
  }
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** How long a value's JSON is without white space, as AWS counts the size of policies. */
export function sizeOf(tree: Tree): number {
  switch (tree.kind) {
    case "text":
      return JSON.stringify(tree.text).replaceAll(/\s/g, "").length;
    case "list":
      return (
        1 +
        Math.max(
          1,
          tree.items.reduce((sum, item) => sum + sizeOf(item) + 1, 0),
        )
      );
    case "map": {
      const entries = tree.entries.map(({ key, value }) => JSON.stringify(key).length + 1 + sizeOf(value) + 1);
      return (
        1 +
        Math.max(
          1,
          entries.reduce((sum, size) => sum + size, 0),
        )
      );
    }
  }
}
