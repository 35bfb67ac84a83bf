import { allStsHosts } from "@iamgate/token";
import { pick, queryOf, tokenOf, type TokenParts, wrap } from "./genuine-token.ts";

/** A way of making a bad token out of a genuine one by changing a single property. */
export interface HostileClass {
  readonly name: string;
  /** `never`: refused without asking STS. `once`: only STS can know, and it refuses. */
  readonly asksSts: "never" | "once";
  readonly spoil: (genuine: TokenParts, random: () => number) => string;
}

const OTHER_HOSTS = allStsHosts()
  .filter((sts) => sts.partition !== "aws")
  .map((sts) => sts.host);

/** Every class; each genuine token gives one bad one in each. */
export const HOSTILE_CLASSES: readonly HostileClass[] = [
  text("prefix in another case", (token, random) =>
    token.replace("k8s-aws-v1.", pick(["K8S-AWS-V1.", "k8s-AWS-v1.", "K8s-aws-v1."], random)),
  ),
  text("another version", (token, random) => token.replace("v1.", pick(["v0.", "v2.", "v1", "v11.", "."], random))),
  text("blank or line break before", (token, random) => pick([" ", "\t", "\n", "\u00a0", "\ufeff"], random) + token),
  text("padding", (token, random) => token + pick(["=", "==", "%3D"], random)),
  text("blank or line break inside", (token, random) => insert(token, pick([" ", "\n", "\r\n", "\t"], random), random)),
  text("a character of another alphabet", (token, random) =>
    insert(token, pick(["+", "/", ".", "~", "%", "\u212a", "é"], random), random),
  ),
  text("stray bits in the last character", strayBits),
  text("over 16,384 characters", (token, random) => token + "A".repeat(16_384 + Math.floor(random() * 4_096))),
  text("cut off", (token, random) => token.slice(0, 11 + Math.floor(random() * 100))),
  url("a byte that is not printable", (whole, random) =>
    insert(whole, pick(["\u0000", "\u0007", "\u001b", " ", "\u007f", "\u0080", "\u00ff"], random), random),
  ),
  url("another scheme", (whole, random) =>
    whole.replace("https:", pick(["http:", "HTTPS:", "https :", "ftp:", "file:", "httpss:", ""], random)),
  ),
  url("user information", (whole, random) =>
    whole.replace("//", pick(["//user@", "//user:pass@", "//@", "//sts.amazonaws.com@", "//%40@"], random)),
  ),
  url("a backslash", (whole, random) => whole.replace("//", pick(["/\\", "\\\\", "//\\", "//evil.example\\"], random))),
  url("a fragment", (whole, random) => whole + pick(["#", "#x", "#&Action=AssumeRole", "%23#"], random)),
  url("a plus or semicolon", (whole, random) => insert(whole, pick(["+", ";"], random), random)),
  url("a broken percent escape", (whole, random) => whole + pick(["%", "%2", "%zz", "%u0041", "%-1"], random)),
  url("another path", (whole, random) =>
    whole.replace("/?", pick(["//?", "/x?", "/.?", "/..?", "/%2F?", "?", "/;?", "/x/?"], random)),
  ),
  authority("a port", (host, random) => `${host}:${pick(["443", "0", "", "8443", "00443", "-1"], random)}`),
  authority("a host of nobody's", (host, random) =>
    pick(
      [
        `${host}.evil.example`,
        `evil${host}`,
        `x.${host}`,
        `${host}.`,
        `.${host}`,
        host.replace("sts", "s3"),
        "localhost",
        "169.254.169.254",
      ],
      random,
    ),
  ),
  authority("a host in another case", (host, random) =>
    pick([host.toUpperCase(), `S${host.slice(1)}`, host.replace(".aws", ".AWS").replace("amazon", "Amazon")], random),
  ),
  authority("a host of another partition", (_host, random) => pick(OTHER_HOSTS, random)),
  authority("a region that does not exist", (_host, random) =>
    pick(
      ["sts.us-west-9.amazonaws.com", "sts.xx-east-1.amazonaws.com", "sts..amazonaws.com", "sts.us-west.amazonaws.com"],
      random,
    ),
  ),
  pairs("one more parameter", (list, random) => [
    ...list,
    [pick(["X-Amz-Extra", "Foo", "__proto__", "constructor", "", "x-amz-date"], random), "1"],
  ]),
  pairs("a parameter twice", (list, random) => [...list, pick(list, random)]),
  pairs("a parameter less", (list, random) => without(list, pick(list, random)[0])),
  pairs("a parameter's name in another case", (list, random) =>
    renamed(list, pick(list, random)[0], (name) => pick([name.toLowerCase(), name.toUpperCase()], random)),
  ),
  pairs("a parameter's name percent-encoded", (list, random) =>
    renamed(list, pick(list, random)[0], (name) => `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`),
  ),
  pairs("a value encoded twice", (list) => list.map(([name, value]) => [name, value.replaceAll("%", "%25")])),
  pairs("a value that is not printable ASCII", (list, random) =>
    changed(
      list,
      pick(list, random)[0],
      (value) => value + pick(["%00", "%0A", "%20", "%7F", "%C3%A9", "%FF"], random),
    ),
  ),
  value("Action", [
    "AssumeRole",
    "getcalleridentity",
    "GetCallerIdentity2",
    "",
    "GetSessionToken",
    "%47etCallerIdentityX",
  ]),
  value("Version", ["2012-01-01", "", "2011-06-15T", "2011-6-15", "20110615"]),
  value("X-Amz-Algorithm", ["AWS4-ECDSA-P256-SHA256", "aws4-hmac-sha256", "AWS4-HMAC-SHA1", "", "none"]),
  value("X-Amz-Expires", ["-0", "-1", "060", "901", "86400", "6e1", "0x3c", "", "60.0", "%2B60", "60%20"]),
  value("X-Amz-SignedHeaders", [
    "host",
    "x-k8s-aws-id",
    "x-k8s-aws-id%3Bhost",
    "Host%3BX-K8s-Aws-Id",
    "host%3Bx-k8s-aws-id%3B",
    "host%3Bx-amz-date%3Bx-k8s-aws-id",
    "",
  ]),
  value("X-Amz-Date", [
    "20260230T030405Z",
    "20260102T240000Z",
    "20260102T030460Z",
    "2026-01-02T03:04:05Z",
    "20260102T030405",
    "",
    "20260102T030405z",
  ]),
  pairs("a malformed signature", (list, random) =>
    changed(list, "X-Amz-Signature", (hex) =>
      pick([hex.slice(1), `${hex}0`, `${hex.slice(1)}A`, `g${hex.slice(1)}`, ""], random),
    ),
  ),
  scope("the scope of another day", (part, random) => part.with(1, pick(["20200101", "20991231", "", "2026"], random))),
  scope("the scope of another region", (part, random) =>
    part.with(2, pick(["us-west-9", "cn-north-1", "", "*", "US-EAST-1", `${part[2]} `], random)),
  ),
  scope("the scope of another service", (part, random) => part.with(3, pick(["s3", "STS", "iam", "", "ec2"], random))),
  scope("a malformed credential", (part, random) =>
    pick([part.slice(1), [...part, "x"], part.with(4, "aws3_request"), part.with(0, ""), part.with(0, "AKIA")], random),
  ),
  pairs("an old or a future date", (list, random) =>
    dated(list, pick(["20200316T101112Z", "20150101T000000Z", "20990101T000000Z", "20351231T235959Z"], random)),
  ),
  pairs("a session token too many or too few", (list) =>
    has(list, "X-Amz-Security-Token")
      ? without(list, "X-Amz-Security-Token")
      : [...list, ["X-Amz-Security-Token", "x"]],
  ),
  pairs("an empty session token", (list) => [...without(list, "X-Amz-Security-Token"), ["X-Amz-Security-Token", ""]]),

  signed("another signature", (list, random) => changed(list, "X-Amz-Signature", (hex) => flipDigit(hex, random))),
  signed("another access key of the same kind", (list) =>
    changed(list, "X-Amz-Credential", (credential) =>
      credential.replace(/^(AKIA|ASIA)\w+?%2F/, "$1UNKNOWNEXAMPLE01%2F"),
    ),
  ),
  signed("another X-Amz-Expires than was signed", (list) =>
    changed(list, "X-Amz-Expires", (seconds) => String((Number(seconds) + 1) % 900)),
  ),
  signed("another second than was signed", (list) =>
    changed(list, "X-Amz-Date", (date) => date.replace(/(\d)Z$/, (_, digit: string) => `${(Number(digit) + 1) % 10}Z`)),
  ),
  signed(
    "another host of the region than was signed",
    (list) => list,
    (host) =>
      host === "sts.us-east-1.amazonaws.com"
        ? "sts.us-east-1.api.aws"
        : host === "sts.amazonaws.com"
          ? "sts.us-east-1.amazonaws.com"
          : swapFips(host),
  ),
];

