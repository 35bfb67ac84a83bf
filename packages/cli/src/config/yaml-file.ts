import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { quote } from "../lib/quote.ts";
import type { Problem } from "./problem.ts";

/** The way to a value: `["clusters", 0, "id"]`. */
export type YamlPath = readonly (string | number)[];

/** A YAML file that was read, with the place of everything in it. */
export interface YamlFile {
  /** The outermost mapping. */
  readonly root: Node;
  /** What an alias stands for; any other node is itself. */
  readonly follow: (node: Node | null | undefined) => Node | undefined;
  /** `iamgate.yaml:3:9`. */
  readonly placeOf: (node: Node | null | undefined) => string;
  /** The node at the end of a way, and the key that it stands behind; of the nearest node around it where there is none. */
  readonly find: (path: YamlPath) => { readonly key: Node | undefined; readonly value: Node | undefined };
  /** Its plain values; aliases followed within a bound. */
  readonly toValue: () => unknown;
}

/** How scalars are read: `core` tells numbers and truth values from text (YAML 1.2), `failsafe` leaves all as written. */
export type ScalarReading = "core" | "failsafe";

type ReadYaml =
  | { readonly ok: true; readonly file: YamlFile }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] };

/** Beyond this nobody configures by hand. */
const MAX_CHARACTERS = 1_048_576;
/** Who has more to correct will read again anyway. */
const MAX_PROBLEMS = 20;

/** Reads a file's text; never throws. What is no YAML is told by the parser's code: its message may quote a secret. */
export function readYamlFile(text: string, path: string, scalars: ScalarReading): ReadYaml {
  const lines = new LineCounter();
  const placeAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const refused = (place: string, state: string): ReadYaml => ({
    ok: false,
    problems: [{ place, text: state, hint: "docs/configuration.md shows what iamgate reads" }],
  });
  if (text.length > MAX_CHARACTERS) {
    return refused(`${path}:1:1`, `the file has ${text.length} characters, at most ${MAX_CHARACTERS} are read`);
  }
  let document: Document.Parsed;
  // `logLevel`: the library would write words of the file to standard error.
  try {
    document = parseDocument(text, {
      schema: scalars,
      prettyErrors: false,
      lineCounter: lines,
      merge: true,
      logLevel: "error",
    });
  } catch {
    // The parser descends recursively.
    return refused(`${path}:1:1`, "the file is nested too deeply");
  }
  const [first, ...more] = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS).map(({ code, pos }) => ({
    place: placeAt(pos[0]),
    text: `no valid YAML (${code.toLowerCase().replaceAll("_", " ")})`,
    hint: "correct the syntax there; a file is one YAML document",
  }));
  if (first !== undefined) return { ok: false, problems: [first, ...more] };

  const follow = (node: Node | null | undefined): Node | undefined =>
    (isAlias(node) ? node.resolve(document) : node) ?? undefined;
  const placeOf = (node: Node | null | undefined): string => placeAt(node?.range?.[0] ?? 0);
  const root = follow(document.contents);
  if (!isMap(root)) return refused(placeOf(root), "the file is no mapping of settings");
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    return refused(placeOf(root), "its aliases expand without end");
  }
  const find = (way: YamlPath) => findNode(root, way, follow);
  return { ok: true, file: { root, follow, placeOf, find, toValue: () => value } };
}

/** A mapping's fields, merge keys left out. */
export function fieldsOf(node: Node | undefined): readonly { readonly key: Node; readonly value: Node | null }[] {
  if (!isMap(node)) return [];
  return (node.items as Pair<Node | null, Node | null>[]).flatMap(({ key, value }) =>
    key === null ? [] : [{ key, value }],
  );
}

/** What stands there, quoted; nothing for what is no scalar. */
export function quotedScalar(node: Node | undefined): string {
  return isScalar(node) && node.source !== undefined && node.source !== "" ? ` ${quote(node.source)}` : "";
}

function findNode(root: Node, path: YamlPath, follow: YamlFile["follow"]): ReturnType<YamlFile["find"]> {
  let found: ReturnType<YamlFile["find"]> = { key: undefined, value: root };
  for (const step of path) {
    const around = follow(found.value);
    const next = stepInto(around, step);
    if (next === undefined) return found;
    found = { key: next.key, value: next.value ?? next.key };
  }
  return { key: found.key, value: found.value };
}

function stepInto(
  node: Node | undefined,
  step: string | number,
): { readonly key: Node | undefined; readonly value: Node | null } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)] as Node | null | undefined;
    return item === undefined ? undefined : { key: undefined, value: item };
  }
  return fieldsOf(node).find(({ key }) => isScalar(key) && String(key.value) === String(step));
}
