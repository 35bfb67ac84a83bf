import { describe, expect, test } from "vitest";
import { totp } from "./index.ts";
import { decodeBase32 } from "./lib/base32.ts";
import { NOW, SEED, MFA, role, World, assume, DEVELOPER, token } from "../test/sessions-world.ts";

describe("audit", () => {
  test("each call: who, what, to what, and what decided", async () => {
    const world = new World();
    await world.ask("AssumeRole", assume(DEVELOPER, { ExternalId: "partner" }), world.as("alice"));
    await world.ask("AssumeRole", assume(DEVELOPER), world.as("denied"));
    await world.ask("AssumeRoleWithWebIdentity", assume("Pod", { WebIdentityToken: await token() }));
    expect(world.audit).toMatchObject([
      {
        message: "answered",
        action: "AssumeRole",
        accessKeyId: "AKIAALICEEXAMPLE0001",
        arn: "arn:aws:iam::111122223333:user/alice",
        requestParameters: { RoleArn: role(DEVELOPER), RoleSessionName: "s1", ExternalId: "partner" },
        issued: { expiration: "2026-01-15T13:00:00.000Z", arn: "arn:aws:sts::111122223333:assumed-role/Developer/s1" },
      },
      {
        message: "refused",
        code: "AccessDenied",
        arn: "arn:aws:iam::111122223333:user/denied",
        why: expect.stringMatching(/iam\.yaml:\d+/),
      },
      { message: "answered", arn: expect.stringContaining(":system:serviceaccount:default:app") },
    ]);
  });

  test("secrets: in no event, and in answers only those that are given", async () => {
    const world = new World();
    const seed = decodeBase32(SEED) ?? new Uint8Array();
    const jwt = await token();
    const given = [
      await world.session("AssumeRole", assume(DEVELOPER), world.as("alice")),
      await world.session("GetSessionToken", { SerialNumber: MFA, TokenCode: totp(seed, NOW) }, world.as("alice")),
      await world.session("AssumeRoleWithWebIdentity", assume("Pod", { WebIdentityToken: jwt })),
    ];
    for (const by of given) await world.ask("GetCallerIdentity", {}, by);
    const told = JSON.stringify(world.audit);
    for (const { secretAccessKey, sessionToken } of given) {
      expect(told).not.toContain(secretAccessKey);
      expect(told).not.toContain(sessionToken);
    }
    for (const secret of ["canary", SEED, totp(seed, NOW), jwt]) {
      expect(told).not.toContain(secret);
      expect(world.bodies.join("")).not.toContain(secret);
    }
  });
});
