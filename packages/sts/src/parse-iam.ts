import { allStsHosts, type Credentials } from "@iamgate/token";
import { hashPayload } from "@iamgate/token/sigv4";
import type { AccessKey, Iam, IamError, Identity, Principal } from "./iam.ts";
import {
  type Fields,
  fieldsOf,
  itemsOf,
  optionalTextOf,
  type Place,
  readYaml,
  type TextForm,
  textOf,
  type YamlReader,
} from "./lib/yaml-reader.ts";

/** What came of reading an iam file. */
export type ParsedIam =
  | { readonly ok: true; readonly iam: Iam }
  | { readonly ok: false; readonly errors: readonly [IamError, ...IamError[]] };

/**
 * Reads the accounts, users, roles with live sessions, federated users and root keys that a local STS is to know.
 *
 * The format is that of `iam.example.yaml`. Nothing is skipped: a field that does not exist is an error, like a value
 * of another form. Unique ids that are not declared are derived from the ARN, so that they stay the same.
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
  const found: Found = { principals: [], accessKeys: new Map(), taken: new Set() };
  if (yaml.errors.length === 0) {
    const file = fieldsOf(yaml, yaml.root, "file", ["accounts"]);
    const accounts = file?.get("accounts");
    if (file !== undefined && accounts === undefined)
      yaml.report(file.node, "accounts", "a list of accounts; it is missing");
    for (const node of itemsOf(yaml, accounts, "accounts")) {
      const account = fieldsOf(yaml, node, "account", ["id", "partition", "root", "users", "roles", "federatedUsers"]);
      if (account !== undefined) readAccount({ yaml, found }, account);
    }
  }
  const [first, ...rest] = yaml.errors.toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (first !== undefined) return { ok: false, errors: [first, ...rest] };
  return { ok: true, iam: { source, principals: found.principals, accessKeys: found.accessKeys } };
}

const NAME_CHARACTERS = "letters, digits and _+=,.@-";
const USER_NAME: TextForm = { form: /^[\w+=,.@-]{1,64}$/, expected: `1 to 64 of ${NAME_CHARACTERS}` };
const ROLE_NAME = USER_NAME;
const SESSION_NAME: TextForm = { form: /^[\w+=,.@-]{2,64}$/, expected: `2 to 64 of ${NAME_CHARACTERS}` };
const FEDERATED_NAME: TextForm = { form: /^[\w+=,.@-]{2,32}$/, expected: `2 to 32 of ${NAME_CHARACTERS}` };
const PATH: TextForm = {
  form: /^(?=.{1,512}$)\/(?:[!-.0-~]+\/)*$/,
  expected: "a path that begins and ends with a slash, such as / or /team/",
};
const ACCOUNT_ID: TextForm = { form: /^\d{12}$/, expected: "12 digits" };
const USER_ID: TextForm = { form: /^AIDA[A-Z0-9]{12,124}$/, expected: "AIDA and 12 to 124 capital letters or digits" };
const ROLE_ID: TextForm = { form: /^AROA[A-Z0-9]{12,124}$/, expected: "AROA and 12 to 124 capital letters or digits" };
// Key ids are no secrets, but whoever swaps id and secret would find the secret quoted.
const LONG_TERM_KEY_ID: TextForm = {
  form: /^AKIA[A-Z0-9]{12,124}$/,
  expected: "AKIA and 12 to 124 capital letters or digits",
  secret: true,
};
const TEMPORARY_KEY_ID: TextForm = {
  form: /^ASIA[A-Z0-9]{12,124}$/,
  expected: "ASIA and 12 to 124 capital letters or digits",
  secret: true,
};
const SECRET: TextForm = { form: /^[!-~]{8,128}$/, expected: "8 to 128 printable ASCII characters", secret: true };
const SESSION_TOKEN: TextForm = {
  form: /^[!-~]{8,8192}$/,
  expected: "8 to 8192 printable ASCII characters",
  secret: true,
};
const FLAG: TextForm = { form: /^(?:true|false)$/, expected: "true or false" };
const MOMENT: TextForm = {
  form: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
  expected: "a moment such as 2030-01-31T12:00:00Z",
};

const KEY_FIELDS = ["accessKeyId", "secretAccessKey", "active"];
const SESSION_FIELDS = ["name", "accessKeyId", "secretAccessKey", "sessionToken", "expiration"];

interface Found {
  readonly principals: Principal[];
  readonly accessKeys: Map<string, AccessKey>;
  /** What may stand only once in a file, as `kind value`. */
  readonly taken: Set<string>;
}

