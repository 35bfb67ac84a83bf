import { hashPayload } from "@iamgate/token/sigv4";
import type { AccessKey, OidcProvider, Principal } from "../iam.ts";
import { type Fields, optionalTextOf, type Place, type YamlReader } from "../lib/yaml-reader.ts";
import { FLAG, MOMENT } from "./forms.ts";

/** A file being read, and what was found in it so far. */
export interface Reading {
  readonly yaml: YamlReader;
  readonly found: {
    readonly principals: Principal[];
    readonly accessKeys: Map<string, AccessKey>;
    readonly oidcProviders: OidcProvider[];
    /** Partitions by account. */
    readonly accounts: Map<string, string>;
    /** What may stand only once in a file, as `kind value`. */
    readonly taken: Set<string>;
  };
}

/** The account that is being read. */
export interface AccountFacts {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
}

/** Takes what may stand only once, or reports that it is taken. */
export function claim({ yaml, found }: Reading, { at, field, value, expected, shown = value }: Claimed): void {
  const key = `${field} ${value}`;
  if (found.taken.has(key)) yaml.report(at, field, expected, shown);
  found.taken.add(key);
}

/** Something that may stand only once. */
export interface Claimed {
  readonly at: Place;
  readonly field: string;
  /** By which two are the same. */
  readonly value: string;
  readonly expected: string;
  /** As it stands in the file. */
  readonly shown?: string;
}

/** A moment of a field that may be absent. */
export function readMoment(yaml: YamlReader, fields: Fields, name: string): Date | undefined {
  const text = optionalTextOf(yaml, fields, name, MOMENT);
  if (text === undefined) return undefined;
  const moment = new Date(text);
  // Date rolls 31 February over; a real moment spells itself the same again.
  const real = !Number.isNaN(moment.getTime()) && moment.toISOString() === text.replace("Z", ".000Z");
  if (!real) yaml.report(fields.get(name), name, "a day and time that exist", text);
  return real ? moment : undefined;
}

/** The flag `active`, which is on unless it is switched off. */
export function readActive(yaml: YamlReader, fields: Fields): boolean {
  return optionalTextOf(yaml, fields, "active", FLAG) !== "false";
}

/** A unique id that stays the same as long as what it is derived from does. */
export function derivedId(prefix: string, from: string): string {
  return prefix + hashPayload(from).slice(0, 17).toUpperCase();
}
