import { decodeBase32, encodeBase32 } from "../lib/base32.ts";

// An access key id holds its account, as AWS's own do since 2019: after the prefix, base32 of 10 bytes, in whose first 48
// bits stand a 1, the account in 40 bits, and 7 bits that mean nothing. So GetAccessKeyInfo needs no table of sessions.
// https://hackingthe.cloud/aws/enumeration/get-account-id-from-keys/

/** How many random bytes an access key id takes. */
export const ACCESS_KEY_ID_RANDOM_BYTES = 10;

/**
 * The access key id of new temporary credentials.
 *
 * @param account - twelve digits.
 * @param random - {@link ACCESS_KEY_ID_RANDOM_BYTES} bytes.
 */
export function temporaryKeyId(account: string, random: Uint8Array): string {
  const bytes = Uint8Array.from(random.subarray(0, ACCESS_KEY_ID_RANDOM_BYTES));
  let head = (1n << 47n) | (BigInt(account) << 7n) | BigInt((bytes[5] ?? 0) & 0x7f);
  for (let i = 5; i >= 0; i--) {
    bytes[i] = Number(head & 0xffn);
    head >>= 8n;
  }
  return `ASIA${encodeBase32(bytes)}`;
}

/** The account that an access key id holds, twelve digits; undefined where it holds none. */
export function accountOfKeyId(accessKeyId: string): string | undefined {
  if (!/^A[KS]IA[A-Z2-7]{16}$/.test(accessKeyId)) return undefined;
  const bytes = decodeBase32(accessKeyId.slice(4));
  if (bytes === undefined) return undefined;
  const head = bytes.subarray(0, 6).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const account = ((head & 0x7fffffffff80n) >> 7n).toString().padStart(12, "0");
  return account.length === 12 ? account : undefined;
}
