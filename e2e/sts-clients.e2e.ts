import { generateKeyPairSync, sign } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { credentialsOf, type Iam, parseIam, totp } from "@iamgate/sts";
import type { Credentials } from "@iamgate/token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "../tools/kube/run-program.ts";
import { ownEnvironment } from "./lib/environment.ts";
import { freePort, isListening } from "./lib/ports.ts";
import { currentRun } from "./lib/run.ts";
import { type Server, startServer } from "./lib/server.ts";

const run = currentRun();
const folder = mkdtempSync(join(run.folder, "sts-clients-"));
const CLIENT_SECONDS = 30;
const REGION = "us-west-2";
const ACCOUNT = "111122223333";
const ISSUER = "https://oidc.example.com/id/E2E";
const POD = "system:serviceaccount:default:app";
const MFA = `arn:aws:iam::${ACCOUNT}:mfa/alice`;

const provider = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });
const iamPath = join(folder, "iam.yaml");
const iamText = fixture();
const iam = readIam();
const ALICE = credentialsOf(iam, "alice");
const BOB = credentialsOf(iam, "bob");

let server: Server;
let port: number;
let endpoint: string;
const caPath = join(folder, "state/ca.pem");

beforeAll(async () => {
  writeFileSync(iamPath, iamText);
  port = await freePort();
  endpoint = `https://127.0.0.1:${port}`;
  server = await start();
}, CLIENT_SECONDS * 1000);
afterAll(() => server?.kill());

function start(): Promise<Server> {
  return startServer(run, {
    name: "iamgate sts",
    command: [
      "iamgate",
      "sts",
      "--iam",
      iamPath,
      "--listen",
      `127.0.0.1:${port}`,
      "--state-dir",
      join(folder, "state"),
    ],
    env: ownEnvironment(join(folder, "home")),
    cwd: folder,
    logPath: join(folder, "sts.log"),
    isReady: async () => existsSync(caPath) && isListening(port),
    readySeconds: 10,
  });
}

/** What a client says of a call: the result's fields, or the error as it names it. */
interface Said {
  readonly Error?: { readonly Code: string; readonly Message: string };
  readonly Credentials?: {
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly SessionToken: string;
  };
  readonly [field: string]: unknown;
}

type Parameters = Readonly<Record<string, unknown>>;

interface Client {
  readonly name: string;
  readonly missing: boolean;
  readonly call: (operation: string, parameters: Parameters, by?: Credentials) => Promise<Said>;
}

const CLIENTS: readonly Client[] = [
  { name: "the AWS CLI v2", missing: run.tools.awsCli === undefined, call: callAwsCli },
  { name: "boto3", missing: run.tools.python === undefined, call: callBoto3 },
];

