import { applies, type Asked, conditionInTheWay } from "./applies.ts";
import { contextOf } from "./context.ts";
import { DIRECTNESS, type Directness, directnessOf } from "./match-principal.ts";
import { splitArn } from "./parse-resource.ts";
import type {
  AuthorizationRequest,
  DecidingStatement,
  Decision,
  NearMiss,
  Policies,
  PolicyDocument,
  PolicyStatement,
  PolicyType,
  RequestPrincipal,
} from "./types.ts";

/**
 * Decides whether a request is allowed, as AWS documents its policy evaluation: an explicit Deny anywhere ends it;
 * within an account the resource-based or the identity-based side must allow, across accounts both; boundary and session
 * policies limit what identities are allowed. A role's trust policy must allow in any case.
 *
 * @param request - who asks what of which resource, and the condition keys of the request.
 * @param policies - the policies that apply; those of organizations are not known here.
 * @returns the decision, and the statement that made it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(request: AuthorizationRequest, policies: Policies): Decision {
  const { principal } = request;
  const action = request.action.toLowerCase();
  if (isAwsPrincipal(principal) && NEEDS_NO_PERMISSION.has(action)) {
    return { allowed: true, by: "allow", detail: `${request.action} needs no permission, and no policy takes it away` };
  }
  const asked: Asked = {
    principal,
    hasBoundary: policies.boundary !== undefined,
    action,
    resource: request.resource,
    context: contextOf(request),
  };
  const denying = findIn(layersOf(policies), "Deny", asked);
  if (denying !== undefined) {
    const detail = `${nameOf(denying)} denies ${whatOf(request)}`;
    return { allowed: false, by: "explicit-deny", statement: denying, detail };
  }
  if (isAwsPrincipal(principal)) return decideForAws(principal, asked, { request, policies });
  const granted = grantOf(policies.resource, asked);
  if (granted !== undefined) return allowing(granted.statement, request);
  return lacking(resourceLayerOf(request, policies), asked, request);
}

/** What is decided for users, sessions and root users, where nothing denies. */
function decideForAws(
  principal: AwsPrincipal,
  asked: Asked,
  { request, policies }: { readonly request: AuthorizationRequest; readonly policies: Policies },
): Decision {
  const owner = ownerOf(request, principal);
  if (owner.partition !== principal.partition) {
    const detail = `${asked.resource} is in partition ${owner.partition}, ${principal.arn} is not: neither knows the other`;
    return { allowed: false, by: "implicit-deny", detail };
  }
  if (principal.kind === "root" && asked.action === "sts:assumerole") {
    return { allowed: false, by: "implicit-deny", detail: "an account's root user cannot assume a role" };
  }
  const resourceLayer = resourceLayerOf(request, policies);
  const granted = grantOf(policies.resource, asked);
  const sameAccount = owner.account === principal.account;
  if (granted === undefined && (!sameAccount || resourceLayer[0] === TRUST)) {
    return lacking(resourceLayer, asked, request);
  }
  if (principal.kind === "root") {
    const detail = `the root user may do everything in account ${principal.account}`;
    return granted === undefined ? { allowed: true, by: "allow", detail } : allowing(granted.statement, request);
  }
  if (sameAccount && granted?.directness === "direct") return allowing(granted.statement, request);

  const byRole = sameAccount && granted?.directness === "role" ? granted.statement : undefined;
  const statement = byRole ?? findIn([[IDENTITY, policies.identity]], "Allow", asked);
  if (statement === undefined) return lacking([IDENTITY, policies.identity], asked, request);
  const limit = limitsOf(principal, policies).find((layer) => findIn([layer], "Allow", asked) === undefined);
  return limit === undefined ? allowing(statement, request) : lacking(limit, asked, request);
}

function allowing(statement: DecidingStatement, request: AuthorizationRequest): Decision {
  return { allowed: true, by: "allow", statement, detail: `${nameOf(statement)} allows ${whatOf(request)}` };
}

function lacking([missing, documents]: Layer, asked: Asked, request: AuthorizationRequest): Decision {
  const nearMiss = nearMissIn([missing, documents], asked);
  const subject = missing === TRUST ? "the role's trust policy does not allow" : `no ${missing} allows`;
  const but = nearMiss && `; ${nameOf(nearMiss.statement)} would, but for its condition ${nearMiss.condition}`;
  return {
    allowed: false,
    by: "implicit-deny",
    missing,
    ...(nearMiss && { nearMiss }),
    detail: `${subject} ${whatOf(request)}${but ?? ""}`,
  };
}

function whatOf({ action, resource }: AuthorizationRequest): string {
  return `${action} on ${resource}`;
}

/**
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html
 */
