/** A pattern made ready for matching: the pieces between its stars, character by character; `undefined` is a `?`. */
export type Wildcard = readonly (readonly (string | undefined)[])[];

/** A part of a pattern: with wildcards, or standing for itself. */
export interface WildcardPart {
  readonly text: string;
  readonly literal: boolean;
}

/** Makes a pattern of its parts. */
export function wildcardOf(parts: readonly WildcardPart[]): Wildcard {
  let piece: (string | undefined)[] = [];
  const pieces = [piece];
  for (const { text, literal } of parts) {
    for (let at = 0; at < text.length; at++) {
      const character = text.charAt(at);
      if (literal || (character !== "*" && character !== "?")) {
        piece.push(character);
      } else if (character === "?") {
        piece.push(undefined);
      } else {
        piece = [];
        pieces.push(piece);
      }
    }
  }
  return pieces;
}

/**
 * Whether a whole text is what a pattern says.
 *
 * Each piece between two stars is taken where it first fits, which never needs to be taken back: patterns come from
 * outside, and the usual way back over every star is how a short pattern keeps a server busy.
 */
export function fitsWildcard([head = [], ...rest]: Wildcard, text: string): boolean {
  const tail = rest.pop();
  if (tail === undefined) return text.length === head.length && standsAt(head, text, 0);
  const end = text.length - tail.length;
  if (end < head.length || !standsAt(head, text, 0) || !standsAt(tail, text, end)) return false;
  let at = head.length;
  for (const piece of rest) {
    while (at + piece.length <= end && !standsAt(piece, text, at)) at++;
    at += piece.length;
    if (at > end) return false;
  }
  return true;
}

function standsAt(piece: readonly (string | undefined)[], text: string, at: number): boolean {
  return piece.every((character, index) => character === undefined || character === text.charAt(at + index));
}
