import { createCipheriv, createDecipheriv } from "node:crypto";

/** The bytes of a sealing key: AES-256. */
export const SEALING_KEY_BYTES = 32;

/** The bytes of a nonce: NIST SP 800-38D's recommended length for GCM. */
export const NONCE_BYTES = 12;

const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

/** What the first byte of a sealed text says: which key, cipher and content follow. */
const FORMAT = 1;

/**
 * Seals a text: encrypted and authenticated, so that nobody without the key reads or alters it.
 *
 * @param options - `key`: {@link SEALING_KEY_BYTES} bytes; `nonce`: {@link NONCE_BYTES} bytes that this key never saw
 *   before; `boundTo`: what the text opens for only, which stands beside it and not in it.
 * @returns canonical base64.
 */
export function seal(
  text: string,
  { key, nonce, boundTo }: { readonly key: Uint8Array; readonly nonce: Uint8Array; readonly boundTo: string },
): string {
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(bound(boundTo));
  const parts = [Uint8Array.of(FORMAT), nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
  return base64Of(joined(parts));
}

/** Opens what {@link seal} made; undefined where it was altered, or sealed by another key or for something else. */
export function unseal(
  sealed: string,
  { key, boundTo }: { readonly key: Uint8Array; readonly boundTo: string },
): string | undefined {
  const bytes = bytesOfBase64(sealed);
  if (bytes === undefined || bytes[0] !== FORMAT || bytes.length < 1 + NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound(boundTo));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    const encrypted = bytes.subarray(1 + NONCE_BYTES, bytes.length - TAG_BYTES);
    return new TextDecoder().decode(joined([decipher.update(encrypted), decipher.final()]));
  } catch {
    // The tag does not fit: node:crypto says so by an Error without a code of its own.
    return undefined;
  }
}

/** How many characters a sealed text of so many bytes has. */
export function sealedLength(textBytes: number): number {
  return Math.ceil((1 + NONCE_BYTES + textBytes + TAG_BYTES) / 3) * 4;
}

function bound(to: string): Uint8Array {
  return new TextEncoder().encode(`iamgate sts session token ${to}`);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Only of the canonical spelling: two texts must never be one token. */
function bytesOfBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return base64Of(bytes) === text ? bytes : undefined;
}
