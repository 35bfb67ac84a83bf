import { type AwsAuth, type Mappings, parseAwsAuth } from "@iamgate/access";
import { parseMountedFile } from "./config/go-authenticator/mounted-file.ts";
import type { Deps } from "./deps.ts";
import { quote } from "./lib/quote.ts";
import type { NamedFile } from "./lib/text-file.ts";
import { type LiveFile, openLiveFile, type ParsedFile } from "./live-file.ts";
import { describeFinding, isFailure } from "./mapping-findings.ts";

/** A file that holds a mapping. */
export interface MappingFile extends NamedFile {
  /** The Go authenticator's configuration, which has the mapping in it; the manifest of aws-auth when absent. */
  readonly format?: "aws-iam-authenticator";
}

/**
 * Opens the manifest of aws-auth, or the Go authenticator's own file, and keeps its mapping at hand. What no longer parses, the file or one of its sections,
 * keeps what it said before; entries that are taken out act at once.
 *
 * @throws CliError naming file, line and column when the first reading fails, even in one section: there is nothing to keep.
 */
export function openMappingFile(file: MappingFile, deps: Deps): Promise<LiveFile<Mappings>> {
  return openLiveFile(
    {
      ...file,
      parse: (text, previous) => parseMappings(text, file, previous),
      describe: describeMappings,
      keptMeans: "changes in it have no effect until it is right again, and whom it named before is still let in",
    },
    deps,
  );
}

/** `12 entries`. */
export function describeMappings({ entries }: Mappings): string {
  return entries.length === 1 ? "1 entry" : `${entries.length} entries`;
}

function parseMappings(
  text: string,
  { path, format }: MappingFile,
  previous: Mappings | undefined,
): ParsedFile<Mappings> {
  const parse = format === "aws-iam-authenticator" ? parseMountedFile : parseAwsAuth;
  const read = parse(text, path, previous === undefined ? {} : { previous });
  const problems = problemsOf(read, path);
  if (!read.ok) return { ok: false, problems, hint: hintOf(read) };
  const warnings = read.findings.filter((finding) => !isFailure(finding)).map(describeFinding);
  return { ok: true, value: read.mappings, warnings, problems };
}

function problemsOf({ ok, findings, failedSections }: AwsAuth, path: string): readonly string[] {
  const found = findings.filter(isFailure).map(describeFinding);
  if (found.length > 0 || (ok && failedSections.length === 0)) return found;
  return [`${quote(path)}: ${failedSections.join(", ")} cannot be read`];
}

function hintOf({ findings }: AwsAuth): string {
  return findings.find(isFailure)?.hint ?? "correct the file";
}
