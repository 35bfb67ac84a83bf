import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { credentialsOf, parseIam } from "@iamgate/sts";
import { mintToken } from "@iamgate/token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cleanUp, type Ran, runHere, temporaryDirectory, type World, world } from "../../test/world.ts";
import { run } from "../run.ts";

const EXAMPLE = join(import.meta.dir, "../../../sts/iam.example.yaml");
const AWS_AUTH = join(import.meta.dir, "../demo/aws-auth.yaml");

let sts: World;
let trust: string[] = [];

beforeAll(async () => {
  sts = world();
  const directory = temporaryDirectory();
  void run(["sts", "--iam", EXAMPLE, "--listen", "127.0.0.1:0", "--state-dir", directory], sts.deps);
  await sts.until("stdout", "AWS_CA_BUNDLE");
  const [, dial = ""] = /AWS_ENDPOINT_URL_STS=https:\/\/(\S+)/.exec(sts.stdout()) ?? [];
  trust = ["--sts-dial", dial, "--sts-ca", join(directory, "ca.pem")];
});

afterAll(() => {
  sts.askToStop();
  cleanUp();
});

function token(who: string, clusterId = "prod"): string {
  const parsed = parseIam(readFileSync(EXAMPLE, "utf8"), EXAMPLE);
  if (!parsed.ok) throw new Error(parsed.errors[0].message);
  return mintToken({ clusterId, credentials: credentialsOf(parsed.iam, who), region: "us-west-2" }).token;
}

function verify(bearer: string, args: readonly string[] = []): Promise<Ran> {
  return runHere(["verify", "-i", "prod", ...trust, ...args, bearer]);
}

describe("iamgate verify", () => {
  test("somebody mapped: each stage with what it learnt, and who they become; exit code 0", async () => {
    const { code, stdout } = await verify(token("Developer/carol@example.com"), ["--aws-auth", AWS_AUTH]);
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.slice(0, 14).trimEnd())).toEqual([
      "  ✓ read",
      "  ✓ sts",
      "  ✓ identify",
      "  ✓ map",
      "  ✓ user",
      "let in as dev:",
      "",
    ]);
    expect(stdout).toContain("arn:aws:sts::111122223333:assumed-role/Developer/carol@example.com");
    expect(stdout).toContain(`${AWS_AUTH}:10, in mapRoles: arn:aws:iam::111122223333:role/Developer`);
    expect(stdout).toContain("dev:carol-example.com, in developers");
  });

  test("somebody unmapped: up to the map, and why not; exit code 1", async () => {
    const { code, stdout } = await verify(token("eve"), ["--aws-auth", AWS_AUTH]);
    expect(code).toBe(1);
    expect(stdout).toContain("  ✓ identify");
    expect(stdout).toContain("  ✗ map       not-mapped: arn:aws:iam::111122223333:user/eve is in no");
  });

  test("without a map: who signed, and no further; exit code 0", async () => {
    const { code, stdout } = await verify(token("eve"));
    expect(code).toBe(0);
    expect(stdout).toContain("user, to be mapped as arn:aws:iam::111122223333:user/eve");
    expect(stdout).not.toContain(" map ");
    expect(stdout).toContain("not told without --aws-auth");
  });

  test("a token for another cluster: STS refuses it", async () => {
    const { code, stdout } = await verify(token("alice", "staging"));
    expect(code).toBe(1);
    expect(stdout).toContain("  ✗ sts       signature-does-not-match:");
  });

  test("something else than a token: refused at reading, and STS is not asked", async () => {
    const { code, stdout } = await runHere(["verify", "-i", "prod", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"]);
    expect([code, stdout]).toEqual([
      1,
      "  ✗ read      not-an-eks-token: the token does not begin with k8s-aws-v1.\n" +
        "refused; docs/errors.md explains not-an-eks-token\n",
    ]);
  });

  test("STS cannot be asked: a fault, not a refusal", async () => {
    const ca = trust[3] ?? "";
    const { code, stdout } = await runHere([
      "verify",
      "-i",
      "prod",
      "--sts-dial",
      "127.0.0.1:1",
      "--sts-ca",
      ca,
      token("alice"),
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain("  ! sts       sts-unreachable:");
  });

  test("--output json: the stages, and the user or the refusal, for programs", async () => {
    const granted = await verify(token("alice"), ["--aws-auth", AWS_AUTH, "-o", "json"]);
    const { stages } = JSON.parse(granted.stdout) as { stages: { stage: string }[] };
    expect(stages.map(({ stage }) => stage)).toEqual(["read", "sts", "identify", "map", "user"]);
    expect(stages[4]).toMatchObject({ username: "alice", groups: ["platform-admins", "developers"] });
    const refused = await verify(token("eve"), ["--aws-auth", AWS_AUTH, "-o", "json"]);
    expect(JSON.parse(refused.stdout)).toMatchObject({ result: "refused", stage: "map", reason: "not-mapped" });
  });

  test("another root of trust: said loudly on standard error", async () => {
    expect((await verify(token("alice"))).stderr).toContain("REPLACES AWS AS THE ROOT OF TRUST");
  });

  test("a map that does not parse: named with its line, exit code 1", async () => {
    const path = join(temporaryDirectory(), "broken.yaml");
    writeFileSync(path, "kind: ConfigMap\ndata: [\n");
    const { code, stderr } = await verify(token("alice"), ["--aws-auth", path]);
    expect(code).toBe(1);
    expect(stderr).toContain(`${path}:`);
    expect(stderr).toMatch(/iamgate: hint: /);
  });

  test("output: neither signature nor session token", async () => {
    const bearer = token("Developer/carol@example.com");
    const [, signature = "none"] =
      /X-Amz-Signature=([0-9a-f]{64})/.exec(Buffer.from(bearer.slice(11), "base64url").toString()) ?? [];
    for (const output of ["text", "json"]) {
      const { stdout, stderr } = await verify(bearer, ["--aws-auth", AWS_AUTH, "-o", output]);
      for (const secret of [signature, "FakeSessionToken", bearer]) expect(stdout + stderr).not.toContain(secret);
    }
  });
});