interface Reading {
  readonly yaml: YamlReader;
  readonly found: Found;
}

interface AccountFacts {
  readonly account: string;
  readonly partition: string;
}

function readAccount(reading: Reading, fields: Fields): void {
  const { yaml } = reading;
  const account = textOf(yaml, fields, "id", ACCOUNT_ID);
  const partition = readPartition(yaml, fields);
  if (account === undefined || partition === undefined) return;
  claim(reading, fields.get("id"), "id", account, "an account that is not declared yet");
  const facts = { account, partition };

  const rootNode = fields.get("root");
  if (rootNode !== undefined) {
    const root = fieldsOf(yaml, rootNode, "root", ["accessKeys"]);
    const arn = `arn:${partition}:iam::${account}:root`;
    if (root !== undefined) readKeys(reading, root, { ...facts, kind: "root", arn, userId: account, label: "root" });
  }
  for (const node of itemsOf(yaml, fields.get("users"), "users")) {
    const user = fieldsOf(yaml, node, "user", ["name", "path", "uniqueId", "accessKeys"]);
    if (user !== undefined) readUser(reading, user, facts);
  }
  for (const node of itemsOf(yaml, fields.get("roles"), "roles")) {
    const role = fieldsOf(yaml, node, "role", ["name", "path", "uniqueId", "sessions"]);
    if (role !== undefined) readRole(reading, role, facts);
  }
  for (const node of itemsOf(yaml, fields.get("federatedUsers"), "federatedUsers")) {
    const session = fieldsOf(yaml, node, "federated user", SESSION_FIELDS);
    const name = session && textOf(yaml, session, "name", FEDERATED_NAME);
    if (session === undefined || name === undefined) continue;
    const label = `federated-user/${name}`;
    const arn = `arn:${partition}:sts::${account}:${label}`;
    readSession(reading, session, { ...facts, kind: "federated-user", arn, userId: `${account}:${name}`, label });
  }
}

function readUser(reading: Reading, fields: Fields, facts: AccountFacts): void {
  const user = readPrincipal(reading, fields, { ...facts, kind: "user", nameForm: USER_NAME, idForm: USER_ID });
  if (user === undefined) return;
  readKeys(reading, fields, { ...facts, kind: "user", arn: user.arn, userId: user.uniqueId, label: user.name });
}

function readRole(reading: Reading, fields: Fields, facts: AccountFacts): void {
  const role = readPrincipal(reading, fields, { ...facts, kind: "role", nameForm: ROLE_NAME, idForm: ROLE_ID });
  if (role === undefined) return;
  for (const node of itemsOf(reading.yaml, fields.get("sessions"), "sessions")) {
    const session = fieldsOf(reading.yaml, node, "session", SESSION_FIELDS);
    const name = session && textOf(reading.yaml, session, "name", SESSION_NAME);
    if (session === undefined || name === undefined) continue;
    const label = `${role.name}/${name}`;
    // The role's path is dropped here, as STS does.
    const arn = `arn:${facts.partition}:sts::${facts.account}:assumed-role/${label}`;
    readSession(reading, session, { ...facts, kind: "role-session", arn, userId: `${role.uniqueId}:${name}`, label });
  }
}

