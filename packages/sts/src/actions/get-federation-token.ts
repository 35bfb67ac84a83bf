import type { Action, Answer, SignedCall } from "../action.ts";
import { authorize } from "../authorize.ts";
import { CheckedParameters, FEDERATED_USER_NAME, USER_DURATION } from "../constraints.ts";
import { errorOfSessionParameters, issued, readSessionParameters, tagContext } from "../session-parameters.ts";
import type { Sealing } from "../session/session.ts";
import { accessDenied } from "../sts-error.ts";
import { userDurationSeconds } from "./user-duration.ts";

/** Gives credentials that can do what a user and the policy it passes along can do both. */
export const getFederationToken = { kind: "issue", name: "GetFederationToken", run } as const satisfies Action;

function run(call: SignedCall, sealing: Sealing): Answer {
  const { caller, now } = call;
  const { identity, credentials } = caller;
  if (credentials.sessionToken !== undefined) {
    return { ok: false, error: accessDenied("Cannot call GetFederationToken with session credentials") };
  }
  const parameters = new CheckedParameters(call.parameters);
  const name = parameters.required("Name", FEDERATED_USER_NAME);
  const asked = parameters.optionalNumber("DurationSeconds", USER_DURATION);
  const session = readSessionParameters(parameters);
  const error = parameters.error ?? errorOfSessionParameters(session);
  if (error !== undefined) return { ok: false, error };

  const { account, partition } = identity;
  const arn = `arn:${partition}:sts::${account}:federated-user/${name}`;
  const { tags, tagKeys } = session;
  const denial = authorize(call, {
    actions: ["sts:GetFederationToken", ...(tagKeys.length > 0 ? ["sts:TagSession"] : [])],
    resource: arn,
    context: new Map(tagContext(tags)),
  });
  if (denial !== undefined) return denial;

  const credentialsOfSession = issued(
    {
      kind: "federated-user",
      account,
      principalId: caller.principal?.uniqueId ?? account,
      name,
      issuedAt: now,
      expiresAt: now + userDurationSeconds(identity.kind, asked) * 1000,
      tags,
      transitiveTagKeys: [],
      // Without a policy there is nothing that a federated user may do.
      policies: session.policy === undefined ? [] : [session.policy],
      minimumTokenSize: session.minimumTokenSize,
    },
    session,
    sealing,
  );
  return {
    ok: true,
    result: { ...credentialsOfSession, FederatedUser: { FederatedUserId: `${account}:${name}`, Arn: arn } },
  };
}
