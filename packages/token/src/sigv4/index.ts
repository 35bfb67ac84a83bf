export type { Credentials } from "../credentials.ts";
export type { Refusal } from "../refusal.ts";
export { SIGNATURE_REASONS, type SignatureReason, type SignatureRefusal } from "./reasons.ts";
export {
  hashPayload,
  presign,
  type PresignOptions,
  type RequestToSign,
  type SignatureHeaders,
  type SigningOptions,
  signRequest,
} from "./sign.ts";
export type { SignedRequest } from "./signed-request.ts";
export { type SecretLookup, type VerifiedSignature, verifySignature, type VerifyOptions } from "./verify.ts";
