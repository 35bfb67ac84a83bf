import { acceptedHosts, readToken } from "@iamgate/token";
import { describe, expect, test } from "vitest";
import { type Ran, runHere, world } from "../../test/world.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const KEYS = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "canary-secret" };

function mint(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return runHere(["token", ...args], world({ env: { ...KEYS, ...env }, now: () => NOW }));
}

async function hostOf(args: readonly string[], env: Record<string, string>): Promise<string> {
  const { stdout, stderr } = await mint(["-i", "prod", "--token-only", ...args], env);
  expect(stderr).toBe("");
  const authority = env["AWS_ENDPOINT_URL_STS"]?.slice("https://".length);
  const hosts = acceptedHosts({ extraAuthorities: authority === undefined ? [] : [{ authority }] });
  const read = readToken(stdout.trim(), { hosts, now: NOW });
  if (!read.ok) throw new Error(read.detail);
  return `${read.authority} in ${read.region}`;
}

describe("iamgate token: what it prints", () => {
  test("an ExecCredential in one line, in the version that kubectl asks for, ending 14 minutes on", async () => {
    const info =
      '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}';
    const { code, stdout, stderr } = await mint(["--cluster-id", "prod"], { KUBERNETES_EXEC_INFO: info });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^\{"kind":"ExecCredential","apiVersion":"client\.authentication\.k8s\.io\/v1","spec":\{\},"status":\{"expirationTimestamp":"2026-01-02T03:18:05Z","token":"k8s-aws-v1\.[\w-]+"\}\}\n$/,
    );
  });

  test("by hand: v1beta1, without a word", async () => {
    const { stdout, stderr } = await mint(["-i", "prod"]);
    expect(stdout).toContain('"apiVersion":"client.authentication.k8s.io/v1beta1"');
    expect(stderr).toBe("");
  });

  test("an old or odd KUBERNETES_EXEC_INFO: a warning on standard error, the answer alone on standard output", async () => {
    for (const info of ["{", "null", '{"apiVersion":"client.authentication.k8s.io/v1alpha1"}']) {
      const { code, stdout, stderr } = await mint(["-i", "prod"], { KUBERNETES_EXEC_INFO: info });
      expect(code).toBe(0);
      expect(stderr).toMatch(/^iamgate: warning: .*v1beta1\n$/);
      expect(JSON.parse(stdout)).toMatchObject({ kind: "ExecCredential" });
    }
  });

  test("--token-only: the bare token and a newline", async () => {
    expect((await mint(["-i", "prod", "--token-only"])).stdout).toMatch(/^k8s-aws-v1\.[\w-]+\n$/);
  });

  test("credentials that end sooner: the honest end", async () => {
    const temporary = {
      AWS_ACCESS_KEY_ID: "ASIAIOSFODNN7EXAMPLE",
      AWS_SESSION_TOKEN: "session",
      AWS_CREDENTIAL_EXPIRATION: "2026-01-02T03:06:00+00:00",
    };
    expect((await mint(["-i", "prod"], temporary)).stdout).toContain('"expirationTimestamp":"2026-01-02T03:06:00Z"');
  });
});

describe("iamgate token: which STS it names", () => {
  const table: readonly (readonly [string, readonly string[], Record<string, string>, string])[] = [
    ["nothing: us-east-1", [], {}, "sts.us-east-1.amazonaws.com in us-east-1"],
    ["AWS_DEFAULT_REGION", [], { AWS_DEFAULT_REGION: "eu-west-1" }, "sts.eu-west-1.amazonaws.com in eu-west-1"],
    [
      "AWS_REGION beats AWS_DEFAULT_REGION",
      [],
      { AWS_REGION: "us-west-2", AWS_DEFAULT_REGION: "eu-west-1" },
      "sts.us-west-2.amazonaws.com in us-west-2",
    ],
    [
      "--region beats both",
      ["--region", "cn-north-1"],
      { AWS_REGION: "us-west-2" },
      "sts.cn-north-1.amazonaws.com.cn in cn-north-1",
    ],
    ["aws-global: the global host", ["--region", "aws-global"], {}, "sts.amazonaws.com in us-east-1"],
    ["FIPS", [], { AWS_USE_FIPS_ENDPOINT: "true" }, "sts-fips.us-east-1.amazonaws.com in us-east-1"],
    ["dual-stack", [], { AWS_USE_DUALSTACK_ENDPOINT: "true" }, "sts.us-east-1.api.aws in us-east-1"],
    [
      "AWS_ENDPOINT_URL_STS beats AWS_ENDPOINT_URL",
      ["--region", "us-west-2"],
      { AWS_ENDPOINT_URL_STS: "https://127.0.0.1:8443", AWS_ENDPOINT_URL: "https://other.example" },
      "127.0.0.1:8443 in us-west-2",
    ],
    [
      "an empty variable is not set",
      [],
      { AWS_REGION: "", AWS_ENDPOINT_URL: "" },
      "sts.us-east-1.amazonaws.com in us-east-1",
    ],
  ];
  for (const [name, args, env, expected] of table) {
    test(`${name}: ${expected}`, async () => {
      expect(await hostOf(args, env)).toBe(expected);
    });
  }
});

