import type { Action, Answer, Call } from "../action.ts";
import { timeContext } from "../authorize.ts";
import {
  ARN,
  CheckedParameters,
  PROVIDER_ID,
  ROLE_DURATION,
  ROLE_SESSION_NAME,
  WEB_IDENTITY_TOKEN,
} from "../constraints.ts";
import { decide } from "../policy/decide.ts";
import {
  errorOfSessionParameters,
  issued,
  readSessionParameters,
  type SessionParameters,
} from "../session-parameters.ts";
import type { Sealing } from "../session/session.ts";
import { accessDenied, type StsError, validationError } from "../sts-error.ts";
import { verifyWebIdentity, type WebIdentity } from "../web-identity.ts";
import { assumedRole, isRoleArn, NO_SUCH_ROLE, roleOf } from "./assumed-role.ts";

/** Gives credentials for a role to the bearer of an identity provider's token, as the role's trust policy says. */
export const assumeRoleWithWebIdentity = {
  kind: "issue-unsigned",
  name: "AssumeRoleWithWebIdentity",
  run,
} as const satisfies Action;

const DEFAULT_SECONDS = 3_600;
const NOT_AUTHORIZED = accessDenied("Not authorized to perform sts:AssumeRoleWithWebIdentity");

interface Asked {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly token: string;
  readonly durationSeconds: number;
  readonly session: SessionParameters;
}

async function run(call: Call, sealing: Sealing): Promise<Answer> {
  const { iam, now } = call;
  const asked = read(call.parameters);
  if (!asked.ok) return asked;
  const { roleArn, sessionName, durationSeconds } = asked;
  const [, partition, , , account] = roleArn.split(":");
  const providers = iam.oidcProviders.filter((each) => each.account === account && each.partition === partition);
  const identity = await verifyWebIdentity(asked.token, { providers, now });
  if (!identity.ok) return identity;
  const role = roleOf(iam, roleArn);
  if (role?.trust === undefined) return { ok: false, error: NOT_AUTHORIZED, why: NO_SUCH_ROLE };

  const { provider, subject, audience } = identity;
  const decision = decide(
    {
      principal: { kind: "web-identity", provider: provider.arn },
      action: "sts:AssumeRoleWithWebIdentity",
      resource: role.arn,
      context: contextOf(identity, { sessionName, durationSeconds, now }),
    },
    { identity: [], resource: role.trust },
  );
  if (!decision.allowed) return { ok: false, error: NOT_AUTHORIZED, why: decision.detail };
  if (durationSeconds > role.maxSessionDurationSeconds) {
    const message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    return { ok: false, error: validationError(message) };
  }
  const credentials = issued(
    {
      kind: "role-session",
      account: role.account,
      principalId: role.uniqueId,
      name: sessionName,
      issuedAt: now,
      expiresAt: now + durationSeconds * 1000,
      tags: new Map(),
      transitiveTagKeys: [],
      federatedProvider: provider.arn,
      minimumTokenSize: asked.session.minimumTokenSize,
      ...(asked.session.policy !== undefined && { policies: [asked.session.policy] }),
    },
    asked.session,
    sealing,
  );
  return {
    ok: true,
    subject: `${provider.arn}:${subject}`,
    result: {
      ...credentials,
      SubjectFromWebIdentityToken: subject,
      AssumedRoleUser: assumedRole(role, sessionName),
      Provider: provider.issuer,
      Audience: audience,
    },
  };
}

function read(
  values: ReadonlyMap<string, string>,
): ({ readonly ok: true } & Asked) | { readonly ok: false; readonly error: StsError } {
  const parameters = new CheckedParameters(values);
  const roleArn = parameters.required("RoleArn", ARN);
  const sessionName = parameters.required("RoleSessionName", ROLE_SESSION_NAME);
  const token = parameters.required("WebIdentityToken", WEB_IDENTITY_TOKEN);
  const providerId = parameters.optional("ProviderId", PROVIDER_ID);
  const durationSeconds = parameters.optionalNumber("DurationSeconds", ROLE_DURATION) ?? DEFAULT_SECONDS;
  const session = readSessionParameters(parameters);
  if (parameters.error !== undefined) return { ok: false, error: parameters.error };
  if (!isRoleArn(roleArn)) return { ok: false, error: validationError("Request ARN is invalid") };
  if (providerId !== undefined) {
    return {
      ok: false,
      error: validationError("ProviderId is for OAuth 2.0 access tokens; an OpenID Connect token names its issuer"),
    };
  }
  const error = errorOfSessionParameters(session);
  return error === undefined
    ? { ok: true, roleArn, sessionName, token, durationSeconds, session }
    : { ok: false, error };
}

/**
 * The keys of a provider begin with its issuer without `https://`. With `azp`, that is the audience for conditions.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
function contextOf(
  { provider, payload }: WebIdentity,
  of: { readonly sessionName: string; readonly durationSeconds: number; readonly now: number },
): ReadonlyMap<string, readonly string[]> {
  const prefix = provider.issuer.slice("https://".length).toLowerCase();
  const { aud, azp, sub, amr } = payload;
  const audiences = textsOf(aud);
  const claims: readonly (readonly [string, readonly string[]])[] = [
    ["aud", azp === undefined ? audiences : textsOf(azp)],
    ["oaud", azp === undefined ? [] : audiences],
    ["azp", textsOf(azp)],
    ["sub", textsOf(sub)],
    ["amr", textsOf(amr)],
  ];
  return new Map([
    ...timeContext(of.now),
    ["sts:rolesessionname", [of.sessionName]],
    ["sts:durationseconds", [String(of.durationSeconds)]],
    ["aws:federatedprovider", [provider.arn]],
    ...claims.filter(([, values]) => values.length > 0).map(([name, values]) => [`${prefix}:${name}`, values] as const),
  ]);
}

function textsOf(claim: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return values.filter((value) => typeof value === "string");
}
