import type { Refusal } from "@iamgate/token";
import type { FindingRule } from "./aws-auth/finding-rules.ts";
import type { MapReason } from "./reasons.ts";

/** Where something stands: a file or object, and a position in it. */
export interface Place {
  /** A file's path as it was given, or `configmap kube-system/aws-auth`. */
  readonly source: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units as editors count. */
  readonly column: number;
}

/** What an oddity costs: nothing, one field of the entry, the entry, or the whole section. */
export type Cost = "nothing" | "field" | "entry" | "section";

/** How bad an oddity is: a strict reader refuses every entry that has an `error`. */
export type FindingLevel = "error" | "warning" | "info";

/** What an oddity costs under iamgate, and under the Go authenticator that Amazon EKS runs. */
export interface Effect {
  readonly iamgate: Cost;
  readonly eks: Cost;
}

/** An oddity in a mapping, with what it costs under each reader of the map. */
export interface Finding {
  /** A code of the closed list `FINDING_RULES`; each has an entry in docs/errors.md. */
  readonly rule: FindingRule;
  readonly level: FindingLevel;
  /** One sentence: what was found. */
  readonly message: string;
  /** One sentence: what to write instead. */
  readonly hint: string;
  readonly place: Place;
  readonly effect: Effect;
}

/** Which principals an entry is for. */
export type Matcher =
  /** Exactly this canonical ARN, ASCII case folded. */
  | { readonly kind: "arn"; readonly arn: string }
  /** Any `AWSReservedSSO_<set>_<16 hex>` role of the account. */
  | { readonly kind: "sso"; readonly partition: string; readonly account: string; readonly permissionSet: string }
  /** Everybody of an account. */
  | { readonly kind: "account"; readonly account: string };

/** A part of a map, named as the ConfigMap's data key. */
export type Section = "mapRoles" | "mapUsers" | "mapAccounts";

/** Prefixes that a rendered name may not begin with, for example `system:`. */
export interface ReservedPrefixes {
  readonly usernames: readonly string[];
  readonly groups: readonly string[];
}

/**
 * One line of a map: who, as which user, in which groups; templates not yet rendered.
 *
 * An entry whose ARN can match nobody (a role with its path, a session's ARN) is one, too: a refusal can point at it.
 */
export interface MappingEntry {
  readonly ok: true;
  readonly section: Section;
  readonly matcher: Matcher;
  /**
   * The username's template. Absent: the default; in mapAccounts the canonical ARN, elsewhere the name that an EKS access
   * entry of type STANDARD would give (a user's ARN; a role's `arn:P:sts::ACCT:assumed-role/NAME/{{SessionName}}`).
   */
  readonly username?: string;
  readonly groups: readonly string[];
  /** What its source forbids; absent: nothing. */
  readonly reservedPrefixes?: ReservedPrefixes;
  readonly place: Place;
}

/** An immutable snapshot of a map. */
export interface Mappings {
  /** What it was read from, for people: a path, or an object with its resourceVersion. */
  readonly source: string;
  /** In the order of the document: mapRoles, mapUsers, mapAccounts. */
  readonly entries: readonly MappingEntry[];
}

/** A principal that no entry lets in, see docs/errors.md. */
export type MapRefusal = Refusal<"map", MapReason>;

/** What templates need beyond the principal; a fact that is absent is not known. */
export interface Facts {
  /** `AKIA…` or `ASIA…`, for `{{AccessKeyID}}`. */
  readonly accessKeyId?: string;
  /** For `{{EC2PrivateDNSName}}`. */
  readonly ec2PrivateDnsName?: string;
}

/** Who somebody is in Kubernetes. */
export interface KubernetesUser {
  readonly ok: true;
  readonly username: string;
  readonly groups: readonly string[];
}
