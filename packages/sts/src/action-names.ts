/** The actions of STS that there are here. */
export const ACTION_NAMES = [
  "AssumeRole",
  "AssumeRoleWithWebIdentity",
  "GetAccessKeyInfo",
  "GetCallerIdentity",
  "GetFederationToken",
  "GetSessionToken",
] as const;

/** The name of an action. */
export type ActionName = (typeof ACTION_NAMES)[number];
