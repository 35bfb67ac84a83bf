// Writes vectors/token/read.json: `bun tools/vectors/token-read.ts`.
// Each vector is the text inside a token (or the token itself), and what the checks of `readToken` make of it. Client
// orders are those that the programs named in each vector really send; signatures and keys are made up.
import { writeFileSync } from "node:fs";

interface Vector {
  readonly name: string;
  readonly url?: string;
  readonly token?: string;
  /** `ok`, or the reason code. */
  readonly expect: string;
}

const HOST = "sts.us-west-2.amazonaws.com";
const SIGNATURE = "0123456789abcdef".repeat(4);
const SESSION_TOKEN = "IQoJb3JpZ2luX2VjEJ///////////wEaCXVzLXdlc3QtMiJHMEUCIQ+x/y==";

type Pairs = [name: string, value: string][];

function longTerm(scope = "20260102/us-west-2/sts/aws4_request"): Pairs {
  return [
    ["Action", "GetCallerIdentity"],
    ["Version", "2011-06-15"],
    ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
    ["X-Amz-Credential", `AKIAIOSFODNN7EXAMPLE/${scope}`],
    ["X-Amz-Date", "20260102T030405Z"],
    ["X-Amz-Expires", "60"],
    ["X-Amz-SignedHeaders", "host;x-k8s-aws-id"],
    ["X-Amz-Signature", SIGNATURE],
  ];
}

function temporary(): Pairs {
  const pairs = replaced(longTerm(), "X-Amz-Credential", "ASIAIOSFODNN7EXAMPLE/20260102/us-west-2/sts/aws4_request");
  pairs.splice(7, 0, ["X-Amz-Security-Token", SESSION_TOKEN]);
  return pairs;
}

function ordered(pairs: Pairs, order: string): Pairs {
  const names = order.split(" ").map((name) => (/^(Action|Version)$/.test(name) ? name : `X-Amz-${name}`));
  return names.map((name) => pairs.find(([other]) => other === name) ?? [name, ""]);
}

function replaced(pairs: Pairs, name: string, value: string): Pairs {
  return pairs.map(([other, old]) => [other, other === name ? value : old]);
}

function without(pairs: Pairs, name: string): Pairs {
  return pairs.filter(([other]) => other !== name);
}

function query(pairs: Pairs): string {
  return pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}

function url(pairs: Pairs, host = HOST): string {
  return `https://${host}/?${query(pairs)}`;
}

function tokenOf(text: string): string {
  return `k8s-aws-v1.${Buffer.from(text, "latin1").toString("base64url")}`;
}

const plain = longTerm();
const good = url(plain);
const with_ = (name: string, value: string): string => url(replaced(plain, name, value));
const raw = (from: string, to: string): string => good.replace(from, to);

const clients: Vector[] = [
  [
    "AWS CLI and boto3",
    temporary(),
    "Action Version Algorithm Credential Date Expires SignedHeaders Security-Token Signature",
  ],
  [
    "AWS CLI with awscrt",
    temporary(),
    "Action Version Algorithm Credential Date SignedHeaders Expires Security-Token Signature",
  ],
  [
    "aws-iam-authenticator 0.6.28 and Argo CD",
    temporary(),
    "Action Version Algorithm Credential Date Expires Security-Token SignedHeaders Signature",
  ],
  [
    "@smithy/signature-v4",
    temporary(),
    "Action Version Security-Token Algorithm Credential Date Expires SignedHeaders Signature",
  ],
  [
    "@smithy/signature-v4 through formatUrl",
    temporary(),
    "Action Version Algorithm Credential Date Expires Security-Token Signature SignedHeaders",
  ],
  ["aws4fetch", temporary(), "Action Version Expires Date Algorithm Credential SignedHeaders Security-Token Signature"],
  [
    "Rust aws-sigv4",
    temporary(),
    "Action Version Algorithm Credential Date Expires SignedHeaders Signature Security-Token",
  ],
  [
    "Java SDK v2 in Kestra",
    temporary(),
    "Action Version Security-Token Algorithm Date SignedHeaders Expires Credential Signature",
  ],
  [
    "kubernetes-client/java: Version before Action",
    temporary(),
    "Version Action Algorithm Credential Date Expires SignedHeaders Security-Token Signature",
  ],
].map(([name, pairs, order]) => ({
  name: `client ${name as string}`,
  url: url(ordered(pairs as Pairs, order as string)),
  expect: "ok",
}));

