import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ACTION_NAMES } from "./action-names.ts";
import { parseIam } from "./index.ts";

const EXAMPLE = readFileSync(new URL("../iam.example.yaml", import.meta.url), "utf8");

/** The keywords of JSON Schema that docs/iam.schema.json uses. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const schema = JSON.parse(readFileSync(new URL("../../../docs/iam.schema.json", import.meta.url), "utf8")) as Schema;

/** What a value breaks, by JSON pointer. */
function broken(value: unknown, by: Schema, at = ""): readonly string[] {
  if (by.$ref !== undefined) {
    const definition = schema.definitions?.[by.$ref.replace("#/definitions/", "")];
    if (definition === undefined) throw new Error(`${by.$ref} is not defined`);
    return broken(value, definition, at);
  }
  const kind = Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;
  const kinds = by.type === undefined ? [kind] : [by.type].flat();
  const found: string[] = [];
  if (!kinds.includes(kind)) found.push(`${at}: type`);
  if (by.enum !== undefined && !by.enum.includes(value)) found.push(`${at}: enum`);
  if (by.const !== undefined && by.const !== value) found.push(`${at}: const`);
  if (by.pattern !== undefined && typeof value === "string" && !new RegExp(by.pattern, "u").test(value)) {
    found.push(`${at}: pattern`);
  }
  if (Array.isArray(value)) {
    if (value.length < (by.minItems ?? 0)) found.push(`${at}: minItems`);
    return [...found, ...value.flatMap((item, i) => broken(item, by.items ?? {}, `${at}/${i}`))];
  }
  if (typeof value !== "object" || value === null) return found;
  for (const name of by.required ?? []) if (!(name in value)) found.push(`${at}: ${name} is missing`);
  for (const [name, each] of Object.entries(value)) {
    const property = by.properties?.[name];
    if (property !== undefined) found.push(...broken(each, property, `${at}/${name}`));
    else if (by.additionalProperties === false) found.push(`${at}/${name}: unknown`);
  }
  return found;
}

const inAccount = (text: string): string => `accounts: [{ id: "111122223333", ${text} }]`;
const inUser = (text: string): string => inAccount(`users: [{ name: a, ${text} }]`);

describe("docs/iam.schema.json", () => {
  test("the example: valid", () => {
    expect(broken(parse(EXAMPLE), schema)).toEqual([]);
  });

  test.each([
    ["an unknown field", "name: Pod\n", "name: Pod\n        nmae: x\n", "nmae: unknown"],
    ["an account of three digits", '"444455556666"', '"444"', "id: pattern"],
    ["a user without a name", "- name: eve\n        active", "- active", "name is missing"],
    ["an action that there is not", "throttled: []", "throttled: [AssumeRoot]", "enum"],
  ])("%s: refused by the schema and by the parser", (_, from, to, problem) => {
    const text = EXAMPLE.replace(from, to);
    expect(text).not.toBe(EXAMPLE);
    expect(broken(parse(text), schema).join("\n")).toContain(problem);
    expect(parseIam(text, "iam.yaml").ok).toBe(false);
  });

  test.each([
    ["the file", undefined, "accounts: []\noops: 1\n"],
    ["account", "account", inAccount("oops: 1")],
    ["group", "group", inAccount("groups: [{ name: a, oops: 1 }]")],
    ["user", "user", inUser("oops: 1")],
    ["role", "role", inAccount("roles: [{ name: a, oops: 1 }]")],
    ["session", "session", inAccount("roles: [{ name: a, sessions: [{ oops: 1 }] }]")],
    ["federated user", "session", inAccount("federatedUsers: [{ oops: 1 }]")],
    ["access key", "accessKey", inUser("accessKeys: [{ oops: 1 }]")],
    ["mfa", "mfa", inUser("mfa: { oops: 1 }")],
    ["tag", "tag", inUser("tags: [{ oops: 1 }]")],
    ["policy", "namedPolicy", inUser("policies: [{ oops: 1 }]")],
    ["OIDC provider", "oidcProvider", inAccount("oidcProviders: [{ oops: 1 }]")],
    ["public key", "publicKey", inAccount("oidcProviders: [{ jwks: { keys: [{ oops: 1 }] } }]")],
  ])("%s: has the fields that the parser takes, no more and no less", (_, name, text) => {
    const parsed = parseIam(text, "iam.yaml");
    if (parsed.ok) throw new Error("taken");
    const unknown = parsed.errors.find(({ value }) => value === "oops")?.expected ?? "";
    const known = unknown.replace("one of ", "").split(", ").toSorted();
    const described = name === undefined ? schema : schema.definitions?.[name];
    expect(Object.keys(described?.properties ?? {}).toSorted()).toEqual(known);
  });

  test("throttled: every action there is", () => {
    expect(schema.properties?.["throttled"]?.items?.enum).toEqual([...ACTION_NAMES]);
  });
});

