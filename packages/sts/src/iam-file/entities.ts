import type { Node } from "yaml";
import type { Entity, Identity, Role, User } from "../iam.ts";
import { decodeBase32 } from "../lib/base32.ts";
import {
  type Fields,
  fieldsOf,
  itemsOf,
  optionalTextOf,
  type TextForm,
  textOf,
  type YamlReader,
} from "../lib/yaml-reader.ts";
import type { MfaDevice } from "../mfa.ts";
import type { PolicyDocument } from "../policy/types.ts";
import {
  LONG_NAME,
  MAX_SESSION_DURATION,
  MFA_SEED,
  MFA_SERIAL,
  NAME,
  PATH,
  ROLE_ID,
  SESSION_NAME,
  TAG_KEY,
  TAG_VALUE,
  USER_ID,
} from "./forms.ts";
import { readKeys, readSession, SESSION_FIELDS } from "./keys.ts";
import { readPolicies, readPolicy } from "./policies.ts";
import { type AccountFacts, claim, derivedId, readActive, readMoment, type Reading } from "./reading.ts";

/** The policies of an account's groups, by their names. */
export type Groups = ReadonlyMap<string, readonly PolicyDocument[]>;

/** Reads an account's groups. */
export function readGroups(reading: Reading, account: Fields): Groups {
  const groups = new Map<string, readonly PolicyDocument[]>();
  for (const node of itemsOf(reading.yaml, account.get("groups"), "groups")) {
    const fields = fieldsOf(reading.yaml, node, "group", ["name", "policies"]);
    const name = fields && textOf(reading.yaml, fields, "name", LONG_NAME);
    if (fields === undefined || name === undefined) continue;
    if (groups.has(name)) reading.yaml.report(fields.get("name"), "name", "a group that is not declared yet", name);
    groups.set(name, readPolicies(reading, fields, "group"));
  }
  return groups;
}

/** Reads a user and its keys. */
export function readUser(
  reading: Reading,
  node: Node,
  { facts, groups }: { facts: AccountFacts; groups: Groups },
): void {
  const { yaml, found } = reading;
  const fields = fieldsOf(yaml, node, "user", [...ENTITY_FIELDS, "groups", "mfa", "accessKeys"]);
  const entity = fields && readEntity(reading, fields, { ...facts, kind: "user", idPrefix: "AIDA", idForm: USER_ID });
  if (fields === undefined || entity === undefined) return;
  const mfa = readMfa(yaml, fields, entity);
  const policies = [...entity.policies, ...policiesOfGroups(yaml, fields, groups)];
  const user: User = { ...entity, kind: "user", policies, ...(mfa !== undefined && { mfa }) };
  found.principals.push(user);
  const identity: Identity = { ...facts, kind: "user", arn: user.arn, userId: user.uniqueId, label: user.name };
  readKeys(reading, fields, { identity, principal: user });
}

/** Reads a role and its live sessions. */
export function readRole(reading: Reading, node: Node, facts: AccountFacts): void {
  const { yaml, found } = reading;
  const own = ["trustPolicy", "maxSessionDurationSeconds", "sessions"];
  const fields = fieldsOf(yaml, node, "role", [...ENTITY_FIELDS, ...own]);
  const entity = fields && readEntity(reading, fields, { ...facts, kind: "role", idPrefix: "AROA", idForm: ROLE_ID });
  if (fields === undefined || entity === undefined) return;
  const maximum = optionalTextOf(yaml, fields, "maxSessionDurationSeconds", MAX_SESSION_DURATION);
  const trust = readPolicy(reading, fields.get("trustPolicy"), {
    name: `trust policy of ${entity.name}`,
    kind: "trust",
  });
  const role: Role = {
    ...entity,
    kind: "role",
    maxSessionDurationSeconds: Number(maximum ?? DEFAULT_MAX_SESSION_SECONDS),
    ...(trust !== undefined && { trust }),
  };
  found.principals.push(role);
  for (const item of itemsOf(yaml, fields.get("sessions"), "sessions")) {
    const session = fieldsOf(yaml, item, "session", SESSION_FIELDS);
    const name = session && textOf(yaml, session, "name", SESSION_NAME);
    if (session === undefined || name === undefined) continue;
    const label = `${role.name}/${name}`;
    // The role's path is dropped here, as STS does.
    const arn = `arn:${facts.partition}:sts::${facts.account}:assumed-role/${label}`;
    const identity: Identity = { ...facts, kind: "role-session", arn, userId: `${role.uniqueId}:${name}`, label };
    readSession(reading, session, { identity, principal: role });
  }
}