function readPrincipal(
  reading: Reading,
  fields: Fields,
  as: AccountFacts & { readonly kind: "user" | "role"; readonly nameForm: TextForm; readonly idForm: TextForm },
): Principal | undefined {
  const { yaml } = reading;
  const { kind, account, partition } = as;
  const name = textOf(yaml, fields, "name", as.nameForm);
  const path = fields.get("path") === undefined ? "/" : optionalTextOf(yaml, fields, "path", PATH);
  const declaredId = optionalTextOf(yaml, fields, "uniqueId", as.idForm);
  if (name === undefined || path === undefined) return undefined;
  // IAM tells names of one account apart by more than their case.
  claim(
    reading,
    fields.get("name"),
    "name",
    `${account} ${kind} ${name.toLowerCase()}`,
    `a ${kind} that is not declared yet`,
    name,
  );
  const arn = `arn:${partition}:iam::${account}:${kind}${path}${name}`;
  const uniqueId = declaredId ?? derivedId(kind === "user" ? "AIDA" : "AROA", arn);
  claim(reading, fields.get("uniqueId") ?? fields.node, "uniqueId", uniqueId, "an id that nobody else has");
  const principal: Principal = { kind, account, name, path, arn, uniqueId };
  reading.found.principals.push(principal);
  return principal;
}

function readKeys(reading: Reading, owner: Fields, identity: Identity): void {
  for (const node of itemsOf(reading.yaml, owner.get("accessKeys"), "accessKeys")) {
    const fields = fieldsOf(reading.yaml, node, "access key", KEY_FIELDS);
    if (fields === undefined) continue;
    const accessKeyId = textOf(reading.yaml, fields, "accessKeyId", LONG_TERM_KEY_ID);
    const secretAccessKey = textOf(reading.yaml, fields, "secretAccessKey", SECRET);
    const active = optionalTextOf(reading.yaml, fields, "active", FLAG) !== "false";
    if (accessKeyId === undefined || secretAccessKey === undefined) continue;
    addKey(reading, fields, { credentials: { accessKeyId, secretAccessKey }, active, identity });
  }
}

function readSession(reading: Reading, fields: Fields, identity: Identity): void {
  const { yaml } = reading;
  const accessKeyId = textOf(yaml, fields, "accessKeyId", TEMPORARY_KEY_ID);
  const secretAccessKey = textOf(yaml, fields, "secretAccessKey", SECRET);
  const sessionToken = textOf(yaml, fields, "sessionToken", SESSION_TOKEN);
  const expiration = readMoment(yaml, fields, "expiration");
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) return;
  const credentials: Credentials = {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    ...(expiration !== undefined && { expiration }),
  };
  addKey(reading, fields, { credentials, active: true, identity });
}

function addKey(reading: Reading, fields: Fields, key: AccessKey): void {
  const { accessKeyId } = key.credentials;
  claim(reading, fields.get("accessKeyId"), "accessKeyId", accessKeyId, "an access key id that is not declared yet");
  reading.found.accessKeys.set(accessKeyId, key);
}

/** Takes what may stand only once, or reports that it is taken. */
function claim(reading: Reading, at: Place, field: string, value: string, expected: string, shown = value): void {
  const key = `${field} ${value}`;
  if (reading.found.taken.has(key)) reading.yaml.report(at, field, expected, shown);
  reading.found.taken.add(key);
}

function readPartition(yaml: YamlReader, fields: Fields): string | undefined {
  const node = fields.get("partition");
  if (node === undefined) return "aws";
  const names = [...new Set(allStsHosts().map((sts) => sts.partition))];
  const partition = optionalTextOf(yaml, fields, "partition", {
    form: new RegExp(`^(?:${names.join("|")})$`),
    expected: `one of ${names.join(", ")}`,
  });
  return partition;
}

function readMoment(yaml: YamlReader, fields: Fields, name: string): Date | undefined {
  const text = optionalTextOf(yaml, fields, name, MOMENT);
  if (text === undefined) return undefined;
  const moment = new Date(text);
  // Date rolls 31 February over; a real moment spells itself the same again.
  const real = !Number.isNaN(moment.getTime()) && moment.toISOString() === text.replace("Z", ".000Z");
  if (!real) yaml.report(fields.get(name), name, "a day and time that exist", text);
  return real ? moment : undefined;
}

/** A unique id that stays the same as long as the ARN does. */
function derivedId(prefix: string, arn: string): string {
  return prefix + hashPayload(arn).slice(0, 17).toUpperCase();
}
