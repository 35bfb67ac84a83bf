import type { PresignedRequest } from "@iamgate/token";

/** Names for what the gate remembers; they tell nothing of what they stand for. */
export interface GateKeys {
  /** Equal for two tokens exactly when they ask STS the same thing, however each is spelt. */
  readonly ofRequest: (request: PresignedRequest) => string;
  /** Equal for two tokens exactly when they name the same access key **and** session token. */
  readonly ofPair: (request: PresignedRequest) => string;
}

const MIN_SECRET_BYTES = 32;

/**
 * Makes keys of the **rebuilt** request, never of the token's text: parameter order and over-encoding are unsigned, so
 * one token has many spellings, and each would miss. HMAC-SHA256 under a secret of this process, so that no outsider can
 * choose keys that collide and the memory holds no signature and no session token.
 *
 * @throws RangeError when the secret is shorter than the hash.
 */
export function createGateKeys(secret: Uint8Array, clusterId: string): GateKeys {
  if (secret.byteLength < MIN_SECRET_BYTES) {
    throw new RangeError(`gate secret of ${secret.byteLength} bytes: at least ${MIN_SECRET_BYTES} are needed`);
  }
  // Half of the time that node:crypto's createHmac needs, twice for each review.
  const requests = new Bun.CryptoHasher("sha256", secret).update(`request\n${clusterId}\n`);
  const pairs = new Bun.CryptoHasher("sha256", secret).update("pair\n");
  return {
    // The cluster id alone may hold a line feed, and two follow it: no two requests read the same.
    ofRequest: ({ authority, query }) => requests.copy().update(`${authority}\n${query}`).digest("base64"),
    ofPair: ({ accessKeyId, query }) =>
      pairs
        .copy()
        .update(`${accessKeyId}\n${securityTokenIn(query)}`)
        .digest("base64"),
  };
}

/** As it stands in the sorted query, still encoded; empty for long-term keys. */
function securityTokenIn(query: string): string {
  const start = query.indexOf(SECURITY_TOKEN);
  if (start === -1) return "";
  return query.slice(start + SECURITY_TOKEN.length, query.indexOf("&", start + 1));
}

/** Neither the first parameter nor the last: X-Amz-SignedHeaders follows it. */
const SECURITY_TOKEN = "&X-Amz-Security-Token=";
