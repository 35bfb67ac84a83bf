import type { Wildcard } from "./wildcard.ts";

/** Where something stands in a file, or in the text of a request's parameter. */
export interface PolicyPlace {
  /** What to call the text, usually a file's path. */
  readonly source: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units as editors count. */
  readonly column: number;
}

/**
 * What a policy is, which decides its grammar and how long it may be: `identity` is an inline policy of a user, group or
 * role; it, a `boundary` and a `session` policy say `Resource`; a role's `trust` policy says `Principal`; the policy of
 * another `resource` says both.
 */
export type PolicyKind = "identity" | "boundary" | "session" | "trust" | "resource";

/** A policy, read and checked: nothing in it is of unknown meaning. */
export interface PolicyDocument {
  readonly kind: PolicyKind;
  /** What people call it: `AllowAssume`, `trust policy of Developer`. */
  readonly name: string;
  /** Without a `Version` it is 2008-10-17, which knows no policy variables. */
  readonly version: "2012-10-17" | "2008-10-17";
  readonly place: PolicyPlace;
  /** In characters of its JSON without white space, as AWS counts; the inline policies of one entity share one limit. */
  readonly size: number;
  /** In the order of the document; at least one. */
  readonly statements: readonly PolicyStatement[];
}

/** One statement of a policy. */
export interface PolicyStatement {
  readonly sid?: string;
  readonly place: PolicyPlace;
  readonly effect: "Allow" | "Deny";
  /** Absent in identity-based policies. */
  readonly principals?: { readonly negated: boolean; readonly any: readonly PolicyPrincipal[] };
  readonly actions: { readonly negated: boolean; readonly any: readonly Wildcard[] };
  /** Absent in trust policies, which are about their role. */
  readonly resources?: { readonly negated: boolean; readonly any: readonly ResourcePattern[] };
  /** All of them must hold. */
  readonly conditions: readonly PolicyCondition[];
}

/** Whom a `Principal` element names. */
export type PolicyPrincipal =
  | { readonly kind: "everyone" }
  /** An account id or `arn:aws:iam::111122223333:root`: the account, which delegates to its own policies. */
  | { readonly kind: "account"; readonly account: string; readonly partition?: string }
  /** A user, role, role session or federated user by its ARN. */
  | { readonly kind: "arn"; readonly arn: string }
  /** An identity provider: an ARN, or a name such as `accounts.google.com`. */
  | { readonly kind: "federated"; readonly provider: string }
  /** `ec2.amazonaws.com` */
  | { readonly kind: "service"; readonly service: string };

/** A text in which wildcards and policy variables may stand. */
export type Template = readonly TemplatePiece[];

export type TemplatePiece =
  /** In which `*` and `?` are wildcards where the operator knows any. */
  | { readonly kind: "pattern"; readonly text: string }
  /** Which stands for itself: what `${*}`, `${?}` or `${$}` says. */
  | { readonly kind: "literal"; readonly text: string }
  /** `key` is in lower case; `fallback` stands in where the request has no value. */
  | { readonly kind: "variable"; readonly key: string; readonly fallback?: string };

/** A `Resource`: `*`, or the six parts of an ARN, of which a wildcard never leaves its own. */
export type ResourcePattern =
  | { readonly kind: "everything" }
  | { readonly kind: "arn"; readonly head: readonly Wildcard[]; readonly tail: Template };

/** One key under one operator. */
export interface PolicyCondition {
  readonly place: PolicyPlace;
  /** As written, for people: `ForAnyValue:StringLike aws:TagKeys`. */
  readonly written: string;
  readonly operator: ConditionOperator;
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly qualifier?: "ForAllValues" | "ForAnyValue";
  /** In lower case: `aws:principaltag/team`. */
  readonly key: string;
  /** At least one; alternatives. */
  readonly values: readonly Template[];
}

/** A condition operator without `Not`, `IfExists` and set qualifier. */
export type ConditionOperator =
  | "StringEquals"
  | "StringEqualsIgnoreCase"
  | "StringLike"
  | "NumericEquals"
  | "NumericLessThan"
  | "NumericLessThanEquals"
  | "NumericGreaterThan"
  | "NumericGreaterThanEquals"
  | "DateEquals"
  | "DateLessThan"
  | "DateLessThanEquals"
  | "DateGreaterThan"
  | "DateGreaterThanEquals"
  | "Bool"
  | "BinaryEquals"
  | "IpAddress"
  | "ArnLike"
  | "Null";

