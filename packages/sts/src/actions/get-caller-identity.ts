import type { Action } from "../action.ts";

/** Says who signed the request. Needs no permission: not even an explicit Deny takes it away. */
export const getCallerIdentity = {
  kind: "read",
  name: "GetCallerIdentity",
  run: ({ caller: { identity } }) => ({
    ok: true,
    result: { Account: identity.account, Arn: identity.arn, UserId: identity.userId },
  }),
} as const satisfies Action;