const ENTITY_FIELDS = ["name", "path", "uniqueId", "created", "active", "tags", "policies", "permissionsBoundary"];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html */
const DEFAULT_MAX_SESSION_SECONDS = 3_600;

interface EntityKind extends AccountFacts {
  readonly kind: "user" | "role";
  readonly idPrefix: string;
  readonly idForm: TextForm;
}

function readEntity(reading: Reading, fields: Fields, as: EntityKind): Entity | undefined {
  const { yaml } = reading;
  const { kind, account, partition } = as;
  const name = textOf(yaml, fields, "name", NAME);
  const path = fields.get("path") === undefined ? "/" : optionalTextOf(yaml, fields, "path", PATH);
  const declaredId = optionalTextOf(yaml, fields, "uniqueId", as.idForm);
  const created = readMoment(yaml, fields, "created");
  if (name === undefined || path === undefined) return undefined;
  // IAM tells names of one account apart by more than their case.
  const value = `${account} ${kind} ${name.toLowerCase()}`;
  const expected = `a ${kind} that is not declared yet`;
  claim(reading, { at: fields.get("name"), field: "name", value, expected, shown: name });
  const arn = `arn:${partition}:iam::${account}:${kind}${path}${name}`;
  // One made anew under the same name is another one, for AWS as for everybody who holds its unique id.
  const from = created === undefined ? arn : `${arn} ${created.toISOString()}`;
  const uniqueId = declaredId ?? derivedId(as.idPrefix, from);
  const at = fields.get("uniqueId") ?? fields.node;
  claim(reading, { at, field: "uniqueId", value: uniqueId, expected: "an id that nobody else has" });
  const boundary = readPolicy(reading, fields.get("permissionsBoundary"), {
    name: `permissions boundary of ${name}`,
    kind: "boundary",
  });
  return {
    account,
    partition,
    name,
    path,
    arn,
    uniqueId,
    active: readActive(yaml, fields),
    tags: readTags(yaml, fields),
    policies: readPolicies(reading, fields, kind),
    ...(boundary !== undefined && { boundary }),
  };
}

function readTags(yaml: YamlReader, fields: Fields): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const node of itemsOf(yaml, fields.get("tags"), "tags")) {
    const tag = fieldsOf(yaml, node, "tag", ["key", "value"]);
    const key = tag && textOf(yaml, tag, "key", TAG_KEY);
    const value = tag && textOf(yaml, tag, "value", TAG_VALUE);
    if (tag === undefined || key === undefined || value === undefined) continue;
    // Tag keys are case-insensitive, and keep their case.
    if ([...tags.keys()].some((other) => other.toLowerCase() === key.toLowerCase())) {
      yaml.report(tag.get("key"), "key", "a tag that its owner does not have yet", key);
    }
    tags.set(key, value);
  }
  if (tags.size > 50) yaml.report(fields.get("tags"), "tags", "at most 50 tags");
  return tags;
}

function policiesOfGroups(yaml: YamlReader, fields: Fields, groups: Groups): readonly PolicyDocument[] {
  return itemsOf(yaml, fields.get("groups"), "groups").flatMap((node) => {
    const name = optionalTextOf(yaml, { node, get: () => node }, "group", LONG_NAME);
    if (name === undefined) return [];
    const policies = groups.get(name);
    if (policies === undefined) yaml.report(node, "group", "a group that this account declares", name);
    return policies ?? [];
  });
}

function readMfa(yaml: YamlReader, fields: Fields, user: Entity): MfaDevice | undefined {
  const node = fields.get("mfa");
  const device = node && fieldsOf(yaml, node, "mfa", ["serialNumber", "seed"]);
  if (device === undefined) return undefined;
  const seed = textOf(yaml, device, "seed", MFA_SEED);
  const serialNumber =
    optionalTextOf(yaml, device, "serialNumber", MFA_SERIAL) ??
    `arn:${user.partition}:iam::${user.account}:mfa/${user.name}`;
  const bytes = seed === undefined ? undefined : decodeBase32(seed);
  return bytes && { serialNumber, seed: bytes };
}