/** Something in a policy that AWS would refuse, or that would be ignored. */
export interface PolicyProblem {
  readonly place: PolicyPlace;
  /** The element it is about: `Action`, `Condition`, `Statement`. */
  readonly field: string;
  /** What stands there, shortened; absent where nothing does. */
  readonly value?: string;
  /** What should stand there instead. */
  readonly expected: string;
}

/** What came of reading a policy. */
export type ParsedPolicy =
  | { readonly ok: true; readonly policy: PolicyDocument }
  | { readonly ok: false; readonly problems: readonly [PolicyProblem, ...PolicyProblem[]] };

/** Who asks. */
export type RequestPrincipal =
  | {
      readonly kind: "user" | "role-session" | "federated-user" | "root";
      /** `aws`, `aws-cn`, … */
      readonly partition: string;
      /** Twelve digits. */
      readonly account: string;
      /** As GetCallerIdentity tells it: for a session `arn:aws:sts::111122223333:assumed-role/Developer/carol`. */
      readonly arn: string;
      /** `aws:PrincipalArn`: for a session its role's ARN, with the path; otherwise the same as `arn`. */
      readonly principalArn: string;
      /** `AIDA…`, `AROA…:carol`, `111122223333:bob`, `111122223333`. */
      readonly userId: string;
      /** The tags of the user, or of the role overlaid by those of the session. */
      readonly tags: ReadonlyMap<string, string>;
    }
  /** Somebody with a token of an identity provider, who asks for AssumeRoleWithWebIdentity without any keys. */
  | { readonly kind: "web-identity"; readonly provider: string }
  /** An AWS service: `ec2.amazonaws.com`. */
  | { readonly kind: "service"; readonly service: string };

/** What is asked. */
export interface AuthorizationRequest {
  readonly principal: RequestPrincipal;
  /** `sts:AssumeRole` */
  readonly action: string;
  /** An ARN, or `*` where an action has no resource. */
  readonly resource: string;
  /**
   * The owner of a resource whose ARN does not tell, such as a bucket's; otherwise the ARN's account counts, and
   * without one the principal's.
   */
  readonly resourceAccount?: string;
  /**
   * Condition keys **in lower case**, with their values: `sts:externalid`, `aws:multifactorauthpresent`,
   * `aws:currenttime` (ISO 8601), `aws:sourceip`, `aws:requesttag/team`, `oidc.example.com/id/a:sub`, … What follows
   * from `principal` is filled in (`aws:principalarn`, `aws:principalaccount`, `aws:principaltype`,
   * `aws:principaltag/…`, `aws:userid`, `aws:username`): whatever stands here under these names does not count.
   */
  readonly context: ReadonlyMap<string, readonly string[]>;
}

/** The policies that apply to a request. */
export interface Policies {
  /** Of the user and its groups, or of the role; of a federated user, those of the user who asked for the session. */
  readonly identity: readonly PolicyDocument[];
  readonly boundary?: PolicyDocument;
  /**
   * Given for a session that was limited: only what one of these allows remains. An empty list leaves nothing, as for a
   * federated user without a policy. Absent: the session is not limited.
   */
  readonly session?: readonly PolicyDocument[];
  /** The trust policy of the role to be assumed, or another resource-based policy. */
  readonly resource?: PolicyDocument;
}

/** Which of {@link Policies} decided. */
export type PolicyType =
  | "identity-based policy"
  | "permissions boundary"
  | "session policy"
  | "trust policy"
  | "resource-based policy";

/** The statement that decided. */
export interface DecidingStatement {
  readonly policyType: PolicyType;
  readonly policyName: string;
  readonly sid?: string;
  readonly place: PolicyPlace;
}

/** Whether a request is allowed, and by what. */
export type Decision =
  | {
      readonly allowed: true;
      readonly by: "allow";
      /** Absent where none is needed: for the root user in its own account, and for sts:GetCallerIdentity. */
      readonly statement?: DecidingStatement;
      readonly detail: string;
    }
  | {
      readonly allowed: false;
      readonly by: "explicit-deny";
      readonly statement: DecidingStatement;
      readonly detail: string;
    }
  | {
      readonly allowed: false;
      readonly by: "implicit-deny";
      /** The kind of policy of which none allows; absent where AWS allows it to nobody. */
      readonly missing?: PolicyType;
      /** A statement of that kind that would allow, but for a condition that does not hold. */
      readonly nearMiss?: NearMiss;
      readonly detail: string;
    };

/** A statement that would have allowed. */
export interface NearMiss {
  readonly statement: DecidingStatement;
  /** As written: `StringEquals sts:ExternalId`. */
  readonly condition: string;
  /** Where the condition's key stands. */
  readonly place: PolicyPlace;
}
