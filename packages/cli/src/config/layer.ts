import type { ExtraAuthority } from "@iamgate/token";
import type { GateRules } from "@iamgate/webhook";
import { CLI_ERROR_CODES, CliError, usageError } from "../errors.ts";
import type { Address } from "../lib/address.ts";
import type { NamedFile } from "../lib/text-file.ts";
import type { MappingFile } from "../mapping-file.ts";

/** Where a value was given: by a flag, or at a place in a file. */
export interface Origin {
  /** `--listen`, or a file's setting: `clusters[0].id`. */
  readonly name: string;
  /** `iamgate.yaml:3:9`; absent for a flag. */
  readonly place?: string;
}

/** A value and where it was given. */
export interface Given<T> extends Origin {
  readonly value: T;
}

/** What one source of settings says; what it leaves open is absent. Paths are as they are to be opened. */
export interface SettingsLayer {
  readonly listen?: Given<Address> | undefined;
  readonly operations?: Given<Address | "off"> | undefined;
  readonly stateDir?: Given<string> | undefined;
  readonly cert?: Given<string> | undefined;
  readonly key?: Given<string> | undefined;
  readonly clientCa?: Given<string> | undefined;
  readonly clusters?: readonly ClusterLayer[];
  readonly partition?: Given<string> | undefined;
  readonly regions?: readonly Given<string>[] | undefined;
  readonly stsHosts?: readonly Given<ExtraAuthority>[] | undefined;
  readonly dialAddress?: Given<Address> | undefined;
  readonly dialCa?: Given<string> | undefined;
  readonly futureSkewSeconds?: Given<number> | undefined;
  readonly gate?: Partial<GateRules>;
  readonly drainSeconds?: Given<number> | undefined;
}

/** What one source says of a cluster. */
export interface ClusterLayer {
  readonly id?: Given<string> | undefined;
  readonly awsAuth?: Given<MappingFile> | undefined;
  readonly path?: Given<string> | undefined;
}

/** A file that a setting names, for whoever reads it and for messages. */
export function fileOf({ name, place, value }: Given<string>): NamedFile {
  return { path: value, flag: place === undefined ? name : `${name} (${place})` };
}

/** A value that does not go with the others: a wrong command line, or a wrong file. */
export function misfit({ name, place }: Origin, state: string, hint: string): CliError {
  if (place === undefined) return usageError(`flag ${name}${state}`, hint);
  return new CliError(CLI_ERROR_CODES.invalidFile, `reading --config: ${place}: ${name}${state}`, { hint });
}
