import type { SignedCall } from "./action.ts";
import type { AccessKey } from "./iam.ts";
import { decide } from "./policy/decide.ts";
import type { Decision, Policies, PolicyDocument, RequestPrincipal } from "./policy/types.ts";
import { accessDenied, type StsError } from "./sts-error.ts";

/** Something that a caller wants to do. */
export interface Wish {
  /** All of them have to be allowed: `sts:AssumeRole`, `sts:TagSession`. */
  readonly actions: readonly string[];
  /** An ARN, or `*`. */
  readonly resource: string;
  /** A role's trust policy. */
  readonly trust?: PolicyDocument;
  /** Condition keys of the action, in lower case, beside those of every request. */
  readonly context?: ReadonlyMap<string, readonly string[]>;
}

/** Why something is refused: AWS's answer, and for the audit what decided. */
export interface Denial {
  readonly ok: false;
  readonly error: StsError;
  readonly why: string;
}

/** Whether the caller may; undefined where it may. */
export function authorize(call: SignedCall, wish: Wish): Denial | undefined {
  const { caller } = call;
  const policies: Policies = {
    identity: caller.principal?.policies ?? [],
    ...(caller.principal?.boundary !== undefined && { boundary: caller.principal.boundary }),
    ...(caller.session?.policies !== undefined && { session: caller.session.policies }),
    ...(wish.trust !== undefined && { resource: wish.trust }),
  };
  const context = new Map([...contextOf(call), ...(wish.context ?? [])]);
  for (const action of wish.actions) {
    const request = { principal: requestPrincipal(caller), action, resource: wish.resource, context };
    const decision = decide(request, policies);
    if (!decision.allowed) return denial(caller.identity.arn, { action, resource: wish.resource, decision });
  }
  return undefined;
}

/** A refusal that does not come from a policy: there is no such role. */
export function notAuthorized(arn: string, action: string, resource: string): StsError {
  return accessDenied(`User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`);
}

function denial(
  arn: string,
  of: { readonly action: string; readonly resource: string; readonly decision: Decision & { readonly allowed: false } },
): Denial {
  const { decision } = of;
  const error = notAuthorized(arn, of.action, of.resource);
  if (decision.by === "implicit-deny") return { ok: false, error, why: decision.detail };
  const { policyType, place } = decision.statement;
  const article = policyType.startsWith("identity") ? "an" : "a";
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html; a trust policy is a resource's.
  const type = policyType === "trust policy" ? "resource-based policy" : policyType;
  const message = `${error.message} with an explicit deny in ${article} ${type}`;
  return { ok: false, error: accessDenied(message), why: `${decision.detail} (${place.source}:${place.line})` };
}

function requestPrincipal({ identity, principal, session }: AccessKey): RequestPrincipal {
  const { kind, partition, account, arn, userId } = identity;
  return {
    kind,
    partition,
    account,
    arn,
    principalArn: kind === "role-session" ? (principal?.arn ?? arn) : arn,
    userId,
    tags: overlaid(kind === "federated-user" ? new Map() : (principal?.tags ?? new Map()), session?.tags ?? new Map()),
  };
}

/** Session tags count instead of a principal's own of the same key, whatever its case. */
function overlaid(own: ReadonlyMap<string, string>, session: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const keys = new Set([...session.keys()].map((key) => key.toLowerCase()));
  return new Map([...[...own].filter(([key]) => !keys.has(key.toLowerCase())), ...session]);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
function contextOf({ caller, now, region, userAgent }: SignedCall): ReadonlyMap<string, readonly string[]> {
  const { session, credentials } = caller;
  const context = new Map<string, readonly string[]>([
    ...timeContext(now),
    ["aws:requestedregion", [region]],
    ...(userAgent === undefined ? [] : [["aws:useragent", [userAgent]] as const]),
  ]);
  // Long-term keys have no such key at all, neither true nor false.
  if (credentials.sessionToken === undefined) return context;
  context.set("aws:multifactorauthpresent", [String(session?.mfaAt !== undefined)]);
  if (session === undefined) return context;
  context.set("aws:tokenissuetime", [new Date(session.issuedAt).toISOString()]);
  if (session.mfaAt !== undefined) {
    context.set("aws:multifactorauthage", [String(Math.floor((now - session.mfaAt) / 1000))]);
  }
  if (session.sourceIdentity !== undefined) context.set("aws:sourceidentity", [session.sourceIdentity]);
  if (session.federatedProvider !== undefined) context.set("aws:federatedprovider", [session.federatedProvider]);
  return context;
}

/** What is known of every request, signed or not. */
export function timeContext(now: number): readonly (readonly [string, readonly string[]])[] {
  return [
    ["aws:currenttime", [new Date(now).toISOString()]],
    ["aws:epochtime", [String(Math.floor(now / 1000))]],
    ["aws:securetransport", ["true"]],
  ];
}
