import type { Template, TemplatePiece } from "./types.ts";
import type { WildcardPart } from "./wildcard.ts";

/** What came of reading a text with variables. */
export type ParsedTemplate = { readonly ok: true; readonly template: Template } | { readonly ok: false };

/** The values of a request, by key in lower case. */
export type Context = ReadonlyMap<string, readonly string[]>;

const SPECIAL_CHARACTERS: ReadonlySet<string> = new Set(["*", "?", "$"]);
/** A tag's key has 128 characters at most, its value 256. */
const MAX_VARIABLE = 512;
// A default's own quote is doubled; nothing of AWS's says what else it might be.
const VARIABLE = /^\s*([^\s:,'${}]+:[^,'${}]*[^\s,'${}])\s*(?:,\s*'((?:[^']|'')*)'\s*)?$/;

/**
 * Takes the policy variables out of a text: `${aws:username}`, `${aws:username, 'nobody'}`, `${*}`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function parseTemplate(text: string): ParsedTemplate {
  const pieces: TemplatePiece[] = [];
  let at = 0;
  for (let open = text.indexOf("${"); open !== -1; open = text.indexOf("${", at)) {
    if (open > at) pieces.push({ kind: "pattern", text: text.slice(at, open) });
    const close = endOfVariable(text, open + 2);
    if (close === undefined || close - open > MAX_VARIABLE) return { ok: false };
    const inside = text.slice(open + 2, close);
    const [, key, fallback] = VARIABLE.exec(inside) ?? [];
    if (SPECIAL_CHARACTERS.has(inside)) pieces.push({ kind: "literal", text: inside });
    else if (key === undefined) return { ok: false };
    else pieces.push(variableOf(key, fallback));
    at = close + 1;
  }
  if (at < text.length) pieces.push({ kind: "pattern", text: text.slice(at) });
  return { ok: true, template: pieces };
}

/** A text that stands for itself or for a pattern, without variables. */
export function plainTemplate(text: string): Template {
  return [{ kind: "pattern", text }];
}

/**
 * Fills in the variables with a request's values, which stand for themselves.
 *
 * @returns nothing where the request has no value, or more than one: then the text is equal to nothing and like nothing.
 */
export function resolve(template: Template, context: Context): readonly WildcardPart[] | undefined {
  const parts: WildcardPart[] = [];
  for (const piece of template) {
    if (piece.kind !== "variable") {
      parts.push({ text: piece.text, literal: piece.kind === "literal" });
      continue;
    }
    const [value = piece.fallback, ...more] = context.get(piece.key) ?? [];
    if (value === undefined || more.length > 0) return undefined;
    parts.push({ text: value, literal: true });
  }
  return parts;
}

function variableOf(key: string, fallback: string | undefined): TemplatePiece {
  const variable = { kind: "variable", key: key.toLowerCase() } as const;
  return fallback === undefined ? variable : { ...variable, fallback: fallback.replaceAll("''", "'") };
}

/** Where the brace is that closes a variable; one within a quoted default does not. */
function endOfVariable(text: string, from: number): number | undefined {
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'") quoted = !quoted;
    else if (character === "}" && !quoted) return at;
  }
  return undefined;
}
