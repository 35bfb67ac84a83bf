import { signRequest } from "@iamgate/token/sigv4";
import { describe, expect, test } from "vitest";
import { createSts, credentialsOf, totp } from "../index.ts";
import { decodeBase32 } from "../lib/base32.ts";
import {
  NOW,
  HOUR,
  HOST,
  SEED,
  MFA,
  role,
  TEXT,
  iamOf,
  counting,
  type Answered,
  KEY,
  World,
  assume,
  DEVELOPER,
} from "../../test/sessions-world.ts";

describe("AssumeRole", () => {
  test("credentials: say who they are, the role's path dropped, until the moment that was told", async () => {
    const world = new World();
    const answer = await world.ask("AssumeRole", assume(DEVELOPER), world.as("alice"));
    const { uniqueId } = iamOf(TEXT).principals.find(({ name }) => name === "Developer") ?? { uniqueId: "" };
    const arn = "arn:aws:sts::111122223333:assumed-role/Developer/s1";
    expect(answer["AssumedRoleUser"]).toEqual({ AssumedRoleId: `${uniqueId}:s1`, Arn: arn });
    expect(answer["Credentials"]).toMatchObject({ Expiration: NOW / 1000 + HOUR });
    const session = await world.session("AssumeRole", assume(DEVELOPER), world.as("alice"));
    expect(session.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(session.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(await world.ask("GetCallerIdentity", {}, session)).toMatchObject({
      Account: "111122223333",
      Arn: arn,
      UserId: `${uniqueId}:s1`,
    });
    world.now += HOUR * 1000 - 1;
    expect(await world.arnOf(session)).toBe(arn);
    world.now += 1;
    expect(await world.arnOf(session)).toBe("ExpiredToken");
  });

  test("XML: AWS's shape, the expiration as a moment", async () => {
    const iam = iamOf(TEXT);
    const sts = createSts({
      iam: () => iam,
      now: () => NOW,
      requestId: () => "r",
      sealing: { key: KEY, randomBytes: counting() },
    });
    const query = Object.entries({ Action: "AssumeRole", Version: "2011-06-15", ...assume(DEVELOPER) });
    const signed = signRequest(
      { host: HOST, query },
      { credentials: credentialsOf(iam, "alice"), region: "us-west-2", service: "sts", now: NOW },
    );
    const url = `https://${HOST}/?${query.map((pair) => pair.map(encodeURIComponent).join("=")).join("&")}`;
    const text = await (await sts(new Request(url, { headers: { ...signed } }))).text();
    expect(text).toMatch(
      /^<AssumeRoleResponse xmlns="https:\/\/sts.amazonaws.com\/doc\/2011-06-15\/">\s*<AssumeRoleResult>/,
    );
    expect(text).toContain("<Expiration>2026-01-15T13:00:00Z</Expiration>");
    expect(text).toContain("<Arn>arn:aws:sts::111122223333:assumed-role/Developer/s1</Arn>");
  });

  const denied = (who: string, to: string): string =>
    `User: arn:aws:iam::111122223333:user/${who} is not authorized to perform: sts:AssumeRole on resource: ${to}`;

  test.each<
    readonly [what: string, who: string, to: string, more: Readonly<Record<string, string>>, text: string | undefined]
  >([
    ["the account trusted, the user allowed", "alice", role(DEVELOPER), {}, undefined],
    ["the account trusted, the user not allowed", "bob", role(DEVELOPER), {}, denied("bob", role(DEVELOPER))],
    ["the user trusted by name needs no policy", "bob", role("NamesBob"), {}, undefined],
    ["another user trusted by name", "alice", role("NamesBob"), {}, denied("alice", role("NamesBob"))],
    [
      "an explicit deny",
      "denied",
      role(DEVELOPER),
      {},
      `${denied("denied", role(DEVELOPER))} with an explicit deny in an identity-based policy`,
    ],
    ["a boundary that does not allow it", "bounded", role(DEVELOPER), {}, denied("bounded", role(DEVELOPER))],
    ["another account's role that trusts this one", "alice", role("Trusting", "444455556666"), {}, undefined],
    [
      "another account's role, trusted but not allowed",
      "bob",
      role("Trusting", "444455556666"),
      {},
      denied("bob", role("Trusting", "444455556666")),
    ],
    [
      "another account's role that does not trust this one",
      "alice",
      role("Closed", "444455556666"),
      {},
      denied("alice", role("Closed", "444455556666")),
    ],
    ["a role without a trust policy", "alice", role("Trustless"), {}, denied("alice", role("Trustless"))],
    ["a role that is switched off", "alice", role("Off"), {}, denied("alice", role("Off"))],
    ["a role that does not exist", "alice", role("Nobody"), {}, denied("alice", role("Nobody"))],
    ["a role without its path", "alice", role("Developer"), {}, denied("alice", role("Developer"))],
    ["no external id", "alice", role("External"), {}, denied("alice", role("External"))],
    ["another external id", "alice", role("External"), { ExternalId: "other" }, denied("alice", role("External"))],
    ["the external id", "alice", role("External"), { ExternalId: "a-secret-name" }, undefined],
    ["the user's tag", "alice", role("BlueTeam"), {}, undefined],
    ["no MFA", "alice", role("Mfa"), {}, denied("alice", role("Mfa"))],
    ["the root user", "root", role(DEVELOPER), {}, "Roles may not be assumed by root accounts."],
    [
      "tags that the role does not let in",
      "alice",
      role("Untagged"),
      { "Tags.member.1.Key": "a", "Tags.member.1.Value": "b" },
      denied("alice", role("Untagged")).replace("sts:AssumeRole", "sts:TagSession"),
    ],
    [
      "a source identity that the role does not let in",
      "alice",
      role("Untagged"),
      { SourceIdentity: "alice" },
      denied("alice", role("Untagged")).replace("sts:AssumeRole", "sts:SetSourceIdentity"),
    ],
  ])("%s: as AWS decides", async (_, who, to, more, text) => {
    const world = new World();
    const answer = await world.ask("AssumeRole", assume(to, more), world.as(who));
    expect([answer.status, answer.code, answer.text]).toEqual(
      text === undefined ? [200, undefined, undefined] : [403, "AccessDenied", text],
    );
  });

  test("MFA: a code of the caller's own device, in its time, given with the call", async () => {
    const world = new World();
    const seed = decodeBase32(SEED) ?? new Uint8Array();
    const ask = (SerialNumber: string, TokenCode: string, who = "alice"): Promise<Answered> =>
      world.ask("AssumeRole", assume("Mfa", { SerialNumber, TokenCode }), world.as(who));
    expect((await ask(MFA, totp(seed, NOW))).status).toBe(200);
    expect(await ask(MFA, totp(seed, NOW - 120_000))).toMatchObject({
      code: "AccessDenied",
      text: "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
    });
    expect(await ask(MFA, totp(seed, NOW), "bob")).toMatchObject({ code: "AccessDenied" });
    expect(await ask(`${MFA}2`, totp(seed, NOW))).toMatchObject({ code: "AccessDenied" });
    expect(await ask(MFA, "12345")).toMatchObject({ code: "ValidationError" });
    expect(JSON.stringify([world.audit, world.bodies])).not.toContain("12345");
  });

  test("chaining: an hour at most, transitive tags and source identity pass on, and neither can be changed", async () => {
    const world = new World();
    const tags = {
      "Tags.member.1.Key": "Project",
      "Tags.member.1.Value": "x",
      "TransitiveTagKeys.member.1": "Project",
      SourceIdentity: "alice@example.com",
    };
    const first = await world.session("AssumeRole", assume(DEVELOPER, tags), world.as("alice"));
    const chain = (more: Readonly<Record<string, string>>): Promise<Answered> =>
      world.ask("AssumeRole", assume("Second", more), first);
    expect(await chain({ DurationSeconds: "3601" })).toMatchObject({
      code: "ValidationError",
      text: "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    });
    expect(await chain({ DurationSeconds: "3600" })).toMatchObject({
      status: 200,
      SourceIdentity: "alice@example.com",
    });
    expect(await chain({ SourceIdentity: "eve" })).toMatchObject({ code: "AccessDenied" });
    expect(await chain({ "Tags.member.1.Key": "project", "Tags.member.1.Value": "y" })).toMatchObject({
      code: "ValidationError",
    });
    // Nothing passes into a role that does not let it.
    expect(await world.ask("AssumeRole", assume("Untagged"), first)).toMatchObject({ code: "AccessDenied" });
  });

  test("a session policy: limits what the session may do further", async () => {
    const world = new World();
    const policy = (Action: string): string =>
      JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
    for (const [action, status] of [
      ["sts:AssumeRole", 200],
      ["s3:GetObject", 403],
    ] as const) {
      const limited = await world.session(
        "AssumeRole",
        assume(DEVELOPER, { Policy: policy(action) }),
        world.as("alice"),
      );
      expect((await world.ask("AssumeRole", assume("Second"), limited)).status).toBe(status);
    }
  });

  test("the longest duration: the role's own", async () => {
    const world = new World();
    const ask = (DurationSeconds: string): Promise<Answered> =>
      world.ask("AssumeRole", assume(DEVELOPER, { DurationSeconds }), world.as("alice"));
    expect((await ask("7200")).status).toBe(200);
    expect(await ask("7201")).toMatchObject({
      status: 400,
      code: "ValidationError",
      text: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    });
  });

  const one = (value: string, at: string, must: string): string =>
    `1 validation error detected: Value ${value} at '${at}' failed to satisfy constraint: ${must}`;
  test.each<readonly [parameters: Readonly<Record<string, string>>, code: string, text: string | RegExp]>([
    [{ RoleSessionName: "" }, "ValidationError", one("null", "roleSessionName", "Member must not be null")],
    [
      { RoleSessionName: "x" },
      "ValidationError",
      one("'x'", "roleSessionName", "Member must have length greater than or equal to 2"),
    ],
    [
      { RoleSessionName: "x".repeat(65) },
      "ValidationError",
      /roleSessionName.*Member must have length less than or equal to 64$/,
    ],
    [
      { RoleSessionName: "a b" },
      "ValidationError",
      one("'a b'", "roleSessionName", String.raw`Member must satisfy regular expression pattern: [\w+=,.@-]*`),
    ],
    [
      { DurationSeconds: "899" },
      "ValidationError",
      one("'899'", "durationSeconds", "Member must have value greater than or equal to 900"),
    ],
    [
      { DurationSeconds: "43201" },
      "ValidationError",
      one("'43201'", "durationSeconds", "Member must have value less than or equal to 43200"),
    ],
    [{ DurationSeconds: "1h" }, "MalformedInput", "DurationSeconds is not an integer"],
    [{ RoleArn: "arn:aws:iam::1:role/x" }, "ValidationError", "arn:aws:iam::1:role/x is invalid"],
    [{ RoleArn: "short" }, "ValidationError", /^1 validation error detected: Value 'short' at 'roleArn'/],
    [
      { RoleSessionName: "x", ExternalId: "y" },
      "ValidationError",
      /^2 validation errors detected: .*; Value 'y' at 'externalId'/,
    ],
    [{ Policy: "{" }, "MalformedPolicyDocument", /./],
    [
      {
        Policy:
          '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringSimilar":{"aws:x":"y"}}}]}',
      },
      "MalformedPolicyDocument",
      /operator/,
    ],
    [
      { "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess" },
      "ValidationError",
      /ReadOnlyAccess does not exist/,
    ],
    [
      { "TransitiveTagKeys.member.1": "a" },
      "ValidationError",
      "The specified transitive tag key must be included in the requested tags.",
    ],
    [
      { "Tags.member.1.Key": "a", "Tags.member.1.Value": "1", "Tags.member.2.Key": "A", "Tags.member.2.Value": "2" },
      "ValidationError",
      /Duplicate tag keys/,
    ],
    [{ "Tags.member.1.Key": "aws:a", "Tags.member.1.Value": "1" }, "ValidationError", /reserved/],
    [{ SourceIdentity: "aws:a" }, "ValidationError", /sourceIdentity/],
    [
      Object.fromEntries(
        Array.from(
          { length: 10 },
          (_, i) =>
            [
              [`Tags.member.${i + 1}.Key`, `k${i}`],
              [`Tags.member.${i + 1}.Value`, "v".repeat(256)],
            ] as const,
        ).flat(),
      ),
      "PackedPolicyTooLarge",
      /%/,
    ],
    [{ "Tags.member.1.Key": "a" }, "ValidationError", one("null", "tags.1.member.value", "Member must not be null")],
    [{ "Tags.member.1.Value": "a" }, "ValidationError", one("null", "tags.1.member.key", "Member must not be null")],
  ])("parameters %j: 400 and AWS's wording", async (parameters, code, text) => {
    const world = new World();
    const answer = await world.ask("AssumeRole", assume(DEVELOPER, parameters), world.as("alice"));
    expect(answer).toMatchObject({ status: 400, code });
    if (typeof text === "string") expect(answer.text).toBe(text);
    else expect(answer.text).toMatch(text);
  });
});