const NEEDS_NO_PERMISSION: ReadonlySet<string> = new Set(["sts:getcalleridentity", "sts:getsessiontoken"]);

const IDENTITY = "identity-based policy";
const BOUNDARY = "permissions boundary";
const SESSION = "session policy";
const TRUST = "trust policy";
const RESOURCE = "resource-based policy";

type Layer = readonly [PolicyType, readonly PolicyDocument[]];

function layersOf({ identity, boundary, session, resource }: Policies): readonly Layer[] {
  return [
    [IDENTITY, identity],
    ...(boundary === undefined ? [] : [[BOUNDARY, [boundary]] as const]),
    ...(session === undefined ? [] : [[SESSION, session] as const]),
    ...(resource === undefined ? [] : [layerOf(resource)]),
  ];
}

function layerOf(policy: PolicyDocument): Layer {
  return [policy.kind === "trust" ? TRUST : RESOURCE, [policy]];
}

/** The resource's side: whoever wants a role needs its trust, even that of a role without any. */
function resourceLayerOf({ action, resource }: AuthorizationRequest, policies: Policies): Layer {
  if (policies.resource !== undefined) return layerOf(policies.resource);
  const wantsRole = /^sts:/i.test(action) && splitArn(resource)?.tail.startsWith("role/") === true;
  return [wantsRole ? TRUST : RESOURCE, []];
}

/** What limits an identity: all of it must allow. A federated user without a session policy is allowed nothing. */
function limitsOf(principal: AwsPrincipal, { boundary, session }: Policies): readonly Layer[] {
  const passed = session ?? (principal.kind === "federated-user" ? [] : undefined);
  return [
    ...(boundary === undefined ? [] : [[BOUNDARY, [boundary]] as const]),
    ...(passed === undefined ? [] : [[SESSION, passed] as const]),
  ];
}

/** The first statement of an effect that is about a request, in the order of layers, policies and statements. */
function findIn(layers: readonly Layer[], effect: "Allow" | "Deny", asked: Asked): DecidingStatement | undefined {
  for (const [type, documents] of layers) {
    for (const document of documents) {
      const found = document.statements.find((one) => one.effect === effect && applies(one, asked));
      if (found !== undefined) return decidingStatement(type, document, found);
    }
  }
  return undefined;
}

/** The first statement that would allow, but for one of its conditions. */
function nearMissIn([type, documents]: Layer, asked: Asked): NearMiss | undefined {
  for (const document of documents) {
    for (const statement of document.statements.filter(({ effect }) => effect === "Allow")) {
      const condition = conditionInTheWay(statement, asked);
      if (condition === undefined) continue;
      const { written, place } = condition;
      return { statement: decidingStatement(type, document, statement), condition: written, place };
    }
  }
  return undefined;
}

/** The statement of a resource-based policy that grants most directly. */
function grantOf(
  policy: PolicyDocument | undefined,
  asked: Asked,
): { readonly statement: DecidingStatement; readonly directness: Directness } | undefined {
  if (policy === undefined) return undefined;
  const allows = policy.statements.filter((one) => one.effect === "Allow" && applies(one, asked));
  for (const directness of DIRECTNESS) {
    const found = allows.find((one) => directnessOf(one, asked.principal) === directness);
    if (found !== undefined) return { statement: decidingStatement(layerOf(policy)[0], policy, found), directness };
  }
  return undefined;
}

function decidingStatement(
  policyType: PolicyType,
  { name }: PolicyDocument,
  { sid, place }: PolicyStatement,
): DecidingStatement {
  return { policyType, policyName: name, ...(sid !== undefined && { sid }), place };
}

/** `identity-based policy "AllowAssume", statement Prod,` */
function nameOf({ policyType, policyName, sid }: DecidingStatement): string {
  return `${policyType} "${policyName}"${sid === undefined ? "" : `, statement ${sid},`}`;
}

type AwsPrincipal = Extract<RequestPrincipal, { readonly account: string }>;

function isAwsPrincipal(principal: RequestPrincipal): principal is AwsPrincipal {
  return principal.kind !== "web-identity" && principal.kind !== "service";
}

/** Whose a resource is: as told, as its ARN says, or where neither does, the principal's own. */
function ownerOf(
  { resource, resourceAccount }: AuthorizationRequest,
  principal: AwsPrincipal,
): { readonly partition: string; readonly account: string } {
  const [partition = principal.partition, , , account = ""] = splitArn(resource)?.head ?? [];
  // `aws` owns what is there for everybody: arn:aws:iam::aws:policy/AdministratorAccess.
  const isOwned = /^\d{12}$/.test(account);
  return { partition, account: resourceAccount ?? (isOwned ? account : principal.account) };
}
