import type { Refusal } from "../refusal.ts";

/** Why a signed request is not believed; the order is that of the checks. Each is told in docs/errors.md. */
export const SIGV4_REASONS = {
  malformedPath: "malformed-path",
  malformedQuery: "malformed-query",
  notSigned: "not-signed",
  signedTwice: "signed-twice",
  duplicateParameter: "duplicate-parameter",
  missingParameter: "missing-parameter",
  malformedAuthorization: "malformed-authorization",
  wrongAlgorithm: "wrong-algorithm",
  malformedSignature: "malformed-signature",
  malformedDate: "malformed-date",
  malformedExpires: "malformed-expires",
  malformedCredential: "malformed-credential",
  wrongScopeDate: "wrong-scope-date",
  wrongScopeRegion: "wrong-scope-region",
  wrongScopeService: "wrong-scope-service",
  malformedSignedHeaders: "malformed-signed-headers",
  hostNotSigned: "host-not-signed",
  missingSignedHeader: "missing-signed-header",
  expired: "expired",
  notYetValid: "not-yet-valid",
  unknownAccessKey: "unknown-access-key",
  wrongSessionToken: "wrong-session-token",
  expiredCredentials: "expired-credentials",
  signatureMismatch: "signature-mismatch",
} as const;

/** A code of {@link SIGV4_REASONS}. */
export type Sigv4Reason = (typeof SIGV4_REASONS)[keyof typeof SIGV4_REASONS];

/** A signed request that is not believed, see docs/errors.md. */
export type Sigv4Refusal = Refusal<"sigv4", Sigv4Reason>;

/** A refusal; `detail` never holds a signature, a session token or a key. */
export function refuse(reason: Sigv4Reason, detail: string): Sigv4Refusal {
  return { ok: false, stage: "sigv4", reason, detail };
}
