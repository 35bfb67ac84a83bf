import {
  type AwsAuth,
  type Finding,
  FINDING_RULES,
  type FindingRule,
  type Mappings,
  parseAwsAuth,
} from "@iamgate/access";
import type { Deps } from "./deps.ts";
import { quote } from "./lib/quote.ts";
import type { NamedFile } from "./lib/text-file.ts";
import { type LiveFile, openLiveFile, type ParsedFile } from "./live-file.ts";

/**
 * Opens the manifest of aws-auth and keeps its mapping at hand. What no longer parses, the file or one of its sections,
 * keeps what it said before; entries that are taken out act at once.
 *
 * @throws CliError naming file, line and column when the first reading fails, even in one section: there is nothing to keep.
 */
export function openMappingFile(file: NamedFile, deps: Deps): Promise<LiveFile<Mappings>> {
  return openLiveFile(
    {
      ...file,
      parse: (text, previous) => parseMappings(text, file.path, previous),
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

/** Rules by which a whole section, or the manifest, is not read. */
const FAILURES: ReadonlySet<FindingRule> = new Set([
  FINDING_RULES.manifestSyntax,
  FINDING_RULES.manifestTooLarge,
  FINDING_RULES.emptyManifest,
  FINDING_RULES.notAwsAuth,
  FINDING_RULES.sectionSyntax,
  FINDING_RULES.sectionNotText,
  FINDING_RULES.sectionNotList,
  FINDING_RULES.expansionTooLarge,
]);

function parseMappings(text: string, path: string, previous: Mappings | undefined): ParsedFile<Mappings> {
  const read = parseAwsAuth(text, path, previous === undefined ? {} : { previous });
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

function isFailure({ rule }: Finding): boolean {
  return FAILURES.has(rule);
}

/** `map.yaml:12:5: role-path: …; costs: the entry under iamgate, the entry on EKS`. */
function describeFinding({ place, rule, message, hint, effect }: Finding): string {
  const costs = [
    ...(effect.iamgate === "nothing" ? [] : [`the ${effect.iamgate} here`]),
    ...(effect.eks === "nothing" ? [] : [`the ${effect.eks} on EKS`]),
  ];
  const cost = costs.length === 0 ? "" : ` Costs ${costs.join(", ")}.`;
  return `${place.source}:${place.line}:${place.column}: ${rule}: ${message}${cost} ${hint}`;
}
