import type { Credentials } from "@iamgate/token";
import type { AccessKey } from "../iam.ts";
import { type Fields, fieldsOf, itemsOf, textOf } from "../lib/yaml-reader.ts";
import { LONG_TERM_KEY_ID, SECRET, SESSION_TOKEN, TEMPORARY_KEY_ID } from "./forms.ts";
import { claim, readActive, readMoment, type Reading } from "./reading.ts";

/** Whose keys are being read. */
export type KeyOwner = Pick<AccessKey, "identity" | "principal">;

const KEY_FIELDS = ["accessKeyId", "secretAccessKey", "active"];

/** The fields of a live session. */
export const SESSION_FIELDS = ["name", "accessKeyId", "secretAccessKey", "sessionToken", "expiration"];

/** Reads the long-term keys of a user or of an account's root user. */
export function readKeys(reading: Reading, fields: Fields, owner: KeyOwner): void {
  for (const node of itemsOf(reading.yaml, fields.get("accessKeys"), "accessKeys")) {
    const key = fieldsOf(reading.yaml, node, "access key", KEY_FIELDS);
    if (key === undefined) continue;
    const accessKeyId = textOf(reading.yaml, key, "accessKeyId", LONG_TERM_KEY_ID);
    const secretAccessKey = textOf(reading.yaml, key, "secretAccessKey", SECRET);
    const active = readActive(reading.yaml, key) && owner.principal?.active !== false;
    if (accessKeyId === undefined || secretAccessKey === undefined) continue;
    addKey(reading, key, { ...owner, credentials: { accessKeyId, secretAccessKey }, active });
  }
}

/** Reads the temporary keys of a session that is there from the beginning. */
export function readSession(reading: Reading, fields: Fields, owner: KeyOwner): void {
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
  addKey(reading, fields, { ...owner, credentials, active: owner.principal?.active !== false });
}

function addKey(reading: Reading, fields: Fields, key: AccessKey): void {
  const { accessKeyId } = key.credentials;
  const at = fields.get("accessKeyId");
  const expected = "an access key id that is not declared yet";
  claim(reading, { at, field: "accessKeyId", value: accessKeyId, expected });
  reading.found.accessKeys.set(accessKeyId, key);
}
