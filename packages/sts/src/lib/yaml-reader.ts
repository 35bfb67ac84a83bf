import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { IamError } from "../iam.ts";

// Reads YAML strictly: every scalar is the text that stands there (`011122223333` stays twelve digits), every field is
// one that the reader names, and what is refused is reported with its place. Values of secrets are never quoted.

/** Beyond this nobody declares identities by hand. */
const MAX_CHARACTERS = 1_048_576;
/** Who has more to correct will read again anyway. */
const MAX_ERRORS = 100;

/** A file being read, and what was found wrong so far. */
export interface YamlReader {
  readonly root: Node | null;
  readonly errors: IamError[];
  /** Reports that something is not as expected; `value` only where it can be no secret. */
  readonly report: (at: Place, field: string, expected: string, value?: string) => void;
  /** The same for a place that somebody else has found. */
  readonly reportAt: (at: Position, field: string, expected: string, value?: string) => void;
  /** Where an offset of the text is. */
  readonly placeOf: (offset: number) => Position & { readonly source: string };
}

/** A line and a column, each from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a report points: a node, or where nothing is, the node around it. */
export type Place = Node | null | undefined;

/** What a field's text has to be. */
export interface TextForm {
  readonly form: RegExp;
  /** The same in words: `12 digits`. */
  readonly expected: string;
  /** Whether it must not be quoted, whatever it is. */
  readonly secret?: boolean;
}

/** The fields of a mapping, and the mapping itself to point to where one is missing. */
export interface Fields {
  readonly node: Node;
  readonly get: (name: string) => Node | undefined;
}

/** Reads a file's text; what is no YAML is reported at once. */
export function readYaml(text: string, source: string): YamlReader {
  const lines = new LineCounter();
  const errors: IamError[] = [];
  const placeOf: YamlReader["placeOf"] = (offset) => {
    const { line, col } = lines.linePos(offset);
    // An empty file has no lines yet.
    return { source, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const reportAt = ({ line, column }: Position, field: string, expected: string, value?: string): void => {
    if (errors.length >= MAX_ERRORS) return;
    const found = value === undefined ? field : `${field} ${JSON.stringify(shortened(value))}`;
    const message = `${source}:${line}:${column}: ${found}: expected ${expected}`;
    errors.push({
      source,
      line,
      column,
      field,
      ...(value !== undefined && { value: shortened(value) }),
      expected,
      message,
    });
  };
  const reader = {
    errors,
    report: (at: Place, field: string, expected: string, value?: string) =>
      reportAt(placeOf(at?.range?.[0] ?? 0), field, expected, value),
    reportAt,
    placeOf,
  };
  if (text.length > MAX_CHARACTERS) {
    reportAt(placeOf(0), "file", `at most ${MAX_CHARACTERS} characters`);
    return { ...reader, root: null };
  }
  // Only codes are told: the parser's messages may quote the source, and with it secrets.
  const document = parseDocument(text, { schema: "failsafe", prettyErrors: false, lineCounter: lines });
  for (const { code, pos } of [...document.errors, ...document.warnings]) {
    reportAt(placeOf(pos[0]), "file", `one valid YAML document (parser: ${code.toLowerCase().replaceAll("_", " ")})`);
  }
  return { ...reader, root: document.contents };
}

/** A mapping of nothing but the named fields. */
export function fieldsOf(
  yaml: YamlReader,
  node: Node | null,
  what: string,
  names: readonly string[],
): Fields | undefined {
  const expected = `a mapping of ${names.join(", ")}`;
  if (!isMap<Node, Node | null>(node)) {
    yaml.report(node, what, expected);
    return undefined;
  }
  const values = new Map<string, Node>();
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : undefined;
    if (name === undefined || !names.includes(name)) {
      yaml.report(key, `${what} field`, `one of ${names.join(", ")}`, name);
    } else if (value !== null) {
      values.set(name, value);
    }
  }
  return { node, get: (name) => values.get(name) };
}

/** The items of a sequence; none where the field is absent. */
export function itemsOf(yaml: YamlReader, node: Node | undefined, field: string): readonly Node[] {
  if (node === undefined) return [];
  if (isSeq<Node>(node)) return node.items;
  yaml.report(node, field, "a list, each item on a line that starts with a dash");
  return [];
}

/** The text of a field that must be there. */
export function textOf(yaml: YamlReader, fields: Fields, name: string, form: TextForm): string | undefined {
  const node = fields.get(name);
  if (node !== undefined) return checkedText(yaml, node, name, form);
  yaml.report(fields.node, name, `${form.expected}; it is missing`);
  return undefined;
}

/** The text of a field that may be absent. */
export function optionalTextOf(yaml: YamlReader, fields: Fields, name: string, form: TextForm): string | undefined {
  const node = fields.get(name);
  return node === undefined ? undefined : checkedText(yaml, node, name, form);
}

function checkedText(
  yaml: YamlReader,
  node: Node,
  name: string,
  { form, expected, secret }: TextForm,
): string | undefined {
  const text = isScalar(node) && typeof node.value === "string" ? node.value : undefined;
  if (text !== undefined && form.test(text)) return text;
  yaml.report(node, name, expected, secret === true ? undefined : text);
  return undefined;
}

function shortened(value: string): string {
  return value.length > 80 ? `${value.slice(0, 80)}…` : value;
}
