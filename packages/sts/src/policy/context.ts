import type { Context } from "./template.ts";
import type { AuthorizationRequest, RequestPrincipal } from "./types.ts";

/**
 * The values that conditions and variables see: what the caller tells of the request, and what follows from who asks.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function contextOf({ principal, context }: AuthorizationRequest): Context {
  const told = [...context].filter(([key]) => !followsFromPrincipal(key));
  return new Map([...told, ...valuesOf(principal).map(([key, value]) => [key, [value]] as const)]);
}

/** Whether a condition key, in lower case, has its value from who asks. */
export function followsFromPrincipal(key: string): boolean {
  return OF_PRINCIPAL.has(key) || key.startsWith(TAG_PREFIX);
}

const TAG_PREFIX = "aws:principaltag/";
const OF_PRINCIPAL: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalisawsservice",
  "aws:principalservicename",
  "aws:principaltype",
  "aws:userid",
  "aws:username",
]);

const TYPES = {
  user: "User",
  "role-session": "AssumedRole",
  "federated-user": "FederatedUser",
  root: "Account",
} as const;

function valuesOf(principal: RequestPrincipal): readonly (readonly [string, string])[] {
  switch (principal.kind) {
    case "web-identity":
      return [["aws:principaltype", "Anonymous"]];
    case "service":
      return [
        ["aws:principalisawsservice", "true"],
        ["aws:principalservicename", principal.service],
      ];
    default: {
      const tags = [...principal.tags].map(([key, value]) => [TAG_PREFIX + key.toLowerCase(), value] as const);
      // The name without the path; nobody but an IAM user has one.
      const name = principal.kind === "user" ? principal.arn.split("/").at(-1) : undefined;
      return [
        ["aws:principalaccount", principal.account],
        ["aws:principalarn", principal.principalArn],
        ["aws:principalisawsservice", "false"],
        ["aws:principaltype", TYPES[principal.kind]],
        ["aws:userid", principal.userId],
        ...(name === undefined ? [] : [["aws:username", name] as const]),
        ...tags,
      ];
    }
  }
}
