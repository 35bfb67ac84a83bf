import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { iamgateLogin, tokenLogin } from "./lib/identities.ts";
import { type Login, UNAUTHORIZED } from "./lib/kubectl.ts";
import { LAB_START_MILLISECONDS, type Lab, startLab } from "./lib/lab.ts";

const MINUTE = 60_000;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ webhookVersion: "v1" });
}, LAB_START_MILLISECONDS);
afterAll(() => lab?.stop());

describe("whoami", () => {
  test("login: a user has the name and groups that mapUsers gives", async () => {
    const { stdout, exitCode } = await lab.kubectl(iamgateLogin("alice"), "auth", "whoami");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Username\s+alice$/m);
    expect(stdout).toMatch(/^Groups\s+\[developers on-call system:authenticated\]$/m);
  });

  test("login: a role's session has its own name in the user's, @ as -", async () => {
    const { stdout, exitCode } = await lab.kubectl(iamgateLogin("Developer/carol@example.com"), "auth", "whoami");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Username\s+dev:carol-example\.com$/m);
    expect(stdout).toMatch(/^Groups\s+\[developers system:authenticated\]$/m);
  });

  test("login: a kubeconfig of exec version v1beta1, as aws eks update-kubeconfig writes it, works alike", async () => {
    expect((await lab.whoami(iamgateLogin("alice", { version: "v1beta1" }))).username).toBe("alice");
  });

  // uid and extra as the Go authenticator has them, so that audit pipelines go on working.
  test("login: uid and extra tell whose IAM identity it is", async () => {
    const { uid, extra } = await lab.whoami(iamgateLogin("Developer/carol@example.com"));
    expect(uid).toMatch(/^aws-iam-authenticator:111122223333:AROA[A-Z0-9]+$/);
    expect(extra).toMatchObject({
      arn: ["arn:aws:sts::111122223333:assumed-role/Developer/carol@example.com"],
      canonicalArn: ["arn:aws:iam::111122223333:role/Developer"],
      sessionName: ["carol@example.com"],
      accessKeyId: ["ASIAE2EDEVELOPER0001"],
    });
  });
});

describe("RBAC", () => {
  test("login: a group's RoleBinding lets its members read pods in that namespace", async () => {
    for (const who of ["alice", "Developer/carol@example.com"] as const) {
      const { exitCode, stderr } = await lab.kubectl(iamgateLogin(who), "get", "pods", "--namespace", "blue");
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "No resources found in blue namespace.\n" });
    }
  });

  test("login: in another namespace the same person is Forbidden, by the mapped name", async () => {
    const { exitCode, stderr } = await lab.kubectl(
      iamgateLogin("Developer/carol@example.com"),
      "get",
      "pods",
      "--namespace",
      "green",
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'Error from server (Forbidden): pods is forbidden: User "dev:carol-example.com" cannot list resource "pods"',
    );
  });
});

describe("refused", () => {
  test("login: a genuine identity that nobody mapped is Unauthorized", async () => {
    await expectUnauthorized(iamgateLogin("mallory"));
  });

  test("login: a token for another cluster is Unauthorized", async () => {
    await expectUnauthorized(iamgateLogin("alice", { clusterId: "another-cluster" }));
  });

  test("login: a token that is 20 minutes old is Unauthorized, one of 10 minutes is not", async () => {
    await expectUnauthorized(tokenLogin("alice", { now: Date.now() - 20 * MINUTE }));
    expect((await lab.whoami(tokenLogin("alice", { now: Date.now() - 10 * MINUTE }))).username).toBe("alice");
  });

  test("login: a token whose signature was altered is Unauthorized", async () => {
    const { token } = tokenLogin("alice");
    const url = Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString();
    const altered = url.replace(/X-Amz-Signature=(.)/, (_, digit) => `X-Amz-Signature=${digit === "0" ? "1" : "0"}`);
    expect(altered).not.toBe(url);
    await expectUnauthorized({ token: `k8s-aws-v1.${Buffer.from(altered).toString("base64url")}` });
  });
});

async function expectUnauthorized(login: Login): Promise<void> {
  expect(await lab.kubectl(login, "auth", "whoami")).toEqual(UNAUTHORIZED);
}
