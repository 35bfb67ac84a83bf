import type { EncodedPair } from "./canonical.ts";

/** A query parameter as it came. */
export interface RawParameter {
  /** Percent-decoded once; each character is a byte. */
  readonly name: string;
  /** Percent-decoded once; each character is a byte. */
  readonly value: string;
  /** The same, encoded again by RFC 3986. */
  readonly encoded: EncodedPair;
}

/**
 * Takes a query apart as it stands in a request line: split, decoded once, encoded again.
 *
 * Works on bytes, so that what is no UTF-8 has a canonical form too, and one only. `+` is a plus: SigV4 writes a
 * space as `%20`.
 *
 * @param rawQuery - without the `?`.
 * @returns `undefined` when a character may not stand in a query, or a `%` is not followed by two hexadecimal digits.
 */
export function parseRawQuery(rawQuery: string): readonly RawParameter[] | undefined {
  if (!PRINTABLE_ASCII.test(rawQuery) || STRAY_PERCENT.test(rawQuery)) return undefined;
  const parameters: RawParameter[] = [];
  for (const pair of rawQuery.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? "" : decode(pair.slice(equals + 1));
    parameters.push({ name, value, encoded: [encode(name), encode(value)] });
  }
  return parameters;
}

const PRINTABLE_ASCII = /^[!-~]*$/;
const STRAY_PERCENT = /%(?![0-9A-Fa-f]{2})/;

function decode(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function encode(bytes: string): string {
  return bytes.replace(/[^A-Za-z0-9._~-]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}
