/**
 * Why an identity that STS confirmed is not believed.
 *
 * `wrong-partition` is a refusal: a sound identity, of another partition than this gate's. Every other code is an
 * answer that a true STS cannot give, so whoever asked STS treats it as a fault of STS and never as a property of the
 * caller.
 */
export const IDENTIFY_REASONS = {
  malformedAccount: "malformed-account",
  malformedArn: "malformed-arn",
  accountMismatch: "account-mismatch",
  notACaller: "not-a-caller",
  userIdMismatch: "user-id-mismatch",
  wrongPartition: "wrong-partition",
} as const;

/** A code of {@link IDENTIFY_REASONS}. */
export type IdentifyReason = (typeof IDENTIFY_REASONS)[keyof typeof IDENTIFY_REASONS];

/** Why a believed identity becomes no Kubernetes user. */
export const MAP_REASONS = {
  notMapped: "not-mapped",
  notAnInstance: "not-an-instance",
  missingFact: "missing-fact",
  emptyUsername: "empty-username",
  reservedName: "reserved-name",
} as const;

/** A code of {@link MAP_REASONS}. */
export type MapReason = (typeof MAP_REASONS)[keyof typeof MAP_REASONS];
