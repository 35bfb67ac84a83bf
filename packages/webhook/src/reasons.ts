/** Why STS does not confirm a token. Each is told in docs/errors.md. */
export const STS_REASONS = {
  signatureDoesNotMatch: "signature-does-not-match",
  signatureExpired: "signature-expired",
  signatureNotYetCurrent: "signature-not-yet-current",
  invalidClientTokenId: "invalid-client-token-id",
  expiredToken: "expired-token",
  regionDisabled: "region-disabled",
  accessDenied: "access-denied",
  refusedBySts: "refused-by-sts",
} as const;

/** A code of {@link STS_REASONS}. */
export type StsReason = (typeof STS_REASONS)[keyof typeof STS_REASONS];

/** Why nothing can be said of a token: STS or this program fails or is overloaded, not its bearer. Each is told in docs/errors.md. */
export const FAULT_CODES = {
  stsUnreachable: "sts-unreachable",
  stsUntrusted: "sts-untrusted",
  stsConnectTimeout: "sts-connect-timeout",
  stsTimeout: "sts-timeout",
  stsThrottled: "sts-throttled",
  stsUnavailable: "sts-unavailable",
  stsRedirected: "sts-redirected",
  stsMalformedAnswer: "sts-malformed-answer",
  stsContradictsItself: "sts-contradicts-itself",
  rateLimited: "rate-limited",
  overloaded: "overloaded",
  breakerOpen: "breaker-open",
  internalError: "internal-error",
} as const;

/** A code of {@link FAULT_CODES}. */
export type FaultCode = (typeof FAULT_CODES)[keyof typeof FAULT_CODES];

/** Why a request is answered before it is read as a token's: it is no TokenReview. Each is told in docs/errors.md. */
export const REQUEST_REASONS = {
  notFound: "not-found",
  methodNotAllowed: "method-not-allowed",
  unsupportedMediaType: "unsupported-media-type",
  bodyIncomplete: "body-incomplete",
  contentTooLarge: "content-too-large",
  notATokenReview: "not-a-token-review",
} as const;

/** A code of {@link REQUEST_REASONS}. */
export type RequestReason = (typeof REQUEST_REASONS)[keyof typeof REQUEST_REASONS];
