import type { PolicyPrincipal, PolicyStatement, RequestPrincipal } from "./types.ts";

/**
 * How directly a resource-based policy names who asks.
 *
 * - `direct`: the user or session itself, or everyone: nothing else has to allow within the account.
 * - `role`: the session's role, whose boundary and session policy still limit it.
 * - `account`: the account, which leaves it to its own policies.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export type Directness = "direct" | "role" | "account";

/** Every directness, the strongest first. */
export const DIRECTNESS: readonly Directness[] = ["direct", "role", "account"];

/** How directly a statement that allows names who asks; nothing where it does not. */
export function directnessOf(statement: PolicyStatement, principal: RequestPrincipal): Directness | undefined {
  const found = statement.principals?.any.map((named) => named && directnessOfOne(named, principal)) ?? [];
  return DIRECTNESS.find((directness) => found.includes(directness));
}

/**
 * Whether a statement is about who asks. `NotPrincipal` spares only those whose account, role and self it all names, and
 * nobody with a permissions boundary.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function concerns({ principals }: PolicyStatement, principal: RequestPrincipal, hasBoundary: boolean): boolean {
  if (principals === undefined) return true;
  if (!principals.negated) return principals.any.some((named) => directnessOfOne(named, principal) !== undefined);
  if (hasBoundary) return true;
  const needed = needsNamed(principal);
  return !needed.every((directness) =>
    principals.any.some((named) => directnessOfOne(named, principal) === directness),
  );
}

/** Which names of somebody AWS looks for, one after the other: the account's, the role's, one's own. */
function needsNamed(principal: RequestPrincipal): readonly Directness[] {
  switch (principal.kind) {
    case "role-session":
      return ["account", "role", "direct"];
    case "user":
    case "federated-user":
      return ["account", "direct"];
    case "root":
    case "web-identity":
    case "service":
      return ["direct"];
  }
}

function directnessOfOne(named: PolicyPrincipal, principal: RequestPrincipal): Directness | undefined {
  if (named.kind === "everyone") return "direct";
  if (principal.kind === "web-identity") {
    return named.kind === "federated" && named.provider === principal.provider ? "direct" : undefined;
  }
  if (principal.kind === "service") {
    return named.kind === "service" && named.service === principal.service ? "direct" : undefined;
  }
  if (named.kind === "account") {
    const same =
      named.account === principal.account && (named.partition === undefined || named.partition === principal.partition);
    if (!same) return undefined;
    return principal.kind === "root" ? "direct" : "account";
  }
  if (named.kind !== "arn") return undefined;
  if (named.arn === principal.arn) return "direct";
  return principal.kind === "role-session" && named.arn === principal.principalArn ? "role" : undefined;
}
