import type { Principal } from "@iamgate/access";
import { READ_REASONS } from "@iamgate/token";
import { STS_REASONS } from "../reasons.ts";
import type { AnyRefusal, Verdict } from "../verdict.ts";
import type { TokenReviewVersion } from "./read-review.ts";

/** A TokenReview with its status, as kube-apiserver wants it back. */
export interface TokenReviewAnswer {
  readonly apiVersion: TokenReviewVersion;
  readonly kind: "TokenReview";
  readonly status:
    | { readonly authenticated: true; readonly user: ReviewedUser }
    | { readonly authenticated: false; readonly error?: string };
}

interface ReviewedUser {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/**
 * Turns a verdict into the answer. kube-apiserver caches it (2 min by default) unless `status.error` is set, so an error
 * is given exactly where the same token may soon be let in. It never tells more than "not authenticated".
 *
 * `audiences` is left out: these tokens have none, so none is ever checked.
 */
export function answerReview(apiVersion: TokenReviewVersion, verdict: Verdict): TokenReviewAnswer {
  return { apiVersion, kind: "TokenReview", status: statusOf(verdict) };
}

function statusOf(verdict: Verdict): TokenReviewAnswer["status"] {
  if (verdict.ok) return { authenticated: true, user: userOf(verdict) };
  return maySoonBeLetIn(verdict.refusal)
    ? { authenticated: false, error: "not authenticated" }
    : { authenticated: false };
}

/** Whether a new mapping, or a little time, could let the very same token in. */
function maySoonBeLetIn(refusal: AnyRefusal): boolean {
  switch (refusal.stage) {
    case "read":
      return refusal.reason === READ_REASONS.notYetValid;
    case "sts":
      return refusal.reason === STS_REASONS.signatureNotYetCurrent;
    case "identify":
      return false;
    case "map":
      return true;
  }
}

/** uid and extra as the Go authenticator gives them, which audit pipelines rely on. */
function userOf({ user, principal }: Extract<Verdict, { ok: true }>): ReviewedUser {
  const principalId = principalIdOf(principal);
  return {
    username: user.username,
    uid: `aws-iam-authenticator:${principal.account}:${principalId}`,
    groups: user.groups,
    extra: {
      accessKeyId: [principal.accessKeyId],
      arn: [principal.arn],
      canonicalArn: [principal.canonicalArn],
      principalId: [principalId],
      sessionName: [principal.kind === "role-session" ? principal.sessionName : ""],
      "sigs.k8s.io/aws-iam-authenticator/principalId": [principalId],
    },
  };
}

/** `AROA…` without the session's name; for everybody else UserId as it stands (aws-iam-authenticator 0.7.18). */
function principalIdOf(principal: Principal): string {
  return principal.kind === "role-session" ? principal.uniqueId : principal.userId;
}
