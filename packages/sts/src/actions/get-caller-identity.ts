import type { Action } from "../action.ts";

/** Says who signed the request. Needs no permission: not even an explicit Deny takes it away. */
export const getCallerIdentity: Action = {
  name: "GetCallerIdentity",
  run: ({ account, arn, userId }) => ({ Account: account, Arn: arn, UserId: userId }),
};
