import { parseArn } from "./arn.ts";
import { asciiFold } from "./lib/ascii-fold.ts";
import { indexOf, type MappingIndex, nameKey, permissionSetOf, ssoKey } from "./lib/mapping-index.ts";
import { describeMatcher } from "./describe-matcher.ts";
import type { MappingEntry, Mappings, MapRefusal } from "./mappings.ts";
import type { Principal } from "./principal.ts";
import { MAP_REASONS } from "./reasons.ts";

/**
 * Finds the entry that decides on a principal.
 *
 * An exact ARN beats a permission set's matcher, which beats a whole account; among exact ARNs mapRoles beats mapUsers,
 * and within a section the last counts. ARNs compare with ASCII case folded. The same call always gives the same entry,
 * in the same time whatever the map's size; the first call for a snapshot also indexes it.
 *
 * @param principal - As {@link identify} gave it.
 * @param mappings - The snapshot to look in.
 * @returns The entry; or a refusal with reason `not-mapped`, whose detail points at the entry that looks most as if it
 * were meant, where there is one.
 *
 * @example
 * ```ts
 * import { identify, match } from "@iamgate/access";
 *
 * const root = { account: "111122223333", arn: "arn:aws:iam::111122223333:root", userId: "111122223333" };
 * const principal = identify(root, "aws");
 * if (principal.ok) {
 *   const entry = match(principal, { source: "aws-auth.yaml", entries: [] });
 *   console.assert(!entry.ok && entry.reason === "not-mapped");
 * }
 * ```
 */
export function match(principal: Principal, mappings: Mappings): MappingEntry | MapRefusal {
  const index = indexOf(mappings);
  return (
    index.byArn.get(asciiFold(principal.canonicalArn)) ??
    ssoEntry(principal, index) ??
    index.byAccount.get(principal.account) ?? {
      ok: false,
      stage: "map",
      reason: MAP_REASONS.notMapped,
      detail: `${principal.canonicalArn} is in no mapRoles, mapUsers or mapAccounts entry of ${mappings.source}${nearMiss(principal, index)}`,
    }
  );
}

function ssoEntry(principal: Principal, index: MappingIndex): MappingEntry | undefined {
  if (principal.kind !== "role-session") return undefined;
  const permissionSet = permissionSetOf(principal.name);
  if (permissionSet === undefined) return undefined;
  return index.bySso.get(ssoKey(principal.partition, principal.account, permissionSet));
}

function nearMiss(principal: Principal, index: MappingIndex): string {
  const byArn = index.nearByArn.get(asciiFold(principal.canonicalArn));
  if (byArn !== undefined) {
    return `; ${written(byArn)}: write ${principal.canonicalArn}, which is how AWS STS names it`;
  }
  const arn = parseArn(principal.canonicalArn);
  const key = arn && nameKey(arn);
  const byName = key === undefined ? undefined : index.nearByName.get(key);
  return byName === undefined ? "" : `; ${written(byName)}, which is somebody else of that name`;
}

function written({ matcher, place }: MappingEntry): string {
  return `${place.source}:${place.line} names ${describeMatcher(matcher)}`;
}
