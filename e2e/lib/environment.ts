import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The repository's root. */
export const ROOT = join(import.meta.dirname, "../..");

/**
 * The whole environment of a program under test, with a home of its own: whatever AWS, kubectl or Python settings the
 * machine has do not reach it. PATH begins with this repository's `iamgate` and its Bun.
 */
export function ownEnvironment(home: string): Record<string, string> {
  mkdirSync(home, { recursive: true });
  return {
    PATH: [join(ROOT, "node_modules/.bin"), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
    HOME: home,
    LANG: "C.UTF-8",
    // An instance metadata address may answer, and slowly.
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
