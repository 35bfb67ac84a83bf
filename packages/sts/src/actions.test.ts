import fc from "fast-check";
import { expect, test } from "vitest";
import { MFA, role, TEXT, World, assume, DEVELOPER } from "../test/sessions-world.ts";

test("throttled actions: 400 Throttling, whoever asks; the others as ever", async () => {
  const world = new World();
  world.text = `throttled: [AssumeRole]\n${TEXT}`;
  expect(await world.ask("AssumeRole", assume(DEVELOPER), world.as("alice"))).toMatchObject({
    status: 400,
    code: "Throttling",
    text: "Rate exceeded",
  });
  expect((await world.ask("GetCallerIdentity", {}, world.as("alice"))).status).toBe(200);
});

test("whatever parameters come: 200 or 4xx, never an exception", async () => {
  const world = new World();
  const names = [
    "RoleArn",
    "RoleSessionName",
    "DurationSeconds",
    "Policy",
    "Tags.member.1.Key",
    "Tags.member.1.Value",
    "ExternalId",
    "SerialNumber",
    "TokenCode",
    "Name",
    "AccessKeyId",
    "WebIdentityToken",
    "MinimumSessionTokenSize",
    "PolicyArns.member.1.arn",
    "TransitiveTagKeys.member.1",
    "SourceIdentity",
    "ProviderId",
  ];
  const values = fc.oneof(
    fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
    fc.constantFrom(role(DEVELOPER), "s1", "900", "a.b.c", "{}", MFA, "123456"),
  );
  const actions = fc.constantFrom(
    "AssumeRole",
    "AssumeRoleWithWebIdentity",
    "GetSessionToken",
    "GetFederationToken",
    "GetAccessKeyInfo",
  );
  await fc.assert(
    fc.asyncProperty(
      actions,
      fc.dictionary(fc.constantFrom(...names), values, { noNullPrototype: true }),
      async (action, parameters) => {
        const { status } = await world.ask(action, parameters, world.as("alice"));
        expect(status === 200 || (status >= 400 && status < 500)).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});
