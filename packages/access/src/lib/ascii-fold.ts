/**
 * Lower-cases ASCII letters and nothing else.
 *
 * `toLowerCase` would fold U+212A (the Kelvin sign) to `k` and thereby make two different names one.
 */
export function asciiFold(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
