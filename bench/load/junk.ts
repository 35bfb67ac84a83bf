import { FORGED_KEY_PREFIX, REGION, STS_HOST } from "./signer.ts";

const PREFIX = "k8s-aws-v1.";

/**
 * The same token made wrong in 24 ways, each to be seen without asking STS.
 *
 * @param genuine - a well-formed token of a key that begins with {@link FORGED_KEY_PREFIX}.
 */
export function junkTokens(genuine: string, now: number): readonly string[] {
  const encoded = genuine.slice(PREFIX.length);
  const url = Buffer.from(encoded, "base64url").toString("latin1");
  const inUrl = (from: string | RegExp, to: string): string => wrap(url.replace(from, to));
  return [
    `k8s-aws-v2.${encoded}`,
    PREFIX,
    `${genuine}=`,
    `${PREFIX}${encoded.slice(0, 40)}+${encoded.slice(41)}`,
    `${PREFIX}${encoded.slice(0, 40)}\n${encoded.slice(40)}`,
    `${PREFIX}${"A".repeat(17_000)}`,
    wrap(`${url}\u0000`),
    wrap(`${url}\u00ff`),
    inUrl("https:", "http:"),
    inUrl("https:", "HTTPS:"),
    inUrl("https://", "https://user@"),
    inUrl(STS_HOST, `${STS_HOST}:8443`),
    inUrl(STS_HOST, `${STS_HOST}.attacker.example`),
    inUrl(`${REGION}%2Fsts`, "eu-west-1%2Fsts"),
    inUrl("/?", "/more/?"),
    wrap(`${url}#fragment`),
    inUrl("GetCallerIdentity", "AssumeRole"),
    wrap(`${url}&Action=GetCallerIdentity`),
    wrap(`${url}&Extra=1`),
    inUrl(/&X-Amz-Signature=\w+/, ""),
    inUrl("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
    inUrl("host%3Bx-k8s-aws-id", "host"),
    inUrl(/X-Amz-Expires=\d+/, "X-Amz-Expires=-0"),
    wrap(dated(url, now - 20 * 60_000)),
  ];
}

function wrap(url: string): string {
  return PREFIX + Buffer.from(url, "latin1").toString("base64url");
}

/** The same URL of another time. */
function dated(url: string, epochMilliseconds: number): string {
  const date = new Date(epochMilliseconds).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return url
    .replace(/X-Amz-Date=\w+/, `X-Amz-Date=${date}`)
    .replace(new RegExp(`(${FORGED_KEY_PREFIX}\\d+%2F)\\d+`), `$1${date.slice(0, 8)}`);
}
