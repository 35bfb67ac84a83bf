import type { Package } from "../lib/workspace.ts";
import type { Allowance, Row } from "./table.ts";

/** What the layering check knows of the whole workspace. */
export interface House {
  readonly root: string;
  readonly packages: readonly Package[];
  readonly byName: ReadonlyMap<string, Package>;
  /** Development dependencies of the root: what every test may import. */
  readonly tools: ReadonlySet<string>;
}

/** A package in the house, with its row of the table. */
export interface Room {
  readonly house: House;
  readonly owner: Package;
  readonly row: Row;
}

/** Where the permissions stand. */
export const SEE_TABLE = "see the table in ARCHITECTURE.md";

/** The directories of the packages that a room may import. */
export function importable({ house, owner, row: { mayImport } }: Room): readonly string[] {
  if (mayImport !== "all") return mayImport;
  return house.packages
    .filter((each) => each !== owner && each.manifest.private !== true)
    .map(({ directory }) => directory);
}

/** Whether a permission holds in a file, by its path from the root. */
export function holdsIn({ owner }: Room, file: string, allowance: Allowance): boolean {
  return allowance.file === undefined || file === `${owner.directory}/${allowance.file}`;
}
