import { createHmac, timingSafeEqual } from "node:crypto";

/** What a virtual MFA device shares with IAM. */
export interface MfaDevice {
  /** For example `arn:aws:iam::111122223333:mfa/alice`. */
  readonly serialNumber: string;
  /** The secret behind the codes, as bytes. */
  readonly seed: Uint8Array;
}

const STEP_SECONDS = 30;

/** A clock that is off by a step either way is still in time, as RFC 6238 section 5.2 advises. */
const STEPS_OFF = [-1, 0, 1];

/**
 * The six digits that a device shows at a moment: RFC 6238 with SHA-1 and 30 seconds, as AWS's virtual devices are.
 *
 * @param seed - the device's secret as bytes; iam.yaml has it in base32, and a parsed user in `mfa.seed`.
 * @param now - milliseconds since 1970.
 * @returns the code, for example `287082`.
 * @see https://www.rfc-editor.org/rfc/rfc6238
 * @example
 * ```ts
 * import { totp } from "@iamgate/sts";
 *
 * // The first of RFC 6238's vectors, whose codes have eight digits.
 * console.assert(totp(new TextEncoder().encode("12345678901234567890"), 59_000) === "287082");
 * ```
 */
export function totp(seed: Uint8Array, now: number): string {
  return codeOfStep(seed, Math.floor(now / 1000 / STEP_SECONDS));
}

/** Whether a code is what the device shows now, or showed or will show a step away. */
export function isTotp(seed: Uint8Array, code: string, now: number): boolean {
  if (!/^\d{6}$/.test(code)) return false;
  const given = new TextEncoder().encode(code);
  const step = Math.floor(now / 1000 / STEP_SECONDS);
  return STEPS_OFF.some((off) => timingSafeEqual(given, new TextEncoder().encode(codeOfStep(seed, step + off))));
}

function codeOfStep(seed: Uint8Array, step: number): string {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.max(step, 0)));
  const mac = createHmac("sha1", seed).update(new Uint8Array(counter.buffer)).digest();
  // RFC 4226 section 5.3: the last byte's low half says where the 31 bits begin.
  const offset = (mac[mac.length - 1] ?? 0) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return (number % 1_000_000).toString().padStart(6, "0");
}
