import type { Scalar } from "yaml";
import { lastAtMost } from "./positions.ts";

/**
 * Where the characters of a scalar's text stand in the file around it.
 *
 * A position is only claimed where it is proven: the file is read again by the same rule, and must give the scalar's very
 * text. Literal blocks, single-line quoted strings (so all of JSON) and single-line plain scalars are exact; folded ones
 * say where the scalar begins.
 *
 * @param scalar - A scalar of the outer document.
 * @param file - The outer text.
 * @returns From an offset in the scalar's text to one in the file.
 */
export function embeddedOffsets(scalar: Scalar, file: string): (offset: number) => number {
  const [start, end] = scalar.range ?? [0, 0];
  const text = String(scalar.value);
  const source = file.slice(start, end);
  switch (scalar.type) {
    case "BLOCK_LITERAL":
      return literalOffsets(text, source, start) ?? (() => start);
    case "QUOTE_DOUBLE":
    case "QUOTE_SINGLE":
      return quotedOffsets(text, source, start) ?? (() => start);
    case "PLAIN":
      return source === text ? (offset) => start + offset : () => start;
    default:
      return () => start;
  }
}

/** Each line of a literal block is a line of the file without its indentation. */
function literalOffsets(text: string, source: string, start: number): ((offset: number) => number) | undefined {
  const header = source.indexOf("\n") + 1;
  const innerStarts: number[] = [];
  const outerStarts: number[] = [];
  let inner = 0;
  let outer = start + header;
  const fileLines = source.slice(header).split("\n");
  for (const [index, line] of text.split("\n").entries()) {
    const fileLine = fileLines[index];
    if (fileLine === undefined) {
      // The text's last line break may be the file's last character.
      if (line === "") break;
      return undefined;
    }
    const content = fileLine.endsWith("\r") ? fileLine.slice(0, -1) : fileLine;
    const indentation = content.length - line.length;
    if (!content.endsWith(line) || /[^ ]/.test(content.slice(0, indentation))) {
      // What follows the block is not its text: only an empty last line may differ.
      if (line === "") break;
      return undefined;
    }
    innerStarts.push(inner);
    outerStarts.push(outer + indentation);
    inner += line.length + 1;
    outer += fileLine.length + 1;
  }
  if (innerStarts.length === 0) return undefined;
  return (offset) => {
    const line = lastAtMost(innerStarts, offset);
    return (outerStarts[line] ?? start) + offset - (innerStarts[line] ?? 0);
  };
}

/** Each character of a quoted string is itself, or an escape. */
function quotedOffsets(text: string, source: string, start: number): ((offset: number) => number) | undefined {
  const pattern = source.startsWith('"') ? DOUBLE_QUOTED : SINGLE_QUOTED;
  // In code units of the text, each with the offset of the character or escape that wrote it.
  const offsets: number[] = [];
  let read = "";
  let at = 1;
  while (at < source.length - 1) {
    pattern.lastIndex = at;
    const piece = pattern.exec(source)?.[0];
    // A line break folds, and that is not followed here.
    if (piece === undefined) return undefined;
    const written = piece.length > 1 ? unescape(piece) : piece;
    if (written === undefined) return undefined;
    for (let unit = 0; unit < written.length; unit++) offsets.push(start + at);
    read += written;
    at += piece.length;
  }
  if (read !== text) return undefined;
  offsets.push(start + at);
  return (offset) => offsets[offset] ?? start;
}

const SINGLE_QUOTED = /''|[^'\r\n]/y;
const DOUBLE_QUOTED = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^xuU\r\n])|[^\\\r\n]/y;

function unescape(piece: string): string | undefined {
  if (piece === "''") return "'";
  const simple = ESCAPES.get(piece.slice(1));
  if (simple !== undefined) return simple;
  const code = Number.parseInt(piece.slice(2), 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

// YAML 1.2.2, section 5.7.
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\u0007"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\u001B"],
  [" ", " "],
  ['"', '"'],
  ["/", "/"],
  ["\\", "\\"],
  ["N", "\u0085"],
  ["_", "\u00A0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
]);
