const MAX_LENGTH = 100;

/**
 * A value of somebody else's in double quotes, fit for a terminal and for a log: one line, no control characters (they
 * could move the cursor or hide text), of bounded length, and without the secrets a value may be by mistake.
 */
export function quote(value: string): string {
  const shown = redact(value);
  const short = shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown;
  return `"${printable(short.replaceAll(/["\\]/g, (character) => `\\${character}`))}"`;
}

/** A text of ours or of a library's on one line, with the same care; unlike {@link quote} of any length. */
export function oneLine(text: string): string {
  return printable(redact(text).replaceAll(/\s*\n\s*/g, " "));
}

/** Takes out what opens doors: tokens, signatures, session tokens. */
function redact(text: string): string {
  return text
    .replaceAll(/k8s-aws-v1\.[\w+/=-]+/g, "k8s-aws-v1.…")
    .replaceAll(/(X-Amz-(?:Signature|Security-Token)=)[^&\s"]*/gi, "$1…");
}

/** C0, C1, line separators and the marks that reverse the direction of text, written as escapes. */
function printable(text: string): string {
  return text.replaceAll(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