const genuine: Vector[] = [
  { name: "long-term key", url: good, expect: "ok" },
  { name: "Expires 0, as aws-iam-authenticator 0.4.0 to 0.6.27 signs", url: with_("X-Amz-Expires", "0"), expect: "ok" },
  { name: "Expires 600, as Kestra signs", url: with_("X-Amz-Expires", "600"), expect: "ok" },
  { name: "Expires 840, as Rust clients sign", url: with_("X-Amz-Expires", "840"), expect: "ok" },
  { name: "Expires 900", url: with_("X-Amz-Expires", "900"), expect: "ok" },
  {
    name: "global host in us-east-1",
    url: url(longTerm("20260102/us-east-1/sts/aws4_request"), "sts.amazonaws.com"),
    expect: "ok",
  },
  { name: "FIPS host", url: url(plain, "sts-fips.us-west-2.amazonaws.com"), expect: "ok" },
  { name: "dual-stack host", url: url(plain, "sts.us-west-2.api.aws"), expect: "ok" },
  { name: "FIPS dual-stack host", url: url(plain, "sts-fips.us-west-2.api.aws"), expect: "ok" },
  ...[
    ["cn-north-1", "sts.cn-north-1.amazonaws.com.cn"],
    ["cn-northwest-1", "sts.cn-northwest-1.api.amazonwebservices.com.cn"],
    ["us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"],
    ["us-gov-east-1", "sts.us-gov-east-1.api.aws"],
    ["us-iso-east-1", "sts.us-iso-east-1.c2s.ic.gov"],
    ["us-isob-east-1", "sts.us-isob-east-1.sc2s.sgov.gov"],
    ["eu-isoe-west-1", "sts.eu-isoe-west-1.cloud.adc-e.uk"],
    ["us-isof-south-1", "sts.us-isof-south-1.csp.hci.ic.gov"],
    ["eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"],
    ["eusc-de-east-1", "sts.eusc-de-east-1.api.amazonwebservices.eu"],
  ].map(([region, host]) => ({
    name: `host ${host}`,
    url: url(longTerm(`20260102/${region}/sts/aws4_request`), host),
    expect: "ok",
  })),
  { name: "over-encoded value", url: raw("Version=2011-06-15", "Version=2011%2D06%2d15"), expect: "ok" },
  {
    name: "2,500-character session token",
    url: url(replaced(temporary(), "X-Amz-Security-Token", "A/+=".repeat(625))),
    expect: "ok",
  },
  {
    name: "4,096-character session token",
    url: url(replaced(temporary(), "X-Amz-Security-Token", "Ab1/".repeat(1024))),
    expect: "ok",
  },
  { name: "15 minutes old to the second", url: url(dated("20260102T024910Z")), expect: "ok" },
  { name: "5 minutes ahead to the second", url: url(dated("20260102T030910Z")), expect: "ok" },
];

function dated(date: string): Pairs {
  const pairs = longTerm(`${date.slice(0, 8)}/us-west-2/sts/aws4_request`);
  return replaced(pairs, "X-Amz-Date", date);
}