describe.each(CLIENTS)("$name", ({ missing, call }) => {
  const scenario = (name: string, action: () => Promise<void>): void => {
    const milliseconds = CLIENT_SECONDS * 1000;
    const told = `sts: ${name}`;
    // Not `resolves`, which hides what an action failed with.
    test.skipIf(missing)(told, async () => expect(await action()).toBeUndefined(), milliseconds);
  };
  const refuses = (name: string, code: string, ask: () => Promise<Said>): void => {
    scenario(`${name}: ${code}`, async () => {
      expect((await ask()).Error?.Code).toBe(code);
    });
  };
  const sessionOf = async (operation: string, parameters: Parameters, by?: Credentials): Promise<Credentials> => {
    const said = await call(operation, parameters, by);
    if (said.Credentials === undefined) throw new Error(JSON.stringify(said));
    const { AccessKeyId, SecretAccessKey, SessionToken } = said.Credentials;
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  };
  const arnOf = async (by: Credentials): Promise<unknown> => (await call("GetCallerIdentity", {}, by))["Arn"];

  scenario("get-caller-identity of a user", async () => {
    expect(await call("GetCallerIdentity", {}, ALICE)).toMatchObject({
      Account: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
    });
  });
  refuses("get-caller-identity with a wrong secret", "SignatureDoesNotMatch", () =>
    call("GetCallerIdentity", {}, { ...ALICE, secretAccessKey: "another-secret" }),
  );
  refuses("get-caller-identity with an unknown key", "InvalidClientTokenId", () =>
    call("GetCallerIdentity", {}, { ...ALICE, accessKeyId: "AKIANOBODYEXAMPLE001" }),
  );
  refuses("an action that is throttled", "Throttling", () =>
    call("GetAccessKeyInfo", { AccessKeyId: ALICE.accessKeyId }, ALICE),
  );

  scenario("assume-role, then get-caller-identity as the session", async () => {
    const session = await sessionOf("AssumeRole", assume("team/Developer"), ALICE);
    expect(await arnOf(session)).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/Developer/e2e`);
  });
  scenario("assume-role with tags, source identity and a session policy, then on to the next role", async () => {
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:*", Resource: "*" }],
    });
    const Tags = [{ Key: "Project", Value: "x y" }];
    const parameters = {
      ...assume("team/Developer"),
      Tags,
      TransitiveTagKeys: ["Project"],
      SourceIdentity: "alice",
      Policy,
    };
    const first = await sessionOf("AssumeRole", parameters, ALICE);
    const second = await call("AssumeRole", assume("Second"), first);
    expect(second).toMatchObject({ SourceIdentity: "alice" });
  });
  scenario("assume-role with the external id", async () => {
    await sessionOf("AssumeRole", { ...assume("External"), ExternalId: "partner:1" }, ALICE);
  });
  refuses("assume-role without the external id", "AccessDenied", () => call("AssumeRole", assume("External"), ALICE));
  refuses("assume-role by a user whose policies do not allow it", "AccessDenied", () =>
    call("AssumeRole", assume("team/Developer"), BOB),
  );
  refuses("assume-role of a role that does not exist", "AccessDenied", () =>
    call("AssumeRole", assume("Nobody"), ALICE),
  );
  refuses("assume-role with a session name outside the alphabet", "ValidationError", () =>
    call("AssumeRole", { ...assume("team/Developer"), RoleSessionName: "a b" }, ALICE),
  );
  refuses("assume-role for longer than the role's maximum", "ValidationError", () =>
    call("AssumeRole", { ...assume("team/Developer"), DurationSeconds: 3601 }, ALICE),
  );
  refuses("assume-role with a policy that is none", "MalformedPolicyDocument", () =>
    call("AssumeRole", { ...assume("team/Developer"), Policy: "{}" }, ALICE),
  );
  refuses("a session with another's session token", "InvalidClientTokenId", async () => {
    const one = await sessionOf("AssumeRole", assume("team/Developer"), ALICE);
    const { sessionToken = "" } = await sessionOf("AssumeRole", assume("Second"), ALICE);
    return call("GetCallerIdentity", {}, { ...one, sessionToken });
  });

  scenario("get-session-token with MFA, then assume-role of a role that wants it", async () => {
    const session = await sessionOf("GetSessionToken", { SerialNumber: MFA, TokenCode: code() }, ALICE);
    expect(await arnOf(session)).toBe(`arn:aws:iam::${ACCOUNT}:user/alice`);
    await sessionOf("AssumeRole", assume("Mfa"), session);
  });
  refuses("assume-role of that role without MFA", "AccessDenied", () => call("AssumeRole", assume("Mfa"), ALICE));
  refuses("get-session-token with a code of five minutes ago", "AccessDenied", () =>
    call("GetSessionToken", { SerialNumber: MFA, TokenCode: code(-300_000) }, ALICE),
  );
  refuses("get-session-token with somebody else's device", "AccessDenied", () =>
    call("GetSessionToken", { SerialNumber: MFA, TokenCode: code() }, BOB),
  );

  scenario("get-federation-token, then get-caller-identity", async () => {
    const session = await sessionOf("GetFederationToken", { Name: "frank" }, ALICE);
    expect(await arnOf(session)).toBe(`arn:aws:sts::${ACCOUNT}:federated-user/frank`);
  });
  refuses("get-federation-token by a user whose policies do not allow it", "AccessDenied", () =>
    call("GetFederationToken", { Name: "frank" }, BOB),
  );

  scenario("assume-role-with-web-identity, then get-caller-identity", async () => {
    const session = await sessionOf("AssumeRoleWithWebIdentity", webIdentity(jwt()));
    expect(await arnOf(session)).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/Pod/e2e`);
  });
  refuses("assume-role-with-web-identity, expired", "ExpiredTokenException", () =>
    call("AssumeRoleWithWebIdentity", webIdentity(jwt({ exp: Math.floor(Date.now() / 1000) - 60 }))),
  );
  refuses("assume-role-with-web-identity, another's signature", "InvalidIdentityToken", () =>
    call("AssumeRoleWithWebIdentity", webIdentity(jwt({}, stranger.privateKey))),
  );
  refuses("assume-role-with-web-identity, another audience", "InvalidIdentityToken", () =>
    call("AssumeRoleWithWebIdentity", webIdentity(jwt({ aud: "vault" }))),
  );
  refuses("assume-role-with-web-identity, another subject", "AccessDenied", () =>
    call("AssumeRoleWithWebIdentity", webIdentity(jwt({ sub: "system:serviceaccount:default:other" }))),
  );
});

