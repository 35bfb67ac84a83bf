import { generateKeyPairSync } from "node:crypto";
import { type Credentials, hashPayload, signRequest } from "@iamgate/token/sigv4";
import fc from "fast-check";
import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { type AuditEvent, createSts, credentialsOf, type Iam, parseIam, totp } from "./index.ts";
import { decodeBase32 } from "./lib/base32.ts";
import { accountOfKeyId } from "./session/access-key-id.ts";

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const HOUR = 3_600;
const HOST = "sts.us-west-2.amazonaws.com";
const ISSUER = "https://oidc.example.com/id/A";
const SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const MFA = "arn:aws:iam::111122223333:mfa/alice";
const role = (name: string, account = "111122223333"): string => `arn:aws:iam::${account}:role/${name}`;

const provider = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });

const allow = (principal: string, condition = ""): string =>
  `{ Version: "2012-10-17", Statement: { Effect: Allow, Principal: ${principal}, Action: "sts:*"${condition} } }`;
const THIS_ACCOUNT = '{ AWS: "111122223333" }';
const may = (action: string, resource = "*", effect = "Allow"): string =>
  `{ name: P${effect}, document: { Version: "2012-10-17", Statement: { Effect: ${effect}, Action: "${action}", Resource: "${resource}" } } }`;

const TEXT = `
accounts:
  - id: "111122223333"
    root: { accessKeys: [{ accessKeyId: AKIAROOTEXAMPLE00001, secretAccessKey: canary/secret+of+root }] }
    groups:
      - name: admins
        policies: [${may("sts:*")}]
    users:
      - name: alice
        groups: [admins]
        tags: [{ key: Team, value: blue }]
        mfa: { seed: ${SEED} }
        accessKeys: [{ accessKeyId: AKIAALICEEXAMPLE0001, secretAccessKey: canary/secret+of+alice }]
      - name: bob
        accessKeys: [{ accessKeyId: AKIABOBEXAMPLE000001, secretAccessKey: canary/secret+of+bob }]
      - name: denied
        groups: [admins]
        policies: [${may("sts:AssumeRole", "*", "Deny")}]
        accessKeys: [{ accessKeyId: AKIADENIEDEXAMPLE001, secretAccessKey: canary/secret+of+denied }]
      - name: bounded
        groups: [admins]
        permissionsBoundary: { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } }
        accessKeys: [{ accessKeyId: AKIABOUNDEDEXAMPLE01, secretAccessKey: canary/secret+of+bounded }]
    roles:
      - name: Developer
        path: /team/
        maxSessionDurationSeconds: 7200
        trustPolicy: ${allow(THIS_ACCOUNT)}
        policies: [${may("sts:*")}]
      - name: Second
        trustPolicy: ${allow(THIS_ACCOUNT)}
        maxSessionDurationSeconds: 43200
      - name: NamesBob
        trustPolicy: ${allow('{ AWS: "arn:aws:iam::111122223333:user/bob" }')}
      - name: Mfa
        trustPolicy: ${allow(THIS_ACCOUNT, ', Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } }')}
      - name: External
        trustPolicy: ${allow(THIS_ACCOUNT, ', Condition: { StringEquals: { "sts:ExternalId": "a-secret-name" } }')}
      - name: BlueTeam
        trustPolicy: ${allow(THIS_ACCOUNT, ', Condition: { StringEquals: { "aws:PrincipalTag/Team": "blue" } }')}
      - name: Untagged
        trustPolicy: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: ${THIS_ACCOUNT}, Action: "sts:AssumeRole" } }
      - name: Trustless
      - name: Off
        active: false
        trustPolicy: ${allow(THIS_ACCOUNT)}
      - name: Pod
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            Effect: Allow
            Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/A" }
            Action: sts:AssumeRoleWithWebIdentity
            Condition: { StringEquals: { "oidc.example.com/id/A:sub": "system:serviceaccount:default:app" } }
    oidcProviders:
      - issuer: ${ISSUER}
        audiences: [sts.amazonaws.com]
        jwks: { keys: [${JSON.stringify({ ...provider.publicKey.export({ format: "jwk" }), kid: "a" })}] }
  - id: "444455556666"
    roles:
      - name: Trusting
        trustPolicy: ${allow(THIS_ACCOUNT)}
      - name: Closed
        trustPolicy: ${allow('{ AWS: "444455556666" }')}
`;

