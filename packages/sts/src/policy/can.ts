import { timeContext } from "../authorize.ts";
import type { Iam, Principal } from "../iam.ts";
import { followsFromPrincipal } from "./context.ts";
import { decide } from "./decide.ts";
import type { Decision, Policies, RequestPrincipal } from "./types.ts";

/** What somebody wants to know. */
export interface AccessQuestion {
  /**
   * `alice`, `Developer` (some session of the role), `Developer/carol@example.com`, `root`, or an ARN as IAM or
   * GetCallerIdentity gives it.
   */
  readonly principal: string;
  /** `sts:AssumeRole` */
  readonly action: string;
  /** An ARN, the name of a declared role, or `*`. */
  readonly resource: string;
  /** Condition keys of the request, by name in any case: `sts:ExternalId`. */
  readonly context: ReadonlyMap<string, readonly string[]>;
  /** When, in milliseconds since 1970. */
  readonly now: number;
}

/** Who was asked about, of what, and what was decided. */
export interface AccessAnswer {
  /** As GetCallerIdentity would tell it. */
  readonly principal: string;
  readonly resource: string;
  readonly decision: Decision;
}

/**
 * Whether somebody declared may do something, by the same decision that the STS makes.
 *
 * @param iam - who is declared, with their policies.
 * @param question - who, what, of which resource, under which conditions.
 * @returns the decision with the statement that made it; of a session, what the role allows it, without session policy.
 * @throws RangeError when nobody, or more than one, is called so, when the resource is neither ARN nor declared role, or
 *   when a condition key is given that follows from the principal.
 * @example
 * ```ts
 * import { canAccess, parseIam } from "@iamgate/sts";
 *
 * const parsed = parseIam('accounts: [{ id: "111122223333", users: [{ name: alice }] }]', "iam.yaml");
 * if (!parsed.ok) throw new Error(parsed.errors[0].message);
 * const question = { principal: "alice", action: "s3:ListAllMyBuckets", resource: "*", context: new Map(), now: 0 };
 * console.assert(canAccess(parsed.iam, question).decision.by === "implicit-deny");
 * ```
 */
export function canAccess(iam: Iam, question: AccessQuestion): AccessAnswer {
  // Whoever is not active is answered for as if deleted.
  const active: Iam = { ...iam, principals: iam.principals.filter((one) => one.active) };
  const who = findPrincipal(active, question.principal);
  const resource = findResource(active, question.resource);
  const role = active.principals.find((one) => one.kind === "role" && one.arn === resource);
  const policies: Policies = {
    identity: who.declared?.policies ?? [],
    ...(who.declared?.boundary !== undefined && { boundary: who.declared.boundary }),
    ...(role?.kind === "role" && role.trust !== undefined && { resource: role.trust }),
  };
  const told = [...question.context].map(([key, values]) => [key.toLowerCase(), values] as const);
  const [derived] = told.find(([key]) => followsFromPrincipal(key)) ?? [];
  if (derived !== undefined) {
    throw new RangeError(
      `condition key "${derived}": follows from the principal; leave it out, or ask about another one`,
    );
  }
  const context = new Map([...timeContext(question.now), ...told]);
  const decision = decide({ principal: who.principal, action: question.action, resource, context }, policies);
  return { principal: who.principal.arn, resource, decision };
}

interface Found {
  readonly principal: Extract<RequestPrincipal, { readonly arn: string }>;
  /** Absent for root. */
  readonly declared?: Principal;
}

/** A role's session where only the role is named. */
const ANY_SESSION = "any-session";

function findPrincipal({ principals, accounts, source }: Iam, who: string): Found {
  const found = [
    ...principals.flatMap((declared) => matchOf(declared, who) ?? []),
    ...[...accounts].flatMap(([account, partition]) => rootOf(account, partition, who) ?? []),
  ];
  const [first, ...more] = found;
  if (first === undefined) {
    throw new RangeError(
      `principal "${who}": ${source} declares nobody called so; give a user, ROLE, ROLE/SESSION, root or an ARN`,
    );
  }
  if (more.length > 0) {
    const arns = found.map(({ principal }) => principal.arn);
    throw new RangeError(`principal "${who}": ${arns.join(" and ")} are called so; give one of these ARNs`);
  }
  return first;
}

function matchOf(declared: Principal, who: string): Found | undefined {
  const { account, partition, name, arn, uniqueId, tags } = declared;
  if (declared.kind === "user") {
    if (who !== name && who !== arn) return undefined;
    return {
      principal: { kind: "user", partition, account, arn, principalArn: arn, userId: uniqueId, tags },
      declared,
    };
  }
  const prefix = `arn:${partition}:sts::${account}:assumed-role/`;
  const session =
    who === name || who === arn
      ? ANY_SESSION
      : sessionOf(who.startsWith(prefix) ? who.slice(prefix.length) : who, name);
  if (session === undefined) return undefined;
  const principal = {
    kind: "role-session",
    partition,
    account,
    arn: `${prefix}${name}/${session}`,
    principalArn: arn,
    userId: `${uniqueId}:${session}`,
    tags,
  } as const;
  return { principal, declared };
}

/** The session's name in `ROLE/SESSION`. */
function sessionOf(label: string, role: string): string | undefined {
  const session = label.startsWith(`${role}/`) ? label.slice(role.length + 1) : "";
  return /^[\w+=,.@-]{2,64}$/.test(session) ? session : undefined;
}

function rootOf(account: string, partition: string, who: string): Found | undefined {
  const arn = `arn:${partition}:iam::${account}:root`;
  if (who !== "root" && who !== arn) return undefined;
  return { principal: { kind: "root", partition, account, arn, principalArn: arn, userId: account, tags: new Map() } };
}

function findResource({ principals, source }: Iam, resource: string): string {
  if (resource === "*" || /^arn:(?:[^:]*:){4}./.test(resource)) return resource;
  const roles = principals.filter(({ kind, name }) => kind === "role" && name === resource);
  const [first, ...more] = roles;
  if (first === undefined) {
    throw new RangeError(
      `resource "${resource}": neither an ARN nor a role of ${source}; give an ARN, a role's name or *`,
    );
  }
  if (more.length > 0) {
    const arns = roles.map(({ arn }) => arn);
    throw new RangeError(`resource "${resource}": ${arns.join(" and ")} are called so; give one of these ARNs`);
  }
  return first.arn;
}
