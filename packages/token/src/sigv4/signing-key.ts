import { hmac, type PreparedKey, prepareKey } from "#hash";

/** What a signing key is good for. */
export interface Scope {
  /** `yyyymmdd`, UTC. */
  readonly date: string;
  /** For example `us-west-2`. */
  readonly region: string;
  /** For example `sts`. */
  readonly service: string;
}

// Deriving costs four HMACs and a key lasts a day, so the latest are kept: a server signs or verifies for a few
// identities again and again. Nothing but the oldest goes when it is full.
const CAPACITY = 256;
const derived = new Map<string, { readonly secret: string; readonly key: PreparedKey }>();

/** The scope as it stands in credentials and in the string that is signed: `yyyymmdd/region/service/aws4_request`. */
export function scopeText(scope: Scope): string {
  return `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
}

/**
 * The key that signs in a scope, derived from a secret access key.
 *
 * @param credential - `access key id/scope`, which is public: the cache is keyed by it, and by the secret only inside.
 */
export function signingKey(credential: string, secretAccessKey: string, scope: Scope): PreparedKey {
  const known = derived.get(credential);
  if (known !== undefined && known.secret === secretAccessKey) return known.key;
  const key = derive(secretAccessKey, scope);
  derived.delete(credential);
  if (derived.size >= CAPACITY) {
    for (const oldest of derived.keys()) {
      derived.delete(oldest);
      break;
    }
  }
  derived.set(credential, { secret: secretAccessKey, key });
  return key;
}

function derive(secretAccessKey: string, scope: Scope): PreparedKey {
  const ofDate = hmac(prepareKey(`AWS4${secretAccessKey}`), scope.date);
  const ofRegion = hmac(prepareKey(ofDate), scope.region);
  const ofService = hmac(prepareKey(ofRegion), scope.service);
  return prepareKey(hmac(prepareKey(ofService), "aws4_request"));
}
