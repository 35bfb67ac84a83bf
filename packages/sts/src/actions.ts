import type { Action } from "./action.ts";
import { assumeRole } from "./actions/assume-role.ts";
import { assumeRoleWithWebIdentity } from "./actions/assume-role-with-web-identity.ts";
import { getAccessKeyInfo } from "./actions/get-access-key-info.ts";
import { getCallerIdentity } from "./actions/get-caller-identity.ts";
import { getFederationToken } from "./actions/get-federation-token.ts";
import { getSessionToken } from "./actions/get-session-token.ts";

/** The only version of the STS API that there has been. */
export const API_VERSION = "2011-06-15";

/** The action of a name and version, if there is one. */
export function actionOf(name: string, version: string | undefined): Action | undefined {
  return version === API_VERSION ? ACTIONS.get(name) : undefined;
}

const ACTIONS: ReadonlyMap<string, Action> = new Map(
  [assumeRole, assumeRoleWithWebIdentity, getAccessKeyInfo, getCallerIdentity, getFederationToken, getSessionToken].map(
    (action) => [action.name, action],
  ),
);