const wrapping: Vector[] = [
  ["empty", "", "not-an-eks-token"],
  ["a JWT", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "not-an-eks-token"],
  ["prefix in another case", tokenOf(good).replace("k8s-aws-v1.", "K8S-AWS-V1."), "not-an-eks-token"],
  ["version 2", tokenOf(good).replace("v1.", "v2."), "not-an-eks-token"],
  ["blank before", ` ${tokenOf(good)}`, "not-an-eks-token"],
  ["16,385 characters", `k8s-aws-v1.${"A".repeat(16_385 - 11)}`, "token-too-long"],
  ["nothing after the prefix", "k8s-aws-v1.", "url-not-printable"],
  ["padding", `${tokenOf(`${good}a`.slice(0, -1))}=`, "not-base64url"],
  ["standard alphabet +", `${tokenOf(good)}+`, "not-base64url"],
  ["standard alphabet /", `${tokenOf(good)}/`, "not-base64url"],
  ["newline inside", tokenOf(good).replace("aHR0", "aH\nR0"), "not-base64url"],
  ["blank inside", tokenOf(good).replace("aHR0", "aH R0"), "not-base64url"],
  ["length 1 mod 4", "k8s-aws-v1.aHR0c", "not-base64url"],
  ["stray bits in the last of two", "k8s-aws-v1.aR", "not-base64url"],
  ["stray bits in the last of three", "k8s-aws-v1.aHS", "not-base64url"],
  ["newline at the end", `${tokenOf(good)}\n`, "not-base64url"],
  ["Kelvin sign", `${tokenOf(good)}\u212a`, "not-base64url"],
].map(([name, token, expect]) => ({ name: `wrapping: ${name}`, token: token as string, expect: expect as string }));

const urls: Vector[] = [
  ["a byte above 0x7E", `${good}\u00e9`, "url-not-printable"],
  ["a NUL", `${good}\u0000`, "url-not-printable"],
  ["a blank", raw("/?", "/ ?"), "url-not-printable"],
  ["a line break", `${good}\nHost: evil`, "url-not-printable"],
  ["http", raw("https:", "http:"), "malformed-url"],
  ["scheme in upper case", raw("https:", "HTTPS:"), "malformed-url"],
  ["no scheme", good.slice("https:".length), "malformed-url"],
  ["userinfo", raw("https://", "https://user@"), "malformed-url"],
  ["userinfo that looks like the host", `https://${HOST}@evil.example/?${query(plain)}`, "malformed-url"],
  ["userinfo with a password", `https://${HOST}:443@evil.example/?${query(plain)}`, "malformed-url"],
  ["backslash", raw("https://", "https:\\\\"), "malformed-url"],
  ["backslash after the host", `https://${HOST}\\.evil.example/?${query(plain)}`, "malformed-url"],
  ["port", url(plain, `${HOST}:443`), "unknown-sts-host"],
  ["port 0", url(plain, `${HOST}:0`), "malformed-url"],
  ["IPv6 literal", url(plain, "[::1]"), "unknown-sts-host"],
  ["fragment", `${good}#x`, "malformed-url"],
  ["fragment before the query", raw("/?", "/#?"), "malformed-url"],
  ["path", raw("/?", "/x?"), "malformed-url"],
  ["two slashes", raw("/?", "//?"), "malformed-url"],
  ["dot segment", raw("/?", "/./?"), "malformed-url"],
  ["no slash", raw("/?", "?"), "malformed-url"],
  ["no query", `https://${HOST}/`, "malformed-url"],
  ["empty query", `https://${HOST}/?`, "malformed-url"],
  ["+ for a blank", raw("GetCallerIdentity", "GetCaller+Identity"), "malformed-url"],
  ["semicolon between pairs", raw("&Version", ";Version"), "malformed-url"],
  ["semicolon not encoded", raw("host%3Bx-k8s-aws-id", "host;x-k8s-aws-id"), "malformed-url"],
  ["% at the end", `${good}%`, "malformed-url"],
  ["% with one digit", `${good}%2`, "malformed-url"],
  ["%u", raw("%2F", "%u002F"), "malformed-url"],
  ["host in upper case", url(plain, HOST.toUpperCase()), "malformed-url"],
  ["host percent-encoded", url(plain, "sts%2eus-west-2.amazonaws.com"), "malformed-url"],
  ["suffix of another domain", url(plain, "sts.amazonaws.com.evil.example"), "unknown-sts-host"],
  ["prefix of another domain", url(plain, `evil${HOST}`), "unknown-sts-host"],
  ["subdomain", url(plain, `x.${HOST}`), "unknown-sts-host"],
  ["trailing dot", url(plain, `${HOST}.`), "unknown-sts-host"],
  ["leading dot", url(plain, `.${HOST}`), "unknown-sts-host"],
  [
    "region that does not exist",
    url(longTerm("20260102/us-west-9/sts/aws4_request"), "sts.us-west-9.amazonaws.com"),
    "unknown-sts-host",
  ],
  ["another service", url(plain, "s3.us-west-2.amazonaws.com"), "unknown-sts-host"],
  ["bare domain", url(plain, "amazonaws.com"), "unknown-sts-host"],
  ["loopback name", url(plain, "localhost"), "unknown-sts-host"],
  ["loopback address", url(plain, "127.0.0.1"), "unknown-sts-host"],
  ["metadata address", url(plain, "169.254.169.254"), "unknown-sts-host"],
  ["VPC endpoint that is not configured", url(plain, "vpce-0a1b.sts.us-west-2.vpce.amazonaws.com"), "unknown-sts-host"],
  ["China's suffix on another region", url(plain, "sts.us-west-2.amazonaws.com.cn"), "unknown-sts-host"],
].map(([name, text, expect]) => ({ name: `url: ${name}`, url: text as string, expect: expect as string }));

