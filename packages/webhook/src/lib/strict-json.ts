/**
 * The one JSON value of a UTF-8 text, strictly: no byte order mark, no invalid UTF-8, no key twice in an object.
 *
 * `JSON.parse` keeps the last of two equal keys, other readers the first; whoever sits between two readers can be shown
 * two different texts (RFC 8259 section 4).
 *
 * @throws SyntaxError naming what is wrong; never quotes the text.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SyntaxError("not one JSON value");
  }
  // In valid JSON every colon outside a string follows a key, so a key that JSON.parse dropped shows in the count.
  if (countKeys(value) !== countColonsOutsideStrings(text)) throw new SyntaxError("an object has a key twice");
  return value;
}

/** The value as an object whose keys may be looked up, or an empty one. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { __proto__: null, ...value } : {};
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SyntaxError("not UTF-8");
  }
}

function countKeys(value: unknown): number {
  let count = 0;
  const rest = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next !== "object" || next === null) continue;
    const children: readonly unknown[] = Object.values(next);
    if (!Array.isArray(next)) count += children.length;
    for (const child of children) rest.push(child);
  }
  return count;
}

function countColonsOutsideStrings(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === COLON) count++;
    else if (character === QUOTE) i = endOfString(text, i + 1);
  }
  return count;
}

/** The index of the closing quote. */
function endOfString(text: string, start: number): number {
  let i = start;
  while (text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return i;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