// boto3, since Debian's AWS CLI is older than AWS_ENDPOINT_URL_STS, and asks AWS for a profile's role whatever --endpoint-url says.
describe("boto3's credential chain, with AWS_ENDPOINT_URL_STS", () => {
  const whoami = async (env: Readonly<Record<string, string>>): Promise<unknown> => {
    const said = await runBoto3(
      "GetCallerIdentity",
      {},
      { endpoint: "-", env: { AWS_ENDPOINT_URL_STS: endpoint, ...env } },
    );
    return said["Arn"] ?? said.Error?.Code;
  };
  const chain = (name: string, action: () => Promise<void>): void => {
    const missing = run.tools.python === undefined;
    const milliseconds = CLIENT_SECONDS * 1000;
    const told = `sts: ${name}`;
    // Not `resolves`, which hides what an action failed with.
    test.skipIf(missing)(told, async () => expect(await action()).toBeUndefined(), milliseconds);
  };

  chain("a profile with role_arn is the role", async () => {
    const config = join(folder, "config");
    const { accessKeyId, secretAccessKey } = ALICE;
    const role = ["role_session_name = pip", "source_profile = alice", `role_arn = ${roleArn("team/Developer")}`];
    const keys = [`aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`];
    writeFileSync(config, ["[profile dev]", ...role, "[profile alice]", ...keys, ""].join("\n"));
    expect(await whoami({ AWS_CONFIG_FILE: config, AWS_PROFILE: "dev" })).toBe(
      `arn:aws:sts::${ACCOUNT}:assumed-role/Developer/pip`,
    );
  });

  chain("AWS_WEB_IDENTITY_TOKEN_FILE, as in a pod, is the role", async () => {
    const path = join(folder, "token");
    writeFileSync(path, jwt());
    const env = { AWS_ROLE_ARN: roleArn("Pod"), AWS_WEB_IDENTITY_TOKEN_FILE: path, AWS_ROLE_SESSION_NAME: "pod" };
    expect(await whoami(env)).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/Pod/pod`);
  });

  chain("a session lives through a restart", async () => {
    const { Credentials: given } = await callBoto3("AssumeRole", assume("team/Developer"), ALICE);
    if (given === undefined) throw new Error("no credentials");
    expect(await server.stop()).toEqual({ exitCode: 0, killed: false });
    server = await start();
    const { AccessKeyId, SecretAccessKey, SessionToken } = given;
    const session = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    expect(await whoami(environmentOf(session))).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/Developer/e2e`);
  });
});

test.skipIf(run.tools.python === undefined)(
  "sts: its log tells who did what and why not, and holds no secret",
  async () => {
    const { Credentials: given } = await callBoto3("AssumeRole", assume("team/Developer"), ALICE);
    const WebIdentityToken = jwt();
    await callBoto3("AssumeRole", assume("team/Developer"), BOB);
    await callBoto3("AssumeRoleWithWebIdentity", webIdentity(WebIdentityToken));
    const log = readFileSync(join(folder, "sts.log"), "utf8");
    expect(log).toMatch(/"message":"answered".*"action":"AssumeRole".*"arn":"[^"]*user\/alice"/);
    expect(log).toMatch(/"message":"refused".*"code":"AccessDenied".*"arn":"[^"]*user\/bob".*"why":"/);
    const secrets = [
      ALICE.secretAccessKey,
      BOB.secretAccessKey,
      given?.SecretAccessKey,
      given?.SessionToken,
      WebIdentityToken,
    ];
    for (const secret of secrets) expect(log).not.toContain(secret ?? "unreachable");
  },
  CLIENT_SECONDS * 1000,
);

async function callAwsCli(operation: string, parameters: Parameters, by?: Credentials): Promise<Said> {
  const command = operation.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const input = ["--cli-input-json", JSON.stringify(parameters)];
  const aws = [run.tools.awsCli ?? "aws", "sts", command, "--region", REGION, "--output", "json"];
  const { exitCode, stdout, stderr } = await runProgram([...aws, "--endpoint-url", endpoint, ...input], {
    env: { ...base("aws"), AWS_MAX_ATTEMPTS: "1", ...(by && environmentOf(by)) },
    timeoutSeconds: CLIENT_SECONDS,
  });
  if (exitCode === 0) return JSON.parse(stdout) as Said;
  const [, Code, Message = ""] = /An error occurred \((\w+)\)[^:]*: (.*)/.exec(stderr) ?? [];
  if (Code === undefined) throw new Error(`aws sts ${command}: exit code ${exitCode}: ${stderr}`);
  return { Error: { Code, Message } };
}

