import type { Result } from "./action.ts";
import { ARN, type CheckedParameters, MINIMUM_TOKEN_SIZE, SESSION_POLICY, TAG_KEY, TAG_VALUE } from "./constraints.ts";
import { parsePolicyText } from "./policy/parse-policy.ts";
import { issueSession, type NewSession, type Sealing, SESSION_POLICY_OPTIONS } from "./session/session.ts";
import { malformedPolicyDocument, type StsError, validationError } from "./sts-error.ts";

/** What may be asked for a new session, whichever action makes it. */
export interface SessionParameters {
  /** JSON of a session policy. */
  readonly policy?: string;
  readonly policyArns: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
  readonly tagKeys: readonly string[];
  readonly minimumTokenSize: number;
}

/** Reads them; what is wrong with one alone is told by `parameters.error`. */
export function readSessionParameters(parameters: CheckedParameters): SessionParameters {
  const policy = parameters.optional("Policy", SESSION_POLICY);
  const policyArns = parameters.list("PolicyArns", ARN, { suffix: ".arn", max: 10 });
  const pairs = parameters
    .members("Tags", 50)
    .map(
      (member) =>
        [parameters.required(`${member}.Key`, TAG_KEY), parameters.present(`${member}.Value`, TAG_VALUE)] as const,
    );
  return {
    policyArns,
    tags: new Map(pairs),
    tagKeys: pairs.map(([key]) => key),
    minimumTokenSize: parameters.optionalNumber("MinimumSessionTokenSize", MINIMUM_TOKEN_SIZE) ?? 0,
    ...(policy !== undefined && { policy }),
  };
}

/** What is wrong with them together. */
export function errorOfSessionParameters(session: SessionParameters): StsError | undefined {
  const { policy, policyArns, tagKeys } = session;
  const [arn] = policyArns;
  // iam.yaml has inline policies only, so no managed one is there to be found.
  if (arn !== undefined) return validationError(`Policy ${arn} does not exist or is not attachable.`);
  if (new Set(tagKeys.map((key) => key.toLowerCase())).size < tagKeys.length) {
    return validationError("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  if (tagKeys.some((key) => key.toLowerCase().startsWith("aws:"))) {
    return validationError("A tag key begins with aws:, which is reserved");
  }
  const parsed = policy === undefined ? undefined : parsePolicyText(policy, SESSION_POLICY_OPTIONS);
  if (parsed?.ok === false) {
    const [{ place, field, expected }] = parsed.problems;
    return malformedPolicyDocument(`Policy:${place.line}:${place.column}: ${field}: expected ${expected}`);
  }
  const percent = packedPercent(session);
  if (percent <= 100) return undefined;
  const message = `Packed size of session policy and tags is ${percent}% of the maximum`;
  return { status: 400, code: "PackedPolicyTooLarge", message };
}

/** The condition keys of the tags that a request passes. */
export function tagContext(tags: ReadonlyMap<string, string>): readonly (readonly [string, readonly string[]])[] {
  if (tags.size === 0) return [];
  const requested = [...tags].map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, [value]] as const);
  return [...requested, ["aws:tagkeys", [...tags.keys()]]];
}

/** Makes a session, and what every answer says of it. */
export function issued(session: NewSession, parameters: SessionParameters, sealing: Sealing): Result {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = issueSession(session, sealing);
  const percent = packedPercent(parameters);
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration,
    },
    ...(percent > 0 && { PackedPolicySize: percent }),
  };
}

/** How AWS packs is not public; its 2,048 plain characters serve as the measure. */
const PACKED_MAXIMUM = 2_048;

function packedPercent({ policy = "", tags }: Pick<SessionParameters, "policy" | "tags">): number {
  const size = [...tags].reduce((sum, [key, value]) => sum + key.length + value.length, policy.length);
  return Math.ceil((size * 100) / PACKED_MAXIMUM);
}