describe("parseIam", () => {
  const ACCOUNT = (body: string): string => `accounts:\n  - id: "111122223333"\n${body}`;
  const messages = (text: string): readonly string[] => {
    const parsed = parseIam(text, "iam.yaml");
    return parsed.ok ? [] : parsed.errors.map(({ message }) => message);
  };

  test.each<readonly [what: string, body: string, message: string]>([
    [
      "a group that is not declared",
      "    users: [{ name: a, groups: [nobody] }]",
      'iam.yaml:3:33: group "nobody": expected a group that this account declares',
    ],
    [
      "a group twice",
      "    groups: [{ name: a }, { name: a }]",
      'iam.yaml:3:35: name "a": expected a group that is not declared yet',
    ],
    [
      "an unknown condition operator",
      '    roles:\n      - name: a\n        trustPolicy: { Version: "2012-10-17", Statement: { Effect: Allow, Principal: "*", Action: "sts:AssumeRole", Condition: { StringSimilar: { "aws:x": y } } } }',
      'iam.yaml:5:130: Condition "StringSimilar": expected a condition operator of AWS\'s, spelt as AWS does',
    ],
    [
      "a maximum duration below an hour",
      "    roles: [{ name: a, maxSessionDurationSeconds: 3599 }]",
      'iam.yaml:3:51: maxSessionDurationSeconds "3599": expected 3600 to 43200 seconds',
    ],
    [
      "a maximum duration above twelve hours",
      "    roles: [{ name: a, maxSessionDurationSeconds: 43201 }]",
      'iam.yaml:3:51: maxSessionDurationSeconds "43201": expected 3600 to 43200 seconds',
    ],
    [
      "an issuer without https",
      "    oidcProviders: [{ issuer: http://a, audiences: [a], jwks: { keys: [] } }]",
      'iam.yaml:3:31: issuer "http://a": expected an https URL of at most 255 characters without a query, and without a slash at its end',
    ],
    [
      "a provider without audiences",
      "    oidcProviders: [{ issuer: https://a, audiences: [], jwks: { keys: [] } }]",
      "iam.yaml:3:53: audiences: expected 1 to 100 audiences",
    ],
    [
      "a tag twice, whatever its case",
      "    users: [{ name: a, tags: [{ key: T, value: a }, { key: t, value: b }] }]",
      'iam.yaml:3:60: key "t": expected a tag that its owner does not have yet',
    ],
    [
      "a policy twice",
      "    groups: [{ name: a, policies: [{ name: P, document: { Version: '2012-10-17', Statement: { Effect: Allow, Action: '*', Resource: '*' } } }, { name: P, document: { Version: '2012-10-17', Statement: { Effect: Allow, Action: '*', Resource: '*' } } }] }]",
      'iam.yaml:3:152: name "P": expected a policy name that its owner does not have yet',
    ],
    [
      "an action that is not here",
      "throttled: [AssumeRoot]",
      'iam.yaml:3:13: action "AssumeRoot": expected one of AssumeRole, AssumeRoleWithWebIdentity, GetAccessKeyInfo, GetCallerIdentity, GetFederationToken, GetSessionToken',
    ],
  ])("%s: told with file, line and column", (_, body, message) => {
    expect(messages(ACCOUNT(body))).toContain(message);
  });

  test("the longest maximum durations there are: taken", () => {
    for (const seconds of [3600, 3999, 4000, 9999, 10_000, 39_999, 40_000, 42_999, 43_000, 43_199, 43_200]) {
      expect(messages(ACCOUNT(`    roles: [{ name: a, maxSessionDurationSeconds: ${seconds} }]`))).toEqual([]);
    }
  });

  test("created: another moment is another unique id, the same moment the same", () => {
    const idOf = (more: string): string => {
      const parsed = parseIam(ACCOUNT(`    users: [{ name: a${more} }]`), "iam.yaml");
      return parsed.ok ? (parsed.iam.principals[0]?.uniqueId ?? "") : "";
    };
    const made = idOf(", created: 2026-01-01T00:00:00Z");
    expect(made).toMatch(/^AIDA[A-Z0-9]{17}$/);
    expect(idOf(", created: 2026-01-01T00:00:00Z")).toBe(made);
    expect(new Set([made, idOf(""), idOf(", created: 2026-01-01T00:00:01Z")]).size).toBe(3);
  });

  test("an MFA seed and a private key: in no message", () => {
    const bodies = [
      "    users: [{ name: a, mfa: { seed: canary } }]",
      "    oidcProviders: [{ issuer: https://a, audiences: [a], jwks: { keys: [{ kty: EC, d: canary }] } }]",
    ];
    for (const body of bodies) {
      expect(messages(ACCOUNT(body)).length).toBeGreaterThan(0);
      expect(messages(ACCOUNT(body)).join()).not.toContain("canary");
    }
  });
});