function callBoto3(operation: string, parameters: Parameters, by?: Credentials): Promise<Said> {
  return runBoto3(operation, parameters, { endpoint, env: by === undefined ? {} : environmentOf(by) });
}

async function runBoto3(
  operation: string,
  parameters: Parameters,
  as: { readonly endpoint: string; readonly env: Readonly<Record<string, string>> },
): Promise<Said> {
  const method = operation.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  const script = join(import.meta.dirname, "clients/boto3_sts.py");
  const command = [run.tools.python ?? "python3", script, as.endpoint, REGION, method, JSON.stringify(parameters)];
  const { exitCode, stdout, stderr } = await runProgram(command, {
    env: { ...base("boto3"), ...as.env },
    timeoutSeconds: CLIENT_SECONDS,
  });
  if (exitCode !== 0) throw new Error(`boto3 ${operation}: exit code ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as Said;
}

function base(name: string): Record<string, string> {
  return { ...ownEnvironment(join(folder, name)), AWS_CA_BUNDLE: caPath };
}

function environmentOf({ accessKeyId, secretAccessKey, sessionToken }: Credentials): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  };
}

function roleArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:role/${name}`;
}

function assume(role: string): Parameters {
  return { RoleArn: roleArn(role), RoleSessionName: "e2e" };
}

function webIdentity(token: string): Parameters {
  return { ...assume("Pod"), WebIdentityToken: token };
}

/** What alice's device shows. */
function code(offMilliseconds = 0): string {
  const alice = iam.principals.find(({ name }) => name === "alice");
  if (alice?.kind !== "user" || alice.mfa === undefined) throw new Error("alice has no device");
  return totp(alice.mfa.seed, Date.now() + offMilliseconds);
}

/** A service account's token, as a cluster's issuer signs it; made here by hand, so that nothing is shared with the verifier. */
function jwt(claims: Readonly<Record<string, unknown>> = {}, key = provider.privateKey): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const payload = { iss: ISSUER, aud: ["sts.amazonaws.com"], sub: POD, iat: now, exp: now + 600, ...claims };
  const signed = `${part({ alg: "ES256", kid: "e2e", typ: "JWT" })}.${part(payload)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

function readIam(): Iam {
  const parsed = parseIam(iamText, iamPath);
  if (!parsed.ok) throw new Error(parsed.errors.map((error) => error.message).join("\n"));
  return parsed.iam;
}

function fixture(): string {
  const jwk = JSON.stringify({ ...provider.publicKey.export({ format: "jwk" }), kid: "e2e" });
  const trust = (condition = ""): string =>
    `{ Version: "2012-10-17", Statement: { Effect: Allow, Principal: { AWS: "${ACCOUNT}" }, Action: "sts:*"${condition} } }`;
  const may = `{ Version: "2012-10-17", Statement: { Effect: Allow, Action: "sts:*", Resource: "*" } }`;
  return `
throttled: [GetAccessKeyInfo]
accounts:
  - id: "${ACCOUNT}"
    users:
      - name: alice
        mfa: { seed: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP }
        policies: [{ name: AllOfSts, document: ${may} }]
        accessKeys: [{ accessKeyId: AKIAE2EALICE00000001, secretAccessKey: e2e/alice/not+a+real+secret+key/00000001 }]
      - name: bob
        accessKeys: [{ accessKeyId: AKIAE2EBOB0000000001, secretAccessKey: e2e/bob/not+a+real+secret+key/0000000001 }]
    roles:
      - { name: Developer, path: /team/, trustPolicy: ${trust()}, policies: [{ name: AllOfSts, document: ${may} }] }
      - { name: Second, trustPolicy: ${trust()} }
      - { name: External, trustPolicy: ${trust(', Condition: { StringEquals: { "sts:ExternalId": "partner:1" } }')} }
      - { name: Mfa, trustPolicy: ${trust(', Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } }')} }
      - name: Pod
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            Effect: Allow
            Principal: { Federated: "arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.example.com/id/E2E" }
            Action: sts:AssumeRoleWithWebIdentity
            Condition: { StringEquals: { "oidc.example.com/id/E2E:sub": "${POD}" } }
    oidcProviders:
      - { issuer: "${ISSUER}", audiences: [sts.amazonaws.com], jwks: { keys: [${jwk}] } }
`;
}
