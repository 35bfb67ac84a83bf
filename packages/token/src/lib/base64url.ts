/** Base64url without padding of a string whose characters are single bytes (Latin-1). */
export function encodeBase64url(bytes: string): string {
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The bytes, as Latin-1 characters, of canonical base64url: no padding, no blanks, no stray bits in the last character
 * (RFC 4648 section 3.5 leaves those to the decoder, and `atob` ignores them). `undefined` for anything else.
 */
export function decodeBase64url(text: string): string | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const tail = text.length % 4;
  if (tail === 1) return undefined;
  if (tail === 2 && !/[AQgw]$/.test(text)) return undefined;
  if (tail === 3 && !/[AEIMQUYcgkosw048]$/.test(text)) return undefined;
  return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
}