function iamOf(text: string): Iam {
  const parsed = parseIam(text, "iam.yaml");
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join("\n"));
  return parsed.iam;
}

/** Random enough to tell credentials apart, and the same in every run. */
function counting(): (length: number) => Uint8Array {
  let count = 0;
  return (length) => Uint8Array.from({ length }, (_, i) => (i * 31 + ++count * 7) % 256);
}

interface Answered {
  readonly status: number;
  readonly code?: string;
  readonly text?: string;
  // The fields of a result, as JSON has them.
  readonly [field: string]: unknown;
}

interface AnsweredJson {
  readonly Error?: { readonly Code: string; readonly Message: string };
  readonly [response: `${string}Response`]: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const KEY = new Uint8Array(32).fill(7);

class World {
  text = TEXT;
  now = NOW;
  key = KEY;
  readonly audit: AuditEvent[] = [];
  readonly bodies: string[] = [];
  readonly randomBytes = counting();
  #iam = { source: TEXT, iam: iamOf(TEXT) };

  async ask(action: string, parameters: Readonly<Record<string, string>> = {}, by?: Credentials): Promise<Answered> {
    const iam = this.#iam.source === this.text ? this.#iam.iam : iamOf(this.text);
    this.#iam = { source: this.text, iam };
    const sts = createSts({
      iam: () => iam,
      now: () => this.now,
      requestId: () => "r",
      sealing: { key: this.key, randomBytes: this.randomBytes },
      audit: (event) => this.audit.push(event),
    });
    const body = new URLSearchParams({ Action: action, Version: "2011-06-15", ...parameters }).toString();
    const signed =
      by === undefined
        ? {}
        : signRequest(
            { method: "POST", host: HOST, payloadHash: hashPayload(body) },
            { credentials: by, region: "us-west-2", service: "sts", now: this.now },
          );
    const headers = { ...signed, accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
    const response = await sts(new Request(`https://${HOST}/`, { method: "POST", body, headers }));
    const text = await response.text();
    this.bodies.push(text);
    const { Error: error, ...answer } = JSON.parse(text) as AnsweredJson;
    const result = answer[`${action}Response`]?.[`${action}Result`] ?? {};
    return { status: response.status, ...(error && { code: error.Code, text: error.Message }), ...result };
  }

  as(name: string): Credentials {
    return credentialsOf(iamOf(TEXT), name);
  }

  /** The credentials of an answer, to ask with. */
  async session(action: string, parameters: Readonly<Record<string, string>>, by?: Credentials): Promise<Credentials> {
    const answer = await this.ask(action, parameters, by);
    const given = answer["Credentials"] as Readonly<Record<string, string>> | undefined;
    if (given === undefined) throw new Error(`${action}: ${answer.code}: ${answer.text}`);
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = given;
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  }

  async arnOf(by: Credentials): Promise<unknown> {
    const answer = await this.ask("GetCallerIdentity", {}, by);
    return answer["Arn"] ?? answer.code;
  }
}

const assume = (name: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  RoleArn: name.startsWith("arn:") ? name : role(name),
  RoleSessionName: "s1",
  ...more,
});
const DEVELOPER = "team/Developer";

async function token(
  claims: Readonly<Record<string, unknown>> = {},
  { key = provider.privateKey, kid = "a" } = {},
): Promise<string> {
  const now = NOW / 1000;
  return await new SignJWT({
    iss: ISSUER,
    aud: "sts.amazonaws.com",
    sub: "system:serviceaccount:default:app",
    iat: now,
    exp: now + 600,
    ...claims,
  })
    .setProtectedHeader({ alg: "ES256", kid })
    .sign(key);
}

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

describe("session tokens", () => {
  const ARN = "arn:aws:sts::111122223333:assumed-role/Developer/s1";
  const issued = (world: World): Promise<Credentials> =>
    world.session("AssumeRole", assume(DEVELOPER), world.as("alice"));

  test("another process with the same key: knows the session; with another key: does not", async () => {
    const session = await issued(new World());
    const later = new World();
    expect(await later.arnOf(session)).toBe(ARN);
    later.key = new Uint8Array(32).fill(8);
    expect(await later.arnOf(session)).toBe("InvalidClientTokenId");
  });

  test.each<readonly [what: string, from: string, to: string]>([
    ["deleted", "- name: Developer\n", "- name: Gone\n"],
    ["switched off", "path: /team/", "path: /team/\n        active: false"],
    ["made anew", "path: /team/", "path: /team/\n        created: 2026-01-02T00:00:00Z"],
    ["moved to another path", "path: /team/", "path: /other/"],
  ])("the role is %s: its sessions end", async (_, from, to) => {
    const world = new World();
    const session = await issued(world);
    expect(await world.arnOf(session)).toBe(ARN);
    world.text = TEXT.replace(from, to);
    expect(world.text).not.toBe(TEXT);
    expect(await world.arnOf(session)).toBe("InvalidClientTokenId");
  });

  test("a user that is switched off: neither keys nor sessions work", async () => {
    const world = new World();
    const session = await world.session("GetSessionToken", {}, world.as("bob"));
    world.text = TEXT.replace("- name: bob", "- name: bob\n        active: false");
    expect([await world.arnOf(session), await world.arnOf(world.as("bob"))]).toEqual([
      "InvalidClientTokenId",
      "InvalidClientTokenId",
    ]);
  });

  test("one session's token with another's key id, and without a token: not believed", async () => {
    const world = new World();
    const [one, another] = [await issued(world), await issued(world)];
    expect(await world.arnOf({ ...one, sessionToken: another.sessionToken ?? "" })).toBe("InvalidClientTokenId");
    expect(await world.arnOf({ ...one, accessKeyId: another.accessKeyId })).toBe("InvalidClientTokenId");
    const { accessKeyId, secretAccessKey } = one;
    expect(await world.arnOf({ accessKeyId, secretAccessKey })).toBe("InvalidClientTokenId");
    expect(await world.arnOf({ ...one, secretAccessKey: another.secretAccessKey })).toBe("SignatureDoesNotMatch");
  });

  test("any one character changed: not believed", async () => {
    const world = new World();
    const session = await issued(world);
    const text = session.sessionToken ?? "";
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(..."AZaz09+/=".split("")), async (at, character) => {
        if (text[at] === character) return;
        const altered = text.slice(0, at) + character + text.slice(at + 1);
        expect(await world.arnOf({ ...session, sessionToken: altered })).toBe("InvalidClientTokenId");
      }),
      { numRuns: 100 },
    );
  });

