import type { Action, Answer, SignedCall } from "../action.ts";
import { authorize, notAuthorized } from "../authorize.ts";
import {
  ARN,
  CheckedParameters,
  EXTERNAL_ID,
  ROLE_DURATION,
  ROLE_SESSION_NAME,
  SOURCE_IDENTITY,
  TAG_KEY,
} from "../constraints.ts";
import type { Role } from "../iam.ts";
import {
  errorOfSessionParameters,
  issued,
  readSessionParameters,
  type SessionParameters,
  tagContext,
} from "../session-parameters.ts";
import type { Sealing } from "../session/session.ts";
import { accessDenied, type StsError, validationError } from "../sts-error.ts";
import { assumedRole, isRoleArn, NO_SUCH_ROLE, roleOf } from "./assumed-role.ts";
import { mfaOf, type MfaParameters, readMfaParameters } from "./mfa-of.ts";

/** Gives credentials for a role to whom its trust policy and, but for principals it names itself, their own policies let. */
export const assumeRole = { kind: "issue", name: "AssumeRole", run } as const satisfies Action;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const CHAINED_SECONDS = 3_600;
const DEFAULT_SECONDS = 3_600;

interface Asked {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly transitiveTagKeys: readonly string[];
  readonly mfa: MfaParameters;
  readonly session: SessionParameters;
}

function run(call: SignedCall, sealing: Sealing): Answer {
  const { caller, now } = call;
  if (caller.identity.kind === "federated-user")
    return refused(accessDenied("Cannot call AssumeRole with federated user credentials"));
  const asked = read(call.parameters);
  if (!asked.ok) return asked;
  if (caller.identity.kind === "root") return refused(accessDenied("Roles may not be assumed by root accounts."));

  const inherited = inheritedOf(call, asked);
  if (!inherited.ok) return inherited;
  const mfa = mfaOf(call, asked.mfa);
  if (!mfa.ok) return mfa;
  const role = roleOf(call.iam, asked.roleArn);
  if (role?.trust === undefined) {
    const error = notAuthorized(caller.identity.arn, "sts:AssumeRole", asked.roleArn);
    return { ok: false, error, why: NO_SUCH_ROLE };
  }

  const { tags, transitiveTagKeys, sourceIdentity } = inherited;
  const denial = authorize(call, {
    actions: [
      "sts:AssumeRole",
      ...(tags.size > 0 ? ["sts:TagSession"] : []),
      ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
    ],
    resource: role.arn,
    trust: role.trust,
    context: contextOf(asked, { tags, transitiveTagKeys, sourceIdentity, hasMfa: mfa.given }),
  });
  if (denial !== undefined) return denial;
  const tooLong = errorOfDuration(asked.durationSeconds, { role, chained: caller.identity.kind === "role-session" });
  if (tooLong !== undefined) return refused(tooLong);

  const credentials = issued(
    {
      kind: "role-session",
      account: role.account,
      principalId: role.uniqueId,
      name: asked.sessionName,
      issuedAt: now,
      expiresAt: now + asked.durationSeconds * 1000,
      tags,
      transitiveTagKeys,
      minimumTokenSize: asked.session.minimumTokenSize,
      ...(asked.session.policy !== undefined && { policies: [asked.session.policy] }),
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    },
    asked.session,
    sealing,
  );
  return {
    ok: true,
    result: {
      ...credentials,
      AssumedRoleUser: assumedRole(role, asked.sessionName),
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    },
  };
}

type Read = ({ readonly ok: true } & Asked) | { readonly ok: false; readonly error: StsError };

function read(values: ReadonlyMap<string, string>): Read {
  const parameters = new CheckedParameters(values);
  const roleArn = parameters.required("RoleArn", ARN);
  const sessionName = parameters.required("RoleSessionName", ROLE_SESSION_NAME);
  const durationSeconds = parameters.optionalNumber("DurationSeconds", ROLE_DURATION) ?? DEFAULT_SECONDS;
  const externalId = parameters.optional("ExternalId", EXTERNAL_ID);
  const sourceIdentity = parameters.optional("SourceIdentity", SOURCE_IDENTITY);
  const transitiveTagKeys = parameters.list("TransitiveTagKeys", TAG_KEY, { max: 50 });
  const mfa = readMfaParameters(parameters);
  const session = readSessionParameters(parameters);
  if (parameters.error !== undefined) return refused(parameters.error);
  if (!isRoleArn(roleArn)) return refused(validationError(`${roleArn} is invalid`));
  const error = errorOfSessionParameters(session);
  if (error !== undefined) return refused(error);
  if (sourceIdentity?.startsWith("aws:") === true) {
    return refused(validationError("A source identity begins with aws:, which is reserved"));
  }
  const tagged = new Set(session.tagKeys);
  if (transitiveTagKeys.some((key) => !tagged.has(key))) {
    return refused(validationError("The specified transitive tag key must be included in the requested tags."));
  }
  return {
    ok: true,
    roleArn,
    sessionName,
    durationSeconds,
    transitiveTagKeys,
    mfa,
    session,
    ...(externalId !== undefined && { externalId }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  };
}

interface Inherited {
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
}

/** What passes from the caller's session to the next: transitive tags and the source identity, which nobody changes. */
function inheritedOf(
  { caller: { session } }: SignedCall,
  { session: { tags, tagKeys }, transitiveTagKeys, sourceIdentity }: Asked,
): ({ readonly ok: true } & Inherited) | { readonly ok: false; readonly error: StsError } {
  const passedOn = session?.transitiveTagKeys ?? [];
  const fixed = new Set(passedOn.map((key) => key.toLowerCase()));
  if (tagKeys.some((key) => fixed.has(key.toLowerCase()))) {
    return refused(
      validationError(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      ),
    );
  }
  const before = session?.sourceIdentity;
  if (before !== undefined && sourceIdentity !== undefined && before !== sourceIdentity) {
    return refused(accessDenied("The source identity of a session cannot be changed"));
  }
  return {
    ok: true,
    tags: new Map([...passedOn.map((key) => [key, session?.tags.get(key) ?? ""] as const), ...tags]),
    transitiveTagKeys: [...passedOn, ...transitiveTagKeys],
    sourceIdentity: before ?? sourceIdentity,
  };
}

function contextOf(
  { sessionName, externalId, durationSeconds }: Asked,
  { tags, transitiveTagKeys, sourceIdentity, hasMfa }: Inherited & { readonly hasMfa: boolean },
): ReadonlyMap<string, readonly string[]> {
  return new Map([
    ["sts:rolesessionname", [sessionName]],
    ["sts:durationseconds", [String(durationSeconds)]],
    ...(externalId === undefined ? [] : [["sts:externalid", [externalId]] as const]),
    ...(sourceIdentity === undefined ? [] : [["sts:sourceidentity", [sourceIdentity]] as const]),
    ...(transitiveTagKeys.length === 0 ? [] : [["sts:transitivetagkeys", transitiveTagKeys] as const]),
    ...tagContext(tags),
    // A code given with this very call counts like one given to the caller's session.
    ...(hasMfa ? [["aws:multifactorauthpresent", ["true"]] as const, ["aws:multifactorauthage", ["0"]] as const] : []),
  ]);
}

function errorOfDuration(
  seconds: number,
  { role, chained }: { readonly role: Role; readonly chained: boolean },
): StsError | undefined {
  if (chained && seconds > CHAINED_SECONDS) {
    return validationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  }
  if (seconds <= role.maxSessionDurationSeconds) return undefined;
  return validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
}

function refused(error: StsError): { readonly ok: false; readonly error: StsError } {
  return { ok: false, error };
}
