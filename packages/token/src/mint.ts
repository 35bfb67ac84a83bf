import type { Credentials } from "./credentials.ts";
import { stsHostFor, stsHostOf } from "./hosts.ts";
import { encodeBase64url } from "./lib/base64url.ts";
import { presign } from "./sigv4/sign.ts";
import { TOKEN_ERROR_CODES, TokenError } from "./token-error.ts";

/** Who wants a token, for which cluster, and which STS it is to name: a region's, or one by its host name. */
export type MintTokenOptions = MintFor & ({ readonly region: string; readonly host?: string } | MintAtHost);

interface MintAtHost {
  /** A host that AWS's table has, for example `sts-fips.us-east-1.amazonaws.com`; any other needs `region` too. */
  readonly host: string;
  readonly region?: string;
}

interface MintFor {
  /** What the cluster's verifier expects in `x-k8s-aws-id`: on EKS the cluster's name. */
  readonly clusterId: string;
  /** Keys of an IAM user or of a role's session. */
  readonly credentials: Credentials;
  /** Epoch milliseconds; the present when absent. */
  readonly now?: number;
  /** X-Amz-Expires, 0 to 900; 60 when absent, as the AWS CLI has it. STS ignores it. */
  readonly expiresSeconds?: number;
}

/** A bearer token for kube-apiserver. */
export interface MintedToken {
  /** `k8s-aws-v1.…`: whoever has it is let in as its signer. */
  readonly token: string;
  /** When to mint the next: 14 minutes after signing, or when the credentials end if that is sooner. */
  readonly expiresAt: Date;
}

/** STS honours 15 minutes; clients renew a minute ahead. */
const USABLE_SECONDS = 14 * 60;

/**
 * Mints a token for Amazon EKS, or for any cluster with an IAM authenticator. Synchronous, and asks nobody: the token is
 * a presigned STS GetCallerIdentity URL, bound to one cluster by the signed header `x-k8s-aws-id`.
 *
 * @param options - cluster and credentials; `region` such as `us-west-2` (or `aws-global` for the legacy global endpoint),
 *   or `host` for FIPS and dual-stack names, or both for a VPC endpoint or a local STS.
 * @returns the token and the time at which to renew it.
 * @throws TypeError or RangeError when the cluster id, the region or the host cannot be one.
 * @throws TokenError when the credentials have expired, or their session token is missing or out of place.
 * @example
 * ```ts
 * import { mintToken } from "@iamgate/token";
 *
 * const { token, expiresAt } = mintToken({
 *   clusterId: "prod",
 *   region: "us-west-2",
 *   credentials: {
 *     accessKeyId: "AKIAIOSFODNN7EXAMPLE",
 *     secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
 *   },
 * });
 * console.assert(token.startsWith("k8s-aws-v1."));
 * console.assert(expiresAt.getTime() > Date.now());
 * ```
 */
export function mintToken(options: MintTokenOptions): MintedToken {
  const { clusterId, credentials, now = Date.now(), expiresSeconds = 60 } = options;
  refuseClusterId(clusterId);
  if (!(Number.isInteger(expiresSeconds) && expiresSeconds >= 0 && expiresSeconds <= 900)) {
    throw new RangeError(`mint a token with X-Amz-Expires ${expiresSeconds}: give a whole number from 0 to 900`);
  }
  refuseCredentials(credentials, now);
  const { host, region } = stsOf(options);
  const url = presign(
    { host, query: GET_CALLER_IDENTITY, headers: { "x-k8s-aws-id": clusterId } },
    { credentials, region, service: "sts", now, expiresSeconds },
  );
  const signedAt = Math.floor(now / 1000) * 1000;
  const endsAt = Math.min(signedAt + USABLE_SECONDS * 1000, credentials.expiration?.getTime() ?? Infinity);
  return { token: `k8s-aws-v1.${encodeBase64url(url)}`, expiresAt: new Date(endsAt) };
}

const GET_CALLER_IDENTITY = [
  ["Action", "GetCallerIdentity"],
  ["Version", "2011-06-15"],
] as const;

function stsOf({ host, region }: MintTokenOptions): { readonly host: string; readonly region: string } {
  const known = host === undefined ? undefined : stsHostOf(host);
  if (known === undefined) {
    if (region === undefined) {
      throw new RangeError(`mint a token for STS host ${JSON.stringify(host)}: not AWS's; give its region too`);
    }
    const regional = stsHostFor(region);
    return { host: host ?? regional.host, region: regional.region };
  }
  if (region !== undefined && stsHostFor(region).region !== known.region) {
    throw new RangeError(`mint a token for STS host "${host}": it is of region ${known.region}, not of ${region}`);
  }
  return known;
}

function refuseClusterId(clusterId: string): void {
  if (typeof clusterId !== "string" || clusterId === "") {
    throw new TypeError("mint a token: clusterId is empty; give the cluster's name, as in x-k8s-aws-id");
  }
  // SigV4 trims and folds blanks in header values, so such an id would be one with another.
  if (/^[ \t]|[ \t]$|[ \t]{2}|[\u0000-\u001f\u007f]/.test(clusterId) || !clusterId.isWellFormed()) {
    throw new TypeError(
      `mint a token for cluster ${JSON.stringify(clusterId)}: blanks at its ends or in a row, or control characters`,
    );
  }
}

function refuseCredentials({ accessKeyId, sessionToken, expiration }: Credentials, now: number): void {
  if (expiration !== undefined && Number.isNaN(expiration.getTime())) {
    throw new TypeError("mint a token: the credentials' expiration is not a date");
  }
  if (expiration !== undefined && expiration.getTime() <= now) {
    throw new TokenError(
      TOKEN_ERROR_CODES.credentialsExpired,
      `mint a token with "${accessKeyId}": the credentials expired at ${expiration.toISOString()}; get new ones`,
    );
  }
  const isTemporary = accessKeyId.startsWith("ASIA");
  if (isTemporary && sessionToken === undefined) {
    throw new TokenError(
      TOKEN_ERROR_CODES.sessionTokenMissing,
      `mint a token with "${accessKeyId}": temporary keys need their session token; set AWS_SESSION_TOKEN`,
    );
  }
  if (!isTemporary && sessionToken !== undefined) {
    throw new TokenError(
      TOKEN_ERROR_CODES.sessionTokenUnexpected,
      `mint a token with "${accessKeyId}": long-term keys have no session token; unset AWS_SESSION_TOKEN`,
    );
  }
}
