import { generateKeyPairSync } from "node:crypto";
import { type Credentials, hashPayload, signRequest } from "@iamgate/token/sigv4";
import { SignJWT } from "jose";
import { type AuditEvent, createSts, credentialsOf, type Iam, parseIam } from "../src/index.ts";

export const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
export const HOUR = 3_600;
export const HOST = "sts.us-west-2.amazonaws.com";
export const ISSUER = "https://oidc.example.com/id/A";
export const SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
export const MFA = "arn:aws:iam::111122223333:mfa/alice";
export const role = (name: string, account = "111122223333"): string => `arn:aws:iam::${account}:role/${name}`;

export const provider = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });

export const allow = (principal: string, condition = ""): string =>
  `{ Version: "2012-10-17", Statement: { Effect: Allow, Principal: ${principal}, Action: "sts:*"${condition} } }`;
export const THIS_ACCOUNT = '{ AWS: "111122223333" }';
export const may = (action: string, resource = "*", effect = "Allow"): string =>
  `{ name: P${effect}, document: { Version: "2012-10-17", Statement: { Effect: ${effect}, Action: "${action}", Resource: "${resource}" } } }`;

export const TEXT = `
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

export function iamOf(text: string): Iam {
  const parsed = parseIam(text, "iam.yaml");
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join("\n"));
  return parsed.iam;
}

/** Random enough to tell credentials apart, and the same in every run. */
export function counting(): (length: number) => Uint8Array {
  let count = 0;
  return (length) => Uint8Array.from({ length }, (_, i) => (i * 31 + ++count * 7) % 256);
}

export interface Answered {
  readonly status: number;
  readonly code?: string;
  readonly text?: string;
  // The fields of a result, as JSON has them.
  readonly [field: string]: unknown;
}

export interface AnsweredJson {
  readonly Error?: { readonly Code: string; readonly Message: string };
  readonly [response: `${string}Response`]: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export const KEY = new Uint8Array(32).fill(7);

export class World {
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

export const assume = (
  name: string,
  more: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => ({
  RoleArn: name.startsWith("arn:") ? name : role(name),
  RoleSessionName: "s1",
  ...more,
});
export const DEVELOPER = "team/Developer";

export async function token(
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
