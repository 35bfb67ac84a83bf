export type { Credentials } from "../credentials.ts";
export type { Refusal } from "../refusal.ts";
export { SIGV4_REASONS, type Sigv4Reason, type Sigv4Refusal } from "./reasons.ts";
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
