import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { iamgateLogin } from "./lib/identities.ts";
import { UNAUTHORIZED } from "./lib/kubectl.ts";
import { LAB_START_MILLISECONDS, type Lab, startLab } from "./lib/lab.ts";

// v1beta1 is kube-apiserver's default for --authentication-token-webhook-version, so what many clusters send.
let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ webhookVersion: "v1beta1" });
}, LAB_START_MILLISECONDS);
afterAll(() => lab?.stop());

describe("TokenReview v1beta1", () => {
  test("review-v1beta1: a role's session is let in under its mapped name", async () => {
    const { username, groups } = await lab.whoami(iamgateLogin("Developer/carol@example.com"));
    expect({ username, groups }).toEqual({
      username: "dev:carol-example.com",
      groups: ["developers", "system:authenticated"],
    });
  });

  test("review-v1beta1: an identity that nobody mapped is Unauthorized", async () => {
    expect(await lab.kubectl(iamgateLogin("mallory"), "auth", "whoami")).toEqual(UNAUTHORIZED);
  });
});
