import type { Action, Answer, SignedCall } from "../action.ts";
import { CheckedParameters, MINIMUM_TOKEN_SIZE, USER_DURATION } from "../constraints.ts";
import { issued } from "../session-parameters.ts";
import type { Sealing } from "../session/session.ts";
import { accessDenied } from "../sts-error.ts";
import { mfaOf, readMfaParameters } from "./mfa-of.ts";
import { userDurationSeconds } from "./user-duration.ts";

/** Gives a user temporary credentials of its own, usually to have an MFA code count for a while. Needs no permission. */
export const getSessionToken = { kind: "issue", name: "GetSessionToken", run } as const satisfies Action;

function run(call: SignedCall, sealing: Sealing): Answer {
  const { caller, now } = call;
  const { identity, credentials } = caller;
  if (credentials.sessionToken !== undefined) {
    return { ok: false, error: accessDenied("Cannot call GetSessionToken with session credentials") };
  }
  const parameters = new CheckedParameters(call.parameters);
  const asked = parameters.optionalNumber("DurationSeconds", USER_DURATION);
  const minimumTokenSize = parameters.optionalNumber("MinimumSessionTokenSize", MINIMUM_TOKEN_SIZE) ?? 0;
  const mfaParameters = readMfaParameters(parameters);
  if (parameters.error !== undefined) return { ok: false, error: parameters.error };
  const mfa = mfaOf(call, mfaParameters);
  if (!mfa.ok) return mfa;

  const session = {
    kind: identity.kind,
    account: identity.account,
    principalId: caller.principal?.uniqueId ?? identity.account,
    name: "",
    issuedAt: now,
    expiresAt: now + userDurationSeconds(identity.kind, asked) * 1000,
    tags: new Map<string, string>(),
    transitiveTagKeys: [],
    minimumTokenSize,
    ...(mfa.given && { mfaAt: now }),
  };
  return {
    ok: true,
    result: issued(session, { policyArns: [], tags: session.tags, tagKeys: [], minimumTokenSize }, sealing),
  };
}
