export {
  acceptedHosts,
  type AcceptedHost,
  type AcceptedHosts,
  type AcceptedHostsOptions,
  type ExtraAuthority,
} from "./accepted-hosts.ts";
export type { Credentials } from "./credentials.ts";
export { execCredentialVersion, type ExecCredentialVersion, formatExecCredential } from "./exec-credential.ts";
export { allStsHosts, type StsHost, stsHostFor, type StsHostOptions, stsHostOf } from "./hosts.ts";
export { mintToken, type MintedToken, type MintTokenOptions } from "./mint.ts";
export type { PresignedRequest } from "./presigned-url.ts";
export {
  decodeToken,
  type DecodedToken,
  parseToken,
  type ReadRules,
  readToken,
  TOKEN_LIFETIME_SECONDS,
} from "./read.ts";
export type { ReadRefusal } from "./read-refusal.ts";
export { READ_REASONS, type ReadReason } from "./reasons.ts";
export type { Refusal } from "./refusal.ts";
export { TOKEN_ERROR_CODES, TokenError, type TokenErrorCode } from "./token-error.ts";