  test("MinimumSessionTokenSize: a token at least that long, that works", async () => {
    const world = new World();
    const session = await world.session(
      "AssumeRole",
      assume(DEVELOPER, { MinimumSessionTokenSize: "4096" }),
      world.as("alice"),
    );
    expect(session.sessionToken?.length).toBeGreaterThanOrEqual(4096);
    expect(session.sessionToken?.length).toBeLessThan(4104);
    expect(await world.arnOf(session)).toBe(ARN);
  });

  test("without a sealing key: actions that give credentials do not exist, and a wrong key is refused at once", async () => {
    const iam = iamOf(TEXT);
    const sts = createSts({ iam: () => iam, now: () => NOW, requestId: () => "r" });
    const response = await sts(
      new Request(`https://${HOST}/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15`, {
        headers: { accept: "application/json" },
      }),
    );
    expect(await response.json()).toMatchObject({ Error: { Code: "InvalidAction" } });
    const sealing = { key: new Uint8Array(16), randomBytes: counting() };
    expect(() => createSts({ iam: () => iam, now: () => NOW, requestId: () => "r", sealing })).toThrow(RangeError);
  });
});

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

test("totp: RFC 6238's vectors for SHA-1, the last six digits", () => {
  const seed = new TextEncoder().encode("12345678901234567890");
  for (const [seconds, code] of [
    [59, "287082"],
    [1111111109, "081804"],
    [1111111111, "050471"],
    [1234567890, "005924"],
    [2000000000, "279037"],
    [20000000000, "353130"],
  ] as const) {
    expect(totp(seed, seconds * 1000)).toBe(code);
  }
});

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
