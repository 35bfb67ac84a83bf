import type { Sigv4Reason } from "@iamgate/token/sigv4";

/**
 * What a local STS tells of each request, in CloudTrail's terms. No signature, session token, secret, MFA code or web
 * identity token is among the fields.
 */
export type AuditEvent =
  | {
      readonly message: "answered";
      readonly requestId: string;
      readonly action: string;
      /** Of who signed; absent where nobody did. */
      readonly accessKeyId?: string;
      /** Who signed, or for whom an identity provider vouched. */
      readonly arn: string;
      /** The parameters that say what was asked: `RoleArn`, `RoleSessionName`, `DurationSeconds`, … */
      readonly requestParameters: Readonly<Record<string, string>>;
      /** The credentials that were given. */
      readonly issued?: { readonly accessKeyId: string; readonly expiration: string; readonly arn?: string };
    }
  | {
      readonly message: "refused";
      readonly requestId: string;
      readonly status: number;
      /** As the answer says it: `SignatureDoesNotMatch`. */
      readonly code: string;
      /** Why a signature was not believed. */
      readonly reason?: Sigv4Reason;
      readonly action?: string;
      readonly accessKeyId?: string;
      /** Who signed, where that is sure. */
      readonly arn?: string;
      readonly requestParameters?: Readonly<Record<string, string>>;
      /** What decided: the statement with its file and line, or the policy that lacks one. */
      readonly why?: string;
    }
  | { readonly message: "redirected"; readonly requestId: string };

/** Of all parameters those that CloudTrail shows as well, and that are no secrets. */
const SHOWN = [
  "RoleArn",
  "RoleSessionName",
  "DurationSeconds",
  "ExternalId",
  "SourceIdentity",
  "SerialNumber",
  "Name",
  "AccessKeyId",
];

/** The parameters of a request that an audit shows. */
export function shownParameters(parameters: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    SHOWN.flatMap((name) => {
      const value = parameters.get(name);
      return value === undefined ? [] : [[name, value.slice(0, MAX_CHARACTERS)]];
    }),
  );
}

/** The longest that is valid: an ARN. */
const MAX_CHARACTERS = 2_048;
