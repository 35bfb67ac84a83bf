import type { Place, Section } from "@iamgate/access";
import type { Node } from "yaml";

/** A section of the mapping, as it stands in the Go authenticator's file. */
interface SectionNode {
  readonly section: Section;
  readonly node: Node;
}

/** The manifest of an aws-auth with the same entries, line for line. */
export type MadeManifest =
  | {
      readonly ok: true;
      readonly manifest: string;
      /** Where in the Go authenticator's file something of the manifest stands. */
      readonly placeIn: (place: Place) => Place;
    }
  /** The manifest has no line for this section's key: something else is on the line before its first. */
  | { readonly ok: false; readonly section: Section; readonly line: number; readonly column: number };

/**
 * Makes the manifest of an aws-auth of the sections of another file. Each line of a section stays on its line, so that
 * what is said of lines is true of the file: a section of several lines becomes a literal block, whose key takes the line
 * before (in the file its own key is there), and one of a single line is quoted.
 */
export function manifestOf(text: string, nodes: readonly SectionNode[]): MadeManifest {
  const sections = nodes.map((each) => located(each, text)).toSorted((a, b) => a.line - b.line || a.column - b.column);
  const lines = new Map<number, string>();
  // The first line is `data:`.
  let free = 2;
  for (const { section, line, column, key, rows } of sections) {
    if (line - (key === undefined ? 0 : 1) < free) return { ok: false, section, line, column };
    if (key !== undefined) lines.set(line - 1, key);
    for (const [index, { text: row }] of rows.entries()) lines.set(line + index, row);
    free = line + rows.length;
  }
  const body = Array.from({ length: free - 2 }, (_, index) => lines.get(index + 2) ?? "");
  const object = ["apiVersion: v1", "kind: ConfigMap", "metadata: { name: aws-auth, namespace: kube-system }"];
  return {
    ok: true,
    manifest: [sections.length === 0 ? "data: {}" : "data:", ...body, ...object, ""].join("\n"),
    placeIn: (place) => {
      const own = sections.find(({ line, rows }) => place.line >= line - 1 && place.line < line + rows.length);
      const row = own?.rows[place.line - own.line];
      if (own === undefined) return { ...place, line: 1, column: 1 };
      if (row === undefined) return { ...place, line: own.line, column: own.column };
      return { ...place, column: row.columnIn(place.column) };
    },
  };
}

interface Row {
  /** As it stands in the manifest. */
  readonly text: string;
  /** From a column there to one in the file. */
  readonly columnIn: (column: number) => number;
}

interface Located {
  readonly section: Section;
  /** Of its first character; from 1. */
  readonly line: number;
  readonly column: number;
  /** What stands on the line before; absent where the key is on the section's own line. */
  readonly key?: string;
  readonly rows: readonly Row[];
}

function located({ section, node }: SectionNode, text: string): Located {
  const [start, end] = node.range ?? [0, 0];
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const column = start - lineStart + 1;
  const line = text.slice(0, start).split("\n").length;
  const written = text.slice(start, end).trimEnd();
  if (!written.includes("\n")) return { section, line, column, rows: [quotedRow(`  ${section}: `, written, column)] };
  // Explicit, since the first row may be further right than the others.
  const key = `  ${section}: |2`;
  return { section, line, column, key, rows: `${" ".repeat(column - 1)}${written}`.split("\n").map(literalRow) };
}

const INDENTATION = 4;

function literalRow(row: string): Row {
  return {
    text: `${" ".repeat(INDENTATION)}${row}`,
    columnIn: (column) => Math.max(column - INDENTATION, 1),
  };
}

function quotedRow(key: string, written: string, column: number): Row {
  // Of each character in the manifest: a quote is doubled there.
  const columns: number[] = [];
  let at = key.length + 2;
  for (let index = 0; index < written.length; index++) {
    columns.push(at);
    at += written[index] === "'" ? 2 : 1;
  }
  return {
    text: `${key}'${written.replaceAll("'", "''")}'`,
    columnIn: (inManifest) =>
      column +
      Math.max(
        columns.findLastIndex((each) => each <= inManifest),
        0,
      ),
  };
}