type List = TokenParts["pairs"];

function text(name: string, spoil: (token: string, random: () => number) => string): HostileClass {
  return { name, asksSts: "never", spoil: (genuine, random) => spoil(tokenOf(genuine), random) };
}

function url(name: string, spoil: (whole: string, random: () => number) => string): HostileClass {
  return {
    name,
    asksSts: "never",
    spoil: (genuine, random) => wrap(spoil(`https://${genuine.authority}/?${queryOf(genuine.pairs)}`, random)),
  };
}

function authority(name: string, spoil: (host: string, random: () => number) => string): HostileClass {
  return {
    name,
    asksSts: "never",
    spoil: (genuine, random) => tokenOf({ ...genuine, authority: spoil(genuine.authority, random) }),
  };
}

function pairs(name: string, spoil: (list: List, random: () => number) => List): HostileClass {
  return {
    name,
    asksSts: "never",
    spoil: (genuine, random) => tokenOf({ ...genuine, pairs: spoil(genuine.pairs, random) }),
  };
}

function value(name: string, values: readonly string[]): HostileClass {
  return pairs(`another ${name}`, (list, random) => changed(list, name, () => pick(values, random)));
}

function scope(
  name: string,
  spoil: (parts: readonly string[], random: () => number) => readonly string[],
): HostileClass {
  return pairs(name, (list, random) =>
    changed(list, "X-Amz-Credential", (credential) =>
      spoil(credential.split("%2F"), random).map(encodeURIComponent).join("%2F"),
    ),
  );
}

