import { describe, expect, test } from "vitest";
import { totp } from "../index.ts";
import { decodeBase32 } from "../lib/base32.ts";
import { accountOfKeyId } from "../session/access-key-id.ts";
import { NOW, HOUR, SEED, MFA, role, type Answered, World, assume, DEVELOPER } from "../../test/sessions-world.ts";

describe("GetSessionToken", () => {
  const seed = decodeBase32(SEED) ?? new Uint8Array();

  test("a session with MFA: is the user, and lets roles be assumed that want MFA", async () => {
    const world = new World();
    const plain = await world.session("GetSessionToken", {}, world.as("alice"));
    const withMfa = await world.session(
      "GetSessionToken",
      { SerialNumber: MFA, TokenCode: totp(seed, NOW) },
      world.as("alice"),
    );
    expect(await world.arnOf(withMfa)).toBe("arn:aws:iam::111122223333:user/alice");
    expect(await world.ask("AssumeRole", assume("Mfa"), plain)).toMatchObject({ code: "AccessDenied" });
    expect((await world.ask("AssumeRole", assume("Mfa"), withMfa)).status).toBe(200);
  });

  test("durations: 12 hours unless given, up to 36; a root user's one hour", async () => {
    const world = new World();
    const seconds = async (who: string, parameters: Readonly<Record<string, string>>): Promise<unknown> => {
      const answer = await world.ask("GetSessionToken", parameters, world.as(who));
      const given = answer["Credentials"] as { readonly Expiration: number } | undefined;
      return given === undefined ? answer.code : given.Expiration - NOW / 1000;
    };
    expect(await seconds("bob", {})).toBe(12 * HOUR);
    expect(await seconds("bob", { DurationSeconds: "129600" })).toBe(36 * HOUR);
    expect(await seconds("bob", { DurationSeconds: "129601" })).toBe("ValidationError");
    expect(await seconds("root", { DurationSeconds: "43200" })).toBe(HOUR);
  });

  test("session credentials: cannot ask for another session", async () => {
    const world = new World();
    const session = await world.session("GetSessionToken", {}, world.as("alice"));
    expect(await world.ask("GetSessionToken", {}, session)).toMatchObject({
      status: 403,
      code: "AccessDenied",
      text: "Cannot call GetSessionToken with session credentials",
    });
  });

  test("half of an MFA: refused", async () => {
    const world = new World();
    expect(await world.ask("GetSessionToken", { SerialNumber: MFA }, world.as("alice"))).toMatchObject({
      code: "AccessDenied",
    });
    expect(await world.ask("GetSessionToken", { TokenCode: "123456" }, world.as("alice"))).toMatchObject({
      code: "AccessDenied",
    });
  });
});

describe("GetFederationToken", () => {
  test("a federated user: is told as AWS tells it, and assumes no role", async () => {
    const world = new World();
    const answer = await world.ask("GetFederationToken", { Name: "frank" }, world.as("alice"));
    const arn = "arn:aws:sts::111122223333:federated-user/frank";
    expect(answer["FederatedUser"]).toEqual({ FederatedUserId: "111122223333:frank", Arn: arn });
    const session = await world.session("GetFederationToken", { Name: "frank" }, world.as("alice"));
    expect(await world.ask("GetCallerIdentity", {}, session)).toMatchObject({ Arn: arn, UserId: "111122223333:frank" });
    for (const action of ["AssumeRole", "GetSessionToken", "GetFederationToken", "GetAccessKeyInfo"]) {
      expect(await world.ask(action, assume(DEVELOPER), session)).toMatchObject({ code: "AccessDenied" });
    }
  });

  test("not allowed, or a name of one character: refused", async () => {
    const world = new World();
    expect(await world.ask("GetFederationToken", { Name: "frank" }, world.as("bob"))).toMatchObject({
      code: "AccessDenied",
      text: "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: sts:GetFederationToken on resource: arn:aws:sts::111122223333:federated-user/frank",
    });
    expect(await world.ask("GetFederationToken", { Name: "f" }, world.as("alice"))).toMatchObject({
      code: "ValidationError",
    });
  });
});

describe("GetAccessKeyInfo", () => {
  test("declared keys and given ones: their account; one of an account that is not here: refused", async () => {
    const world = new World();
    const info = (AccessKeyId: string, who = "alice"): Promise<Answered> =>
      world.ask("GetAccessKeyInfo", { AccessKeyId }, world.as(who));
    const { accessKeyId } = await world.session(
      "AssumeRole",
      assume(role("Trusting", "444455556666")),
      world.as("alice"),
    );
    expect((await info(accessKeyId))["Account"]).toBe("444455556666");
    expect((await info("AKIABOBEXAMPLE000001"))["Account"]).toBe("111122223333");
    expect(await info("ASIAIOSFODNN7EXAMPLE")).toMatchObject({ status: 400, code: "ValidationError" });
    expect(await info(accessKeyId, "bob")).toMatchObject({ status: 403, code: "AccessDenied" });
  });

  test("key ids: hold the account as AWS's do", () => {
    // The example of the page in which the layout was told: a key id and its account.
    expect(accountOfKeyId("ASIAQNZGKIQY56JQ7WML")).toBe("029608264753");
  });
});
