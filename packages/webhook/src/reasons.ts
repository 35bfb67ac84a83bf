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

/** Why nothing can be said of a token: STS or this program fails, not its bearer. Each is told in docs/errors.md. */
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
  internalError: "internal-error",
} as const;

/** A code of {@link FAULT_CODES}. */
export type FaultCode = (typeof FAULT_CODES)[keyof typeof FAULT_CODES];
