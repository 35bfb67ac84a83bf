import { allStsHosts, type Credentials, decodeToken, mintToken } from "@iamgate/token";

/** A token taken apart: what may be changed about it, one piece at a time. */
export interface TokenParts {
  readonly authority: string;
  /** Names and values as they stand in the query, values percent-encoded. */
  readonly pairs: readonly (readonly [name: string, value: string])[];
}

/** Whom and when a genuine token is for. */
export interface GenuineTokenOptions {
  readonly clusterId: string;
  readonly credentials: Credentials;
  readonly now: number;
  /** From 0 up to 1, as `Math.random` gives; each number chooses one thing. */
  readonly random: () => number;
}

/** A genuine token of a random client: its region, host, age, X-Amz-Expires and the order of its parameters vary. */
export function genuineParts({ clusterId, credentials, now, random }: GenuineTokenOptions): TokenParts {
  const host = pick(AWS_HOSTS, random);
  const age = Math.floor(random() * 600_000);
  const expiresSeconds = pick([0, 60, 60, 600, 840, 900], random);
  const { token } = mintToken({ clusterId, credentials, host, now: now - age, expiresSeconds });
  const { authority, pairs } = partsOf(token);
  return {
    authority,
    pairs: pairs
      .map((pair) => [random(), pair] as const)
      .toSorted(byKey)
      .map(([, pair]) => pair),
  };
}

/** The token that the parts make. */
export function tokenOf({ authority, pairs }: TokenParts): string {
  return wrap(`https://${authority}/?${queryOf(pairs)}`);
}

/** `NAME=VALUE&…`. */
export function queryOf(pairs: TokenParts["pairs"]): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

/** A text, whatever it is, in a token's wrapping. */
export function wrap(text: string): string {
  return `k8s-aws-v1.${Buffer.from(text, "latin1").toString("base64url")}`;
}

/** One of them. */
export function pick<T>(choices: readonly T[], random: () => number): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new RangeError("nothing to pick from");
  return choice;
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const AWS_HOSTS = allStsHosts()
  .filter((sts) => sts.partition === "aws")
  .map((sts) => sts.host);

function partsOf(token: string): TokenParts {
  const decoded = decodeToken(token);
  if (!decoded.ok) throw new Error(decoded.detail);
  const [, authority = "", query = ""] = /^https:\/\/([^/]+)\/\?(.*)$/.exec(decoded.url) ?? [];
  const pairs = query.split("&").map((pair): readonly [string, string] => {
    const [name = "", value = ""] = pair.split("=");
    return [name, value];
  });
  return { authority, pairs };
}

function byKey(a: readonly [number, unknown], b: readonly [number, unknown]): number {
  return a[0] - b[0];
}
