import { type Arn, canonicalArn } from "../arn.ts";
import type { MappingEntry, Mappings } from "../mappings.ts";
import { asciiFold } from "./ascii-fold.ts";
import { parseWrittenArn } from "./written-arn.ts";

/** A map made ready for looking up. */
export interface MappingIndex {
  /** The entry for an exact ARN, by {@link asciiFold}ed ARN. */
  readonly byArn: ReadonlyMap<string, MappingEntry>;
  /** The entry for a permission set, by {@link ssoKey}. */
  readonly bySso: ReadonlyMap<string, MappingEntry>;
  readonly byAccount: ReadonlyMap<string, MappingEntry>;
  /** Entries that would name somebody were they written as the canonical ARN, by that folded. */
  readonly nearByArn: ReadonlyMap<string, MappingEntry>;
  /** Some entry for somebody of the same kind and name, wherever, by {@link nameKey}. */
  readonly nearByName: ReadonlyMap<string, MappingEntry>;
}

/** The index of a snapshot: made at the first call, kept as long as the snapshot lives. */
export function indexOf(mappings: Mappings): MappingIndex {
  const known = indexes.get(mappings);
  if (known !== undefined) return known;
  const index = build(mappings.entries);
  indexes.set(mappings, index);
  return index;
}

/** One key per permission set of an account. No part can hold a slash. */
export function ssoKey(partition: string, account: string, permissionSet: string): string {
  return `${partition}/${account}/${permissionSet}`;
}

/** The permission set whose role this is, from `AWSReservedSSO_<set>_<16 hex>`. */
export function permissionSetOf(roleName: string): string | undefined {
  return SSO_ROLE.exec(roleName)?.[1];
}

/** The kind and name of somebody, without path, account and partition; a permission set's role without its suffix. */
export function nameKey(arn: Arn): string | undefined {
  if (arn.kind === "root") return undefined;
  const kind = arn.kind === "assumed-role" ? "role" : arn.kind;
  return asciiFold(`${kind}/${arn.name.replace(/^(AWSReservedSSO_.+)_[0-9a-f]{16}$/, "$1")}`);
}

const indexes = new WeakMap<Mappings, MappingIndex>();

const SSO_ROLE = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/;

function build(entries: readonly MappingEntry[]): MappingIndex {
  const byArn = new Map<string, MappingEntry>();
  const bySso = new Map<string, MappingEntry>();
  const byAccount = new Map<string, MappingEntry>();
  const nearByArn = new Map<string, MappingEntry>();
  const nearByName = new Map<string, MappingEntry>();
  for (const entry of entries) {
    const { matcher } = entry;
    if (matcher.kind === "account") {
      byAccount.set(matcher.account, entry);
    } else if (matcher.kind === "sso") {
      bySso.set(ssoKey(matcher.partition, matcher.account, matcher.permissionSet), entry);
    } else {
      const key = asciiFold(matcher.arn);
      // An entry of mapRoles beats any of mapUsers; within a section the last counts.
      if (byArn.get(key)?.section !== "mapRoles" || entry.section === "mapRoles") byArn.set(key, entry);
      const arn = parseWrittenArn(matcher.arn);
      if (arn === undefined) continue;
      const canonical = asciiFold(canonicalArn(arn));
      if (canonical !== key) nearByArn.set(canonical, entry);
      const name = nameKey(arn);
      if (name !== undefined) nearByName.set(name, entry);
    }
  }
  return { byArn, bySso, byAccount, nearByArn, nearByName };
}
