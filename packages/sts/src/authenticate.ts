import { stsHostFor, stsHostOf } from "@iamgate/token";
import { hashPayload, type SecretLookup, type Sigv4Reason, verifySignature } from "@iamgate/token/sigv4";
import type { AccessKey, Iam } from "./iam.ts";
import { openSession } from "./session/session.ts";
import { errorOfSignature, INVALID_CLIENT_TOKEN_ID, type StsError } from "./sts-error.ts";
import type { Target } from "./target.ts";

/** Whose key signed a request, or why that is not believed. */
export type Caller =
  | { readonly ok: true; readonly key: AccessKey; readonly region: string }
  | { readonly ok: false; readonly error: StsError; readonly reason: Sigv4Reason };

/** What a request is held against, beside itself. */
export interface Circumstances {
  readonly target: Target;
  readonly body: Uint8Array;
  readonly iam: Iam;
  /** What session tokens are sealed with, where there are any. */
  readonly sealingKey?: Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Finds out whose key signed a request. */
export function authenticate(request: Request, circumstances: Circumstances): Caller {
  const { target, body, now } = circumstances;
  let key: AccessKey | undefined;
  // Only a Request made by hand lacks the header; fetch would send the URL's authority.
  const host = request.headers.get("host") ?? target.authority;
  const verdict = verifySignature(
    {
      method: request.method,
      path: target.path,
      rawQuery: target.rawQuery,
      headers: { get: (name) => (name === "host" ? host : request.headers.get(name)) },
      payloadHash: hashPayload(body),
    },
    {
      now,
      service: "sts",
      acceptsRegion: (region) => fits(host, region),
      secretOf: (accessKeyId, sessionToken) => {
        key = keyOf({ accessKeyId, sessionToken }, circumstances);
        return lookUp(key, sessionToken, now);
      },
      ignoreExpires: true,
    },
  );
  if (!verdict.ok) return { ok: false, error: errorOfSignature(verdict), reason: verdict.reason };
  // Each partition has identities of its own and has never heard of the others'.
  if (key === undefined || key.identity.partition !== partitionOf(verdict.region)) {
    return { ok: false, error: INVALID_CLIENT_TOKEN_ID, reason: "unknown-access-key" };
  }
  return { ok: true, key, region: verdict.region };
}

/** A key of the file, or of a session that was made here. */
function keyOf(
  { accessKeyId, sessionToken }: { readonly accessKeyId: string; readonly sessionToken: string | undefined },
  { iam, sealingKey }: Circumstances,
): AccessKey | undefined {
  const declared = iam.accessKeys.get(accessKeyId);
  if (declared !== undefined || sessionToken === undefined || sealingKey === undefined) return declared;
  return openSession({ accessKeyId, sessionToken }, { iam, key: sealingKey });
}

function lookUp(key: AccessKey | undefined, sessionToken: string | undefined, now: number): SecretLookup {
  if (key === undefined || !key.active) return { ok: false, reason: "unknown-access-key" };
  const { credentials } = key;
  if (credentials.sessionToken !== sessionToken) return { ok: false, reason: "wrong-session-token" };
  if (credentials.expiration !== undefined && credentials.expiration.getTime() <= now) {
    return { ok: false, reason: "expired-credentials" };
  }
  return { ok: true, secretAccessKey: credentials.secretAccessKey };
}

/** Whether a scope's region is the host's; under an address of one's own any region of AWS's is. */
function fits(host: string, region: string): boolean {
  const sts = stsHostOf(host.replace(/:443$/, ""));
  return sts === undefined ? partitionOf(region) !== undefined : sts.region === region;
}

function partitionOf(region: string): string | undefined {
  try {
    const sts = stsHostFor(region);
    return sts.region === region ? sts.partition : undefined;
  } catch {
    return undefined;
  }
}
