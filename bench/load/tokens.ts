import { mintToken } from "@iamgate/token";
import { junkTokens } from "./junk.ts";
import type { TokenKind } from "./messages.ts";
import { CLUSTER_ID, FORGED_KEY_PREFIX, REGION } from "./signer.ts";

/** So many access keys sign in turn: a limit for each key is then not what is measured. */
const SIGNERS = 2_000;
/** X-Amz-Expires tells the tokens of one key and one second apart. */
const MAX_EXPIRES_SECONDS = 900;
const SECRET = "bench/not+a+real+secret+key/0000000001";
const HOT_TOKENS = 100;

/** A stream's tokens, in their order; after the last one it ends, or begins again where `cycles`. */
export interface Tokens {
  readonly list: readonly string[];
  readonly cycles: boolean;
}

/**
 * Makes the tokens of a stream, dated now: two calls in one second give the same.
 *
 * @param count - how many will do.
 */
export function makeTokens(kind: TokenKind, count: number, now: number): Tokens {
  switch (kind) {
    case "distinct":
      return { list: distinct(count, now), cycles: false };
    case "repeated":
      return { list: distinct(1, now), cycles: true };
    case "mix": {
      const fresh = distinct(HOT_TOKENS + Math.ceil(count / 10), now);
      const mixed = Array.from({ length: count }, (_, index) => {
        const rounds = Math.floor(index / 10);
        return fresh[index % 10 === 9 ? HOT_TOKENS + rounds : (index - rounds) % HOT_TOKENS] ?? "";
      });
      return { list: mixed, cycles: false };
    }
    case "junk":
      return {
        list: Array.from({ length: 100 }, (_, index) => junkTokens(forged(index, now), now)).flat(),
        cycles: true,
      };
  }
}

function distinct(count: number, now: number): readonly string[] {
  if (count > SIGNERS * MAX_EXPIRES_SECONDS) {
    throw new RangeError(`make ${count} distinct tokens: at most ${SIGNERS * MAX_EXPIRES_SECONDS} of one second`);
  }
  const tokens: string[] = [];
  // All of one key in a row, since its signing key is derived once then; the order of sending has the keys in turn.
  for (let signer = 0; signer < SIGNERS; signer++) {
    const accessKeyId = `ASIABENCH${String(signer).padStart(11, "0")}`;
    for (let index = signer; index < count; index += SIGNERS) {
      tokens[index] = mint(accessKeyId, now, 1 + Math.floor(index / SIGNERS));
    }
  }
  return tokens;
}

function forged(index: number, now: number): string {
  return mint(`${FORGED_KEY_PREFIX}${String(index).padStart(10, "0")}`, now, 60);
}

function mint(accessKeyId: string, now: number, expiresSeconds: number): string {
  const credentials = { accessKeyId, secretAccessKey: SECRET, sessionToken: sessionTokenOf(accessKeyId) };
  return mintToken({ clusterId: CLUSTER_ID, region: REGION, credentials, now, expiresSeconds }).token;
}

/** As long as those of role sessions often are, so that a TokenReview has about 1.2 KB. */
function sessionTokenOf(accessKeyId: string): string {
  return `IQoJb3JpZ2luX2VjE${"abcdefghijklmnopqrstuvwxyz".repeat(12)}${accessKeyId}`;
}
