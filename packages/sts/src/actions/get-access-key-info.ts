import type { Action, Answer, SignedCall } from "../action.ts";
import { authorize } from "../authorize.ts";
import { ACCESS_KEY_ID, CheckedParameters } from "../constraints.ts";
import { accountOfKeyId } from "../session/access-key-id.ts";
import { accessDenied, validationError } from "../sts-error.ts";

/** Says whose account an access key is of, whether or not it is active. */
export const getAccessKeyInfo = { kind: "read", name: "GetAccessKeyInfo", run } as const satisfies Action;

function run(call: SignedCall): Answer {
  if (call.caller.session !== undefined && call.caller.identity.kind !== "role-session") {
    return { ok: false, error: accessDenied("Cannot call GetAccessKeyInfo with session credentials") };
  }
  const parameters = new CheckedParameters(call.parameters);
  const accessKeyId = parameters.required("AccessKeyId", ACCESS_KEY_ID);
  if (parameters.error !== undefined) return { ok: false, error: parameters.error };
  const denial = authorize(call, { actions: ["sts:GetAccessKeyInfo"], resource: "*" });
  if (denial !== undefined) return denial;
  const declared = call.iam.accessKeys.get(accessKeyId)?.identity;
  const account = declared?.account ?? accountOfKeyId(accessKeyId);
  if (account === undefined || call.iam.accounts.get(account) !== call.caller.identity.partition) {
    return { ok: false, error: validationError("The access key ID does not exist") };
  }
  return { ok: true, result: { Account: account } };
}
