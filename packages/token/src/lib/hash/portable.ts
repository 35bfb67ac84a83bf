import { hmac as nobleHmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

// The twin of node.ts where there is no node:crypto: browsers and workers. WebCrypto would do, but only asynchronously.

const utf8 = new TextEncoder();

/** A key made ready for many {@link hmac} calls: the state after both pads, cloned for each call. */
export type PreparedKey = ReturnType<typeof nobleHmac.create>;

/** A key for {@link hmac}: a string stands for its UTF-8 bytes. */
export function prepareKey(key: string | Uint8Array): PreparedKey {
  return nobleHmac.create(sha256, bytesOf(key));
}

/** HMAC-SHA256, 32 bytes; `data` as a string stands for its UTF-8 bytes. */
export function hmac(key: PreparedKey, data: string | Uint8Array): Uint8Array {
  return key.clone().update(bytesOf(data)).digest();
}

/** HMAC-SHA256 as 64 lower-case hexadecimal digits. */
export function hmacHex(key: PreparedKey, data: string | Uint8Array): string {
  return bytesToHex(hmac(key, data));
}

/** SHA-256 as 64 lower-case hexadecimal digits; `data` as a string stands for its UTF-8 bytes. */
export function sha256Hex(data: string | Uint8Array): string {
  return bytesToHex(sha256(bytesOf(data)));
}

/** Whether two strings are the same, in a time that tells nothing but their lengths. */
export function constantTimeEqual(left: string, right: string): boolean {
  const a = utf8.encode(left);
  const b = utf8.encode(right);
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? utf8.encode(data) : data;
}
