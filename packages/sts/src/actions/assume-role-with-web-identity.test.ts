import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import {
  NOW,
  ISSUER,
  role,
  provider,
  stranger,
  TEXT,
  type Answered,
  World,
  assume,
  token,
} from "../../test/sessions-world.ts";

describe("AssumeRoleWithWebIdentity", () => {
  const ask = async (world: World, jwt: string, more: Readonly<Record<string, string>> = {}): Promise<Answered> =>
    await world.ask("AssumeRoleWithWebIdentity", assume("Pod", { WebIdentityToken: jwt, ...more }));

  test("a provider's token: gives the role to its bearer, unsigned", async () => {
    const world = new World();
    const answer = await ask(world, await token());
    expect(answer).toMatchObject({
      status: 200,
      SubjectFromWebIdentityToken: "system:serviceaccount:default:app",
      Audience: "sts.amazonaws.com",
      Provider: ISSUER,
      AssumedRoleUser: { Arn: "arn:aws:sts::111122223333:assumed-role/Pod/s1" },
    });
    const session = await world.session(
      "AssumeRoleWithWebIdentity",
      assume("Pod", { WebIdentityToken: await token() }),
    );
    expect(await world.arnOf(session)).toBe("arn:aws:sts::111122223333:assumed-role/Pod/s1");
  });

  test.each<readonly [what: string, jwt: () => Promise<string> | string, status: number, code: string]>([
    ["no JWT", () => "not.a.jwt", 400, "InvalidIdentityToken"],
    ["too short", () => "abc", 400, "ValidationError"],
    ["another issuer", () => token({ iss: "https://evil.example.com" }), 400, "InvalidIdentityToken"],
    ["another audience", () => token({ aud: "vault" }), 400, "InvalidIdentityToken"],
    ["another subject", () => token({ sub: "system:serviceaccount:default:other" }), 403, "AccessDenied"],
    ["expired", () => token({ exp: NOW / 1000 - 1 }), 400, "ExpiredTokenException"],
    ["not yet valid", () => token({ nbf: NOW / 1000 + 60 }), 400, "InvalidIdentityToken"],
    ["of a subject that is a number", () => token({ sub: 1 }), 400, "InvalidIdentityToken"],
    ["no expiration", () => token({ exp: undefined }), 400, "InvalidIdentityToken"],
    ["another's signature", () => token({}, { key: stranger.privateKey, kid: "a" }), 400, "InvalidIdentityToken"],
    ["another key id", () => token({}, { key: provider.privateKey, kid: "b" }), 400, "InvalidIdentityToken"],
    [
      "unsigned",
      async () => `${Buffer.from('{"alg":"none"}').toString("base64url")}.${(await token()).split(".")[1]}.`,
      400,
      "InvalidIdentityToken",
    ],
    [
      "signed with the public key as a secret",
      async () =>
        await new SignJWT({ iss: ISSUER, aud: "sts.amazonaws.com", sub: "x", iat: NOW / 1000, exp: NOW / 1000 + 60 })
          .setProtectedHeader({ alg: "HS256", kid: "a" })
          .sign(new TextEncoder().encode(provider.publicKey.export({ format: "pem", type: "spki" }))),
      400,
      "InvalidIdentityToken",
    ],
  ])("a token that is %s: refused, and told nowhere", async (_, jwt, status, code) => {
    const world = new World();
    const text = await jwt();
    expect(await ask(world, text)).toMatchObject({ status, code });
    expect(JSON.stringify([world.audit, world.bodies])).not.toContain(text);
  });

  test("a provider whose key is no point on its curve: refused, not a fault", async () => {
    const world = new World();
    const { x } = provider.publicKey.export({ format: "jwk" });
    world.text = TEXT.replace(String(x), "AAAA");
    expect(world.text).not.toBe(TEXT);
    expect(await ask(world, await token())).toMatchObject({ status: 400, code: "InvalidIdentityToken" });
  });

  test("a role of keys, and one of another account: not authorized", async () => {
    const world = new World();
    const WebIdentityToken = await token();
    expect(await world.ask("AssumeRoleWithWebIdentity", assume("Second", { WebIdentityToken }))).toMatchObject({
      code: "AccessDenied",
      text: "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    });
    expect(
      await world.ask("AssumeRoleWithWebIdentity", assume(role("Trusting", "444455556666"), { WebIdentityToken })),
    ).toMatchObject({
      code: "InvalidIdentityToken",
      text: `No OpenIDConnect provider found in your account for ${ISSUER}`,
    });
  });
});
