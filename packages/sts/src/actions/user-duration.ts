import type { Identity } from "../iam.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html: 12 hours; for an account's owner one. */
const DEFAULT_SECONDS = 43_200;
const ROOT_SECONDS = 3_600;

/** How long a session of a user's own lasts: a root user's never more than an hour, whatever is asked for. */
export function userDurationSeconds(kind: Identity["kind"], asked: number | undefined): number {
  const seconds = asked ?? DEFAULT_SECONDS;
  return kind === "root" ? Math.min(seconds, ROOT_SECONDS) : seconds;
}
