import { mintToken } from "@iamgate/token";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Ran, runHere, world } from "../../test/world.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const SIGNATURE = "c0ffee".repeat(10) + "c0ff";
const SESSION = "IQoJb3JpZ2lu/+A=".repeat(75);

function decode(args: readonly string[], stdin = ""): Promise<Ran> {
  const readStdin = (): Uint8Array => new TextEncoder().encode(stdin);
  return runHere(["decode", ...args], world({ env: {}, now: () => NOW, readStdin }));
}

function tokenOf(url: string): string {
  return `k8s-aws-v1.${Buffer.from(url).toString("base64url")}`;
}

/** As aws-iam-authenticator 0.5 made them: parameters in alphabetical order, X-Amz-Expires 0. */
const OLD = tokenOf(
  "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256" +
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20200316%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20200316T101112Z" +
    `&X-Amz-Expires=0&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=${SIGNATURE}`,
);

/** With a session token of 1,200 characters. */
const LONG = tokenOf(
  "https://sts.us-west-2.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256" +
    "&X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20260102%2Fus-west-2%2Fsts%2Faws4_request&X-Amz-Date=20260102T030000Z" +
    `&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Security-Token=${encodeURIComponent(SESSION)}` +
    `&X-Amz-Signature=${SIGNATURE}`,
);

describe("iamgate decode", () => {
  test("an old token: its parts, when it was signed, and that it ended six years ago", async () => {
    const { code, stdout, stderr } = await decode([OLD]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n").map((line) => line.trimEnd())).toEqual([
      `token                ${OLD.length} characters`,
      "url                  https://sts.amazonaws.com/",
      "Action               GetCallerIdentity",
      "Version              2011-06-15",
      "X-Amz-Algorithm      AWS4-HMAC-SHA256",
      "X-Amz-Credential     AKIAIOSFODNN7EXAMPLE/20200316/us-east-1/sts/aws4_request",
      "X-Amz-Date           20200316T101112Z",
      "X-Amz-Expires        0",
      "X-Amz-SignedHeaders  host;x-k8s-aws-id",
      "X-Amz-Signature      (64 characters, hidden; --reveal shows it)",
      "",
      "STS                  global, region us-east-1, partition aws",
      "signed by            AKIAIOSFODNN7EXAMPLE (long-term key)",
      "signed               2020-03-16T10:11:12Z (5 years ago)",
      "expires              2020-03-16T10:26:12Z (5 years ago; 15 minutes, whatever X-Amz-Expires says)",
      expect.stringMatching(/^verdict {14}expired: signed \d+ s ago, at 2020-03-16T10:11:12Z; a token lives 900 s$/),
      "",
    ]);
  });

  test("a session token of 1,200 characters: hidden with its length, and good for 10 more minutes", async () => {
    const { stdout } = await decode([LONG]);
    expect(stdout).toContain("X-Amz-Security-Token  (1200 characters, hidden; --reveal shows it)");
    expect(stdout).toContain("expires               2026-01-02T03:15:00Z (in 10 minutes;");
    expect(stdout).toContain("verdict               well-formed and current");
    expect(stdout).not.toContain("IQoJ");
    expect(stdout).not.toContain("c0ffee");
  });

  test("--reveal: shows both", async () => {
    const { stdout } = await decode(["--reveal", LONG]);
    expect(stdout).toContain(SESSION);
    expect(stdout).toContain(SIGNATURE);
  });

  test("standard input: the bare token, or the ExecCredential that the AWS CLI prints", async () => {
    const exec = JSON.stringify({ kind: "ExecCredential", status: { token: LONG } }, null, 4);
    const expected = (await decode([LONG])).stdout;
    for (const [args, stdin] of [
      [[], `${LONG}\n`],
      [["-"], LONG],
      [[], exec],
    ] as const) {
      expect((await decode(args, stdin)).stdout).toBe(expected);
    }
  });

  test("--output json: the same for programs, secrets hidden unless revealed", async () => {
    const hidden = (await decode(["--output", "json", LONG])).stdout;
    expect(JSON.parse(hidden)).toMatchObject({
      url: "https://sts.us-west-2.amazonaws.com/",
      parameters: { Action: "GetCallerIdentity" },
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      signedAt: "2026-01-02T03:00:00Z",
      expiresAt: "2026-01-02T03:15:00Z",
      verdict: "well-formed",
    });
    expect(hidden).not.toContain("IQoJ");
    const revealed = JSON.parse((await decode(["-o", "json", "--reveal", LONG])).stdout) as { parameters: unknown };
    expect(revealed.parameters).toMatchObject({ "X-Amz-Security-Token": SESSION, "X-Amz-Signature": SIGNATURE });
  });

  test("a strange URL: its parts all the same, and what is wrong with it; secrets hidden in any case", async () => {
    const strange = tokenOf(`https://evil.example/?Action=AssumeRole&x-amz-SIGNATURE=${SIGNATURE}`);
    const { code, stdout } = await decode([strange]);
    expect(code).toBe(0);
    expect(stdout).toContain("https://evil.example/");
    expect(stdout).toContain("AssumeRole");
    expect(stdout).toContain("unknown-sts-host");
    expect(stdout).not.toContain("c0ffee");
  });

  test("user information in the URL: hidden", async () => {
    const { stdout } = await decode([tokenOf("https://user:canary@sts.amazonaws.com/?Action=GetCallerIdentity")]);
    expect(stdout).toContain("https://(hidden)@sts.amazonaws.com/");
    expect(stdout).not.toContain("canary");
  });

  test("a token for a local STS: read, though only a verifier that lists its host would take it", async () => {
    const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "s" };
    const { token } = mintToken({ clusterId: "c", credentials, region: "us-west-2", host: "127.0.0.1:8443", now: NOW });
    const { stdout } = await decode([token]);
    expect(stdout).toContain("signed               2026-01-02T03:04:05Z (just now)");
    expect(stdout).toContain("verdict              unknown-sts-host");
  });

  test("what is no token: exit code 1, and nothing of it is shown", async () => {
    for (const text of [
      "eyJhbGciOiJSUzI1NiJ9.canary.c2ln",
      "k8s-aws-v1.canary canary",
      "k8s-aws-v1.c2FuYXJ5==",
      tokenOf("canary"),
    ]) {
      const { code, stdout, stderr } = await decode([text]);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^iamgate: error: decoding the token: [^\n]+\niamgate: hint: [^\n]+\n$/);
      expect(stderr).not.toContain("canary");
    }
  });

  test("no token, or JSON without one: exit code 2", async () => {
    for (const stdin of ["", " \n", "{}", '{"status":null}', "{"]) {
      expect((await decode([], stdin)).code).toBe(2);
    }
  });

  test("whatever is in a token: no control character reaches the terminal, no exit code but 0 and 1", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary-ascii" }), async (text) => {
        const { code, stdout } = await decode([tokenOf(text)]);
        expect([0, 1]).toContain(code);
        expect(stdout.replaceAll("\n", "")).toMatch(/^[\u0020-\u007e\u00a0-\uffff]*$/);
      }),
    );
  });
});
