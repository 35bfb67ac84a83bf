/** Why a token is refused before anybody is asked; the order is that of the checks. Each is told in docs/errors.md. */
export const READ_REASONS = {
  notAnEksToken: "not-an-eks-token",
  tokenTooLong: "token-too-long",
  notBase64url: "not-base64url",
  urlNotPrintable: "url-not-printable",
  malformedUrl: "malformed-url",
  unknownStsHost: "unknown-sts-host",
  malformedQuery: "malformed-query",
  unknownParameter: "unknown-parameter",
  duplicateParameter: "duplicate-parameter",
  missingParameter: "missing-parameter",
  parameterNotPrintable: "parameter-not-printable",
  wrongAction: "wrong-action",
  wrongVersion: "wrong-version",
  wrongAlgorithm: "wrong-algorithm",
  malformedSignature: "malformed-signature",
  malformedDate: "malformed-date",
  malformedCredential: "malformed-credential",
  wrongScopeDate: "wrong-scope-date",
  wrongScopeRegion: "wrong-scope-region",
  wrongScopeService: "wrong-scope-service",
  missingSecurityToken: "missing-security-token",
  unexpectedSecurityToken: "unexpected-security-token",
  wrongSignedHeaders: "wrong-signed-headers",
  malformedExpires: "malformed-expires",
  expired: "expired",
  notYetValid: "not-yet-valid",
} as const;

/** A code of {@link READ_REASONS}. */
export type ReadReason = (typeof READ_REASONS)[keyof typeof READ_REASONS];
