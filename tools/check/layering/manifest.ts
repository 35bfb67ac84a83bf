import type { Finding } from "../finding.ts";
import { importable, type Room, SEE_TABLE } from "./house.ts";

/** Where the dependencies in a package.json and the room's row of the table differ. */
export function judgeManifest(room: Room): Finding[] {
  const { house, owner, row } = room;
  const file = `${owner.directory}/package.json`;
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, devDependencies = {} } = owner.manifest;
  const shipped = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  const isAllowed = (name: string): boolean => {
    const internal = house.byName.get(name);
    if (internal !== undefined) return importable(room).includes(internal.directory);
    return row.outside.some((each) => each.name === name && !each.bundled);
  };
  const excess = shipped
    .filter((name) => !isAllowed(name))
    .map((name) => ({
      file,
      problem: `depends on "${name}", which ${owner.directory} may not import`,
      next: SEE_TABLE,
    }));
  const lacking = row.outside
    .filter(({ name, bundled }) => !(bundled ? Object.keys(devDependencies) : shipped).includes(name))
    .map(({ name, bundled }) => ({
      file,
      problem: `lacks "${name}" in ${bundled ? "devDependencies" : "dependencies"}, which the table in ARCHITECTURE.md names`,
      next: "correct one of the two",
    }));
  return [...excess, ...lacking];
}
