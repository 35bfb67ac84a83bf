import { allStsHosts } from "@iamgate/token";
import { ACTION_NAMES } from "./action-names.ts";
import type { Iam, IamError, Identity } from "./iam.ts";
import { type Groups, readGroups, readRole, readUser } from "./iam-file/entities.ts";
import { ACCOUNT_ID, FEDERATED_NAME } from "./iam-file/forms.ts";
import { readKeys, readSession, SESSION_FIELDS } from "./iam-file/keys.ts";
import { readOidcProvider } from "./iam-file/oidc-providers.ts";
import { type AccountFacts, claim, type Reading } from "./iam-file/reading.ts";
import {
  type Fields,
  fieldsOf,
  itemsOf,
  optionalTextOf,
  readYaml,
  textOf,
  type YamlReader,
} from "./lib/yaml-reader.ts";

/** What came of reading an iam file. */
export type ParsedIam =
  | { readonly ok: true; readonly iam: Iam }
  | { readonly ok: false; readonly errors: readonly [IamError, ...IamError[]] };

/**
 * Reads the accounts that a local STS is to know: their users, groups, roles and policies, identity providers, keys and
 * live sessions.
 *
 * The format is that of `iam.example.yaml`. Nothing is skipped: a field that does not exist is an error, like a value
 * of another form. Unique ids that are not declared are derived from the ARN and from `created`, so that they stay the same until
 * somebody makes the user or role anew.
 *
 * @param text - the file's content, YAML, at most 1 MiB.
 * @param source - what to call the file in errors, usually its path.
 * @returns the snapshot, or everything that is wrong with the file, in its order.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html for the limits of names.
 * @example
 * ```ts
 * import { parseIam } from "@iamgate/sts";
 *
 * const parsed = parseIam('accounts: [{ id: "1111" }]', "iam.yaml");
 * console.assert(!parsed.ok && parsed.errors[0].message === 'iam.yaml:1:18: id "1111": expected 12 digits');
 * ```
 */
export function parseIam(text: string, source: string): ParsedIam {
  const yaml = readYaml(text, source);
  const reading: Reading = {
    yaml,
    found: { principals: [], accessKeys: new Map(), oidcProviders: [], accounts: new Map(), taken: new Set() },
  };
  let throttled: ReadonlySet<string> = new Set();
  if (yaml.errors.length === 0) {
    const file = fieldsOf(yaml, yaml.root, "file", ["accounts", "throttled"]);
    const accounts = file?.get("accounts");
    if (file !== undefined && accounts === undefined)
      yaml.report(file.node, "accounts", "a list of accounts; it is missing");
    for (const node of itemsOf(yaml, accounts, "accounts")) {
      const account = fieldsOf(yaml, node, "account", ACCOUNT_FIELDS);
      if (account !== undefined) readAccount(reading, account);
    }
    if (file !== undefined) throttled = readThrottled(yaml, file);
  }
  const [first, ...rest] = yaml.errors.toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (first !== undefined) return { ok: false, errors: [first, ...rest] };
  const { principals, accessKeys, oidcProviders, accounts } = reading.found;
  return { ok: true, iam: { source, principals, accessKeys, oidcProviders, accounts, throttled } };
}

const ACCOUNT_FIELDS = ["id", "partition", "root", "groups", "users", "roles", "federatedUsers", "oidcProviders"];

function readAccount(reading: Reading, fields: Fields): void {
  const { yaml, found } = reading;
  const account = textOf(yaml, fields, "id", ACCOUNT_ID);
  const partition = readPartition(yaml, fields);
  if (account === undefined || partition === undefined) return;
  const expected = "an account that is not declared yet";
  claim(reading, { at: fields.get("id"), field: "id", value: account, expected });
  found.accounts.set(account, partition);
  const facts = { account, partition };

  const rootNode = fields.get("root");
  if (rootNode !== undefined) {
    const root = fieldsOf(yaml, rootNode, "root", ["accessKeys"]);
    const arn = `arn:${partition}:iam::${account}:root`;
    const identity: Identity = { ...facts, kind: "root", arn, userId: account, label: "root" };
    if (root !== undefined) readKeys(reading, root, { identity });
  }
  const groups: Groups = readGroups(reading, fields);
  for (const node of itemsOf(yaml, fields.get("users"), "users")) readUser(reading, node, { facts, groups });
  for (const node of itemsOf(yaml, fields.get("roles"), "roles")) readRole(reading, node, facts);
  readFederatedUsers(reading, fields, facts);
  for (const node of itemsOf(yaml, fields.get("oidcProviders"), "oidcProviders")) {
    readOidcProvider(reading, node, facts);
  }
}

function readFederatedUsers(reading: Reading, fields: Fields, facts: AccountFacts): void {
  const { yaml } = reading;
  for (const node of itemsOf(yaml, fields.get("federatedUsers"), "federatedUsers")) {
    const session = fieldsOf(yaml, node, "federated user", SESSION_FIELDS);
    const name = session && textOf(yaml, session, "name", FEDERATED_NAME);
    if (session === undefined || name === undefined) continue;
    const label = `federated-user/${name}`;
    const arn = `arn:${facts.partition}:sts::${facts.account}:${label}`;
    const userId = `${facts.account}:${name}`;
    readSession(reading, session, { identity: { ...facts, kind: "federated-user", arn, userId, label } });
  }
}

function readThrottled(yaml: YamlReader, file: Fields): ReadonlySet<string> {
  const names = itemsOf(yaml, file.get("throttled"), "throttled").map((node) =>
    optionalTextOf(yaml, { node, get: () => node }, "action", {
      form: new RegExp(`^(?:${ACTION_NAMES.join("|")})$`),
      expected: `one of ${ACTION_NAMES.join(", ")}`,
    }),
  );
  return new Set(names.filter((name) => name !== undefined));
}

function readPartition(yaml: YamlReader, fields: Fields): string | undefined {
  const node = fields.get("partition");
  if (node === undefined) return "aws";
  const names = [...new Set(allStsHosts().map((sts) => sts.partition))];
  return optionalTextOf(yaml, fields, "partition", {
    form: new RegExp(`^(?:${names.join("|")})$`),
    expected: `one of ${names.join(", ")}`,
  });
}