function signed(
  name: string,
  spoil: (list: List, random: () => number) => List,
  move: (host: string) => string = (host) => host,
): HostileClass {
  return {
    name,
    asksSts: "once",
    spoil: (genuine, random) => tokenOf({ authority: move(genuine.authority), pairs: spoil(genuine.pairs, random) }),
  };
}

function changed(list: List, name: string, change: (value: string) => string): List {
  return list.map(([other, old]) => [other, other === name ? change(old) : old]);
}

function renamed(list: List, name: string, change: (name: string) => string): List {
  return list.map(([other, old]) => [other === name ? change(other) : other, old]);
}

function without(list: List, name: string): List {
  return list.filter(([other]) => other !== name);
}

function has(list: List, name: string): boolean {
  return list.some(([other]) => other === name);
}

function dated(list: List, date: string): List {
  const scoped = changed(list, "X-Amz-Credential", (credential) =>
    credential.replace(/%2F\d{8}%2F/, `%2F${date.slice(0, 8)}%2F`),
  );
  return changed(scoped, "X-Amz-Date", () => date);
}

function insert(whole: string, piece: string, random: () => number): string {
  const at = 12 + Math.floor(random() * (whole.length - 13));
  return whole.slice(0, at) + piece + whole.slice(at);
}

function flipDigit(hex: string, random: () => number): string {
  const at = Math.floor(random() * hex.length);
  const digit = ((Number.parseInt(hex[at] ?? "0", 16) + 1 + Math.floor(random() * 14)) % 16).toString(16);
  return hex.slice(0, at) + digit + hex.slice(at + 1);
}

/** The same region under its other names: the host is signed. */
function swapFips(host: string): string {
  return host.startsWith("sts-fips.") ? host.replace("sts-fips.", "sts.") : host.replace("sts.", "sts-fips.");
}

/** Base64url of a length that leaves bits over, with one of them set. */
function strayBits(token: string): string {
  const whole = (token.length - "k8s-aws-v1.".length) % 4 === 0 ? token.slice(0, -1) : token;
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return whole.slice(0, -1) + (alphabet[alphabet.indexOf(whole.at(-1) ?? "A") | 1] ?? "");
}