test("a region of a known form that this release does not know: minted, with a warning", async () => {
  const { code, stdout, stderr } = await mint(["-i", "prod", "--region", "us-wset-2"]);
  expect([code, stderr]).toEqual([0, 'iamgate: warning: region "us-wset-2" is not one that this release knows\n']);
  expect(stdout).toContain("k8s-aws-v1.");
});

describe("iamgate token: what cannot work", () => {
  const table: readonly (readonly [string, readonly string[], Record<string, string>, RegExp, 1 | 2])[] = [
    [
      "no keys",
      ["-i", "prod"],
      { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
      /AWS_ACCESS_KEY_ID is not set/,
      1,
    ],
    ["no secret", ["-i", "prod"], { AWS_SECRET_ACCESS_KEY: "" }, /AWS_SECRET_ACCESS_KEY is not/, 1],
    [
      "secret and id swapped",
      ["-i", "prod"],
      { AWS_ACCESS_KEY_ID: "canary/secret+key" },
      /AWS_ACCESS_KEY_ID: is not 16/,
      2,
    ],
    [
      "a left-over session token",
      ["-i", "prod"],
      { AWS_SESSION_TOKEN: "canary-session" },
      /hint: unset AWS_SESSION_TOKEN/,
      1,
    ],
    [
      "a lost session token",
      ["-i", "prod"],
      { AWS_ACCESS_KEY_ID: "ASIAIOSFODNN7EXAMPLE" },
      /hint: set AWS_SESSION_TOKEN/,
      1,
    ],
    [
      "expired keys",
      ["-i", "prod"],
      { AWS_CREDENTIAL_EXPIRATION: "2026-01-01T00:00:00Z" },
      /the credentials expired at 2026-01-01/,
      1,
    ],
    [
      "an expiration that is no time",
      ["-i", "prod"],
      { AWS_CREDENTIAL_EXPIRATION: "soon" },
      /AWS_CREDENTIAL_EXPIRATION "soon"/,
      2,
    ],
    ["no cluster id", [], {}, /flag --cluster-id: is required/, 2],
    ["a blank before the cluster id", ["-i", " prod"], {}, /cluster " prod"/, 2],
    ["no such region", ["-i", "prod", "--region", "mars"], {}, /flag --region "mars"/, 2],
    [
      "no such region in the environment",
      ["-i", "prod"],
      { AWS_REGION: "mars" },
      /environment variable AWS_REGION "mars"/,
      2,
    ],
    [
      "no FIPS there",
      ["-i", "prod", "--region", "cn-north-1"],
      { AWS_USE_FIPS_ENDPOINT: "true" },
      /no FIPS STS endpoint/,
      2,
    ],
    [
      "FIPS neither true nor false",
      ["-i", "prod"],
      { AWS_USE_FIPS_ENDPOINT: "maybe" },
      /AWS_USE_FIPS_ENDPOINT "maybe"/,
      2,
    ],
    ["an http endpoint", ["-i", "prod"], { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" }, /AWS_ENDPOINT_URL "http:/, 2],
    [
      "an endpoint with a path",
      ["-i", "prod"],
      { AWS_ENDPOINT_URL_STS: "https://h/x" },
      /AWS_ENDPOINT_URL_STS "https:/,
      2,
    ],
  ];
  for (const [name, args, env, message, exitCode] of table) {
    test(`${name}: exit code ${exitCode}, an error, a hint, nothing on standard output, no secret`, async () => {
      const { code, stdout, stderr } = await mint(args, env);
      expect([code, stdout]).toEqual([exitCode, ""]);
      expect(stderr).toMatch(/^iamgate: error: [^\n]+\niamgate: hint: [^\n]+\n$/);
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain("canary");
    });
  }
});
