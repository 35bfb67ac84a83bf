import type { SignedCall } from "../action.ts";
import type { CheckedParameters } from "../constraints.ts";
import { SERIAL_NUMBER, TOKEN_CODE } from "../constraints.ts";
import { isTotp } from "../mfa.ts";
import { accessDenied, type StsError } from "../sts-error.ts";

/** A device and its code, as far as a request gives them. */
export interface MfaParameters {
  readonly serialNumber?: string;
  readonly code?: string;
}

export function readMfaParameters(parameters: CheckedParameters): MfaParameters {
  const serialNumber = parameters.optional("SerialNumber", SERIAL_NUMBER);
  const code = parameters.optional("TokenCode", TOKEN_CODE);
  return { ...(serialNumber !== undefined && { serialNumber }), ...(code !== undefined && { code }) };
}

/** Whether a code of the caller's own device came along. */
export function mfaOf(
  { caller, now }: SignedCall,
  { serialNumber, code }: MfaParameters,
): { readonly ok: true; readonly given: boolean } | { readonly ok: false; readonly error: StsError } {
  if (serialNumber === undefined && code === undefined) return { ok: true, given: false };
  if (serialNumber === undefined) return failed("MultiFactorAuthentication failed, must provide MFA serial number. ");
  if (code === undefined) return failed("MultiFactorAuthentication failed, must provide one time pass code. ");
  const device = caller.principal?.kind === "user" ? caller.principal.mfa : undefined;
  if (device === undefined || device.serialNumber !== serialNumber) {
    return failed(
      "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is valid and associated with this user.",
    );
  }
  if (!isTotp(device.seed, code, now))
    return failed("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
  return { ok: true, given: true };
}

function failed(message: string): { readonly ok: false; readonly error: StsError } {
  return { ok: false, error: accessDenied(message) };
}