const parameters: Vector[] = [
  ["eleven pairs", `${good}&a=1&b=2&c=3`, "malformed-query"],
  ["& at the end", `${good}&`, "malformed-query"],
  ["&& between", raw("&Version", "&&Version"), "malformed-query"],
  ["no =", raw("Version=2011-06-15", "Version"), "malformed-query"],
  ["two =", raw("Version=", "Version=="), "malformed-query"],
  ["unknown name", `${good}&X-Amz-Extra=1`, "unknown-parameter"],
  ["name in another case", raw("Action=", "action="), "unknown-parameter"],
  ["name in the old header case", raw("X-Amz-Date", "x-amz-date"), "unknown-parameter"],
  ["name percent-encoded", raw("Action=", "%41ction="), "unknown-parameter"],
  ["a second action", `${good}&Action=AssumeRole`, "duplicate-parameter"],
  ["the same pair twice", `${good}&Version=2011-06-15`, "duplicate-parameter"],
  ["prototype key", `${good}&__proto__=1`, "unknown-parameter"],
  ...plain.map(([name]) => [`without ${name}`, url(without(plain, name)), "missing-parameter"]),
  ["value beyond ASCII", raw("2011-06-15", "2011-06-15%C3%A9"), "parameter-not-printable"],
  ["value that is not UTF-8", raw("2011-06-15", "2011-06-15%FF"), "parameter-not-printable"],
  ["line break in a value", raw("2011-06-15", "2011-06-15%0A"), "parameter-not-printable"],
  ["NUL in a value", raw("2011-06-15", "2011-06-15%00"), "parameter-not-printable"],
  [
    "line break in the session token",
    raw("", "").replace("AKIA", "ASIA") + "&X-Amz-Security-Token=a%0D%0Ab",
    "parameter-not-printable",
  ],
  ["encoded twice", raw("host%3B", "host%253B"), "wrong-signed-headers"],
  ["another action", with_("Action", "AssumeRole"), "wrong-action"],
  ["action in another case", with_("Action", "getcalleridentity"), "wrong-action"],
  ["empty action", with_("Action", ""), "wrong-action"],
  ["another version", with_("Version", "2012-01-01"), "wrong-version"],
  ["SigV4A", with_("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256"), "wrong-algorithm"],
  ["short signature", with_("X-Amz-Signature", SIGNATURE.slice(1)), "malformed-signature"],
  ["signature in upper case", with_("X-Amz-Signature", SIGNATURE.toUpperCase()), "malformed-signature"],
  ["signature that is not hex", with_("X-Amz-Signature", "g".repeat(64)), "malformed-signature"],
  ["date with separators", url(replaced(plain, "X-Amz-Date", "2026-01-02T03:04:05Z")), "malformed-date"],
  ["30 February", url(dated("20260230T030405Z")), "malformed-date"],
  ["29 February of a common year", url(dated("20270229T030405Z")), "malformed-date"],
  ["hour 24", url(dated("20260102T240000Z")), "malformed-date"],
  ["second 60", url(dated("20260102T030460Z")), "malformed-date"],
  ["month 13", url(dated("20261302T030405Z")), "malformed-date"],
  ["no Z", with_("X-Amz-Date", "20260102T030405"), "malformed-date"],
  ["credential of four parts", url(longTerm("us-west-2/sts/aws4_request")), "malformed-credential"],
  ["credential of six parts", url(longTerm("20260102/us-west-2/sts/aws4_request/x")), "malformed-credential"],
  ["another terminator", url(longTerm("20260102/us-west-2/sts/aws3_request")), "malformed-credential"],
  ["short key id", with_("X-Amz-Credential", "AKIA/20260102/us-west-2/sts/aws4_request"), "malformed-credential"],
  ["scope of another day", url(longTerm("20260101/us-west-2/sts/aws4_request")), "wrong-scope-date"],
  ["scope of another region", url(longTerm("20260102/us-east-1/sts/aws4_request")), "wrong-scope-region"],
  ["regional scope at the global host", url(plain, "sts.amazonaws.com"), "wrong-scope-region"],
  ["scope of another service", url(longTerm("20260102/us-west-2/s3/aws4_request")), "wrong-scope-service"],
  ["temporary key without session token", raw("AKIA", "ASIA"), "missing-security-token"],
  [
    "temporary key with an empty session token",
    `${raw("AKIA", "ASIA")}&X-Amz-Security-Token=`,
    "missing-security-token",
  ],
  ["long-term key with a session token", `${good}&X-Amz-Security-Token=abc`, "unexpected-security-token"],
  ["long-term key with an empty session token", `${good}&X-Amz-Security-Token=`, "unexpected-security-token"],
  ["only host signed", with_("X-Amz-SignedHeaders", "host"), "wrong-signed-headers"],
  ["one more header signed", with_("X-Amz-SignedHeaders", "host;x-amz-date;x-k8s-aws-id"), "wrong-signed-headers"],
  ["headers in another order", with_("X-Amz-SignedHeaders", "x-k8s-aws-id;host"), "wrong-signed-headers"],
  ["headers in another case", with_("X-Amz-SignedHeaders", "host;X-K8s-Aws-Id"), "wrong-signed-headers"],
  [
    "Kelvin sign in the header's name",
    with_("X-Amz-SignedHeaders", "host;x-\u212a8s-aws-id"),
    "parameter-not-printable",
  ],
  ["Expires -0", with_("X-Amz-Expires", "-0"), "malformed-expires"],
  ["Expires +60", raw("Expires=60", "Expires=%2B60"), "malformed-expires"],
  ["Expires 060", with_("X-Amz-Expires", "060"), "malformed-expires"],
  ["Expires 901", with_("X-Amz-Expires", "901"), "malformed-expires"],
  ["Expires 6e1", with_("X-Amz-Expires", "6e1"), "malformed-expires"],
  ["Expires 0x3c", with_("X-Amz-Expires", "0x3c"), "malformed-expires"],
  ["Expires empty", with_("X-Amz-Expires", ""), "malformed-expires"],
  ["15 minutes and a second old", url(dated("20260102T024909Z")), "expired"],
  ["six years old", url(dated("20200102T030405Z")), "expired"],
  ["5 minutes and a second ahead", url(dated("20260102T030911Z")), "not-yet-valid"],
  ["15 minutes ahead, which STS would take", url(dated("20260102T031910Z")), "not-yet-valid"],
].map(([name, text, expect]) => ({ name: `parameters: ${name}`, url: text as string, expect: expect as string }));

const vectors = [...clients, ...genuine, ...wrapping, ...urls, ...parameters];
const document = { now: "2026-01-02T03:04:10Z", vectors };
writeFileSync(new URL("../../vectors/token/read.json", import.meta.url), `${JSON.stringify(document, null, 1)}\n`);
