import { type Iam, parseIam } from "@iamgate/sts";
import type { Deps } from "./deps.ts";
import type { NamedFile } from "./lib/text-file.ts";
import { type LiveFile, openLiveFile } from "./live-file.ts";

/**
 * Opens the file that declares a local STS's identities and keeps it at hand; one that no longer parses keeps what it
 * said before.
 *
 * @throws CliError naming file, line and column when the first reading fails.
 */
export function openIamFile(file: NamedFile, deps: Deps): Promise<LiveFile<Iam>> {
  return openLiveFile(
    {
      ...file,
      parse: (text) => {
        const parsed = parseIam(text, file.path);
        if (parsed.ok) return { ok: true, value: parsed.iam, warnings: [], problems: [] };
        const problems = parsed.errors.map((error) => error.message);
        return {
          ok: false,
          problems,
          hint: "correct the line; `iamgate sts --example` prints a file with every field",
        };
      },
      describe: describeIam,
      keptMeans: "changes in it have no effect until it is right again",
    },
    deps,
  );
}

/** `5 access keys`. */
export function describeIam({ accessKeys }: Iam): string {
  return accessKeys.size === 1 ? "1 access key" : `${accessKeys.size} access keys`;
}
