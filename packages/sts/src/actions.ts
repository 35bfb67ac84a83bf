import type { Action } from "./action.ts";
import { getCallerIdentity } from "./actions/get-caller-identity.ts";

/** The only version of the STS API that there has been. */
export const API_VERSION = "2011-06-15";

/** The action of a name and version, if there is one. */
export function actionOf(name: string, version: string | undefined): Action | undefined {
  return version === API_VERSION ? ACTIONS.get(name) : undefined;
}

const ACTIONS: ReadonlyMap<string, Action> = new Map([getCallerIdentity].map((action) => [action.name, action]));
