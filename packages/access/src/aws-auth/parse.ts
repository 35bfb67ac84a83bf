import { asciiFold } from "../lib/ascii-fold.ts";
import { indexOf, ssoKey } from "../lib/mapping-index.ts";
import type { Finding, MappingEntry, Mappings, Matcher, Place, Section } from "../mappings.ts";
import { FINDING_RULES } from "./finding-rules.ts";
import { finding, type OffsetFinding } from "./findings.ts";
import { readManifest } from "./manifest.ts";
import { positionsOf } from "./positions.ts";
import { readSection } from "./section.ts";

/** What came of reading aws-auth. */
export interface AwsAuth {
  /** Whether the text is the manifest of aws-auth at all. If not, `mappings` is the previous snapshot as it was. */
  readonly ok: boolean;
  /** What is in force now. */
  readonly mappings: Mappings;
  /** Everything odd, in the order of the file. */
  readonly findings: readonly Finding[];
  /** Sections that do not parse, whose entries are those of the previous snapshot. All three where `ok` is false. */
  readonly failedSections: readonly Section[];
}

/** How aws-auth is read. */
export interface ParseAwsAuthOptions {
  /** The snapshot in force until now: a section that does not parse keeps its entries. Without one it is empty. */
  readonly previous?: Mappings;
  /** Refuse every entry that has a finding of level error; false by default. */
  readonly strict?: boolean;
  /** Prefixes that no rendered username or group may begin with, for example `system:`; none by default. */
  readonly reservedPrefixes?: readonly string[];
}

/**
 * Reads the manifest of the ConfigMap `kube-system/aws-auth`, YAML or JSON. Never throws on any text.
 *
 * Whoever the Go authenticator of Amazon EKS lets in under a real name is let in with the same name and groups, never
 * with more, and always by the same entry; every oddity is a finding with its line and column in this very text.
 * What EKS makes of a map was recorded from aws-iam-authenticator 0.7.18, see vectors/aws-auth.
 *
 * @param manifestText - The manifest; at most 1 MiB of data.
 * @param source - What it was read from, for people: a path, or an object with its resourceVersion.
 * @param options - See {@link ParseAwsAuthOptions}.
 * @returns The snapshot now in force and what was found. `ok` is false where the text is no YAML, is empty, is too large
 * or is not that ConfigMap: then `mappings` is the previous snapshot itself, or an empty one. A section that does not
 * parse keeps its previous entries and is named in `failedSections`; a section that is gone or empty is empty at once.
 *
 * @example
 * ```ts
 * import { parseAwsAuth } from "@iamgate/access";
 *
 * const { ok, mappings, findings } = parseAwsAuth(
 *   `apiVersion: v1
 * kind: ConfigMap
 * metadata: { name: aws-auth, namespace: kube-system }
 * data:
 *   mapRoles: |
 *     - rolearn: arn:aws:iam::111122223333:role/team/Admin
 *       username: admin
 * `,
 *   "aws-auth.yaml",
 * );
 * console.assert(ok && mappings.entries.length === 1);
 * console.assert(findings[0]?.rule === "role-path" && findings[0].place.line === 6);
 * ```
 */
export function parseAwsAuth(manifestText: string, source: string, options: ParseAwsAuthOptions = {}): AwsAuth {
  // A byte order mark takes no column.
  const text = manifestText.replace(/^\uFEFF/, "").toWellFormed();
  const { previous, strict = false, reservedPrefixes = [] } = options;
  const position = positionsOf(text);
  const placed = (offset: number): Place => ({ source, ...position(offset) });
  const findings: Finding[] = [];
  // An alias may bring the same lines into many entries; once is enough to say what is odd about them.
  const said = new Set<string>();
  const say = ({ offset, ...odd }: OffsetFinding): void => {
    const key = `${offset} ${odd.rule}`;
    if (!said.has(key)) findings.push({ ...odd, place: placed(offset) });
    said.add(key);
  };

  const manifest = readManifest(text);
  for (const each of manifest.findings) say(each);
  if (!manifest.ok) {
    return { ok: false, mappings: previous ?? { source, entries: [] }, findings, failedSections: manifest.failed };
  }
  const replaced = text.indexOf("\uFFFD");
  if (replaced !== -1) {
    say(
      finding(FINDING_RULES.replacementCharacter, {
        message: "The text holds U+FFFD, which stands for bytes that are not UTF-8.",
        hint: "Save the file as UTF-8.",
        offset: replaced,
      }),
    );
  }

  const failed = new Set<Section>(manifest.failed);
  const fresh: Candidate[] = [];
  for (const { section, text: inner, outerOffset } of manifest.sections) {
    const outer = (odd: OffsetFinding): OffsetFinding => ({ ...odd, offset: outerOffset(odd.offset) });
    const read = readSection(section, inner, reservedPrefixes);
    for (const each of read.findings) say(outer(each));
    if (read.entries === undefined) failed.add(section);
    for (const { entry, offset, findings: odd } of read.entries ?? []) {
      const at = outerOffset(offset);
      fresh.push({ entry: { ...entry, place: placed(at) }, offset: at, findings: odd.map(outer) });
    }
  }

  const entries: MappingEntry[] = [...failed].flatMap((section) => entriesOf(previous, section));
  for (const { entry, findings: odd } of withDuplicates(fresh)) {
    const refused = strict && odd.some(({ level }) => level === "error");
    for (const each of odd) {
      say(refused && each.level === "error" ? { ...each, effect: { ...each.effect, iamgate: "entry" } } : each);
    }
    if (!refused) entries.push(entry);
  }
  const mappings: Mappings = { source, entries: entries.toSorted(bySection) };
  // Off the path of requests, whose first one would otherwise pay for it.
  indexOf(mappings);
  return {
    ok: true,
    mappings,
    findings: findings.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column),
    failedSections: ORDER.filter((section) => failed.has(section)),
  };
}

interface Candidate {
  readonly entry: MappingEntry;
  readonly offset: number;
  readonly findings: readonly OffsetFinding[];
}

/**
 * Marks each entry that another beats. A loser that would give something else has an error, so that a strict reader, which
 * may refuse the winner, does not thereby hand the caller to the loser.
 */
function withDuplicates(candidates: readonly Candidate[]): readonly Candidate[] {
  const winners = new Map<string, MappingEntry>();
  const keyOf = (section: Section, { matcher }: MappingEntry): string => `${section} ${matcherKey(matcher)}`;
  for (const { entry } of candidates) winners.set(keyOf(entry.section, entry), entry);
  return candidates.map((candidate) => {
    const { entry } = candidate;
    const inRoles = entry.section === "mapUsers" ? winners.get(keyOf("mapRoles", entry)) : undefined;
    const winner = inRoles ?? winners.get(keyOf(entry.section, entry)) ?? entry;
    if (winner === entry) return candidate;
    return { ...candidate, findings: [...candidate.findings, beaten(candidate, winner)] };
  });
}

function beaten({ entry, offset }: Candidate, winner: MappingEntry): OffsetFinding {
  const { matcher } = entry;
  const same = entry.username === winner.username && entry.groups.join("\n") === winner.groups.join("\n");
  const line = `line ${winner.place.line}`;
  if (matcher.kind !== "arn") {
    return finding(FINDING_RULES.duplicateMatcher, {
      message: `The same ${matcher.kind === "sso" ? "permission set" : "account"} is named again in ${line}, which wins.`,
      hint: "Keep one of the two.",
      offset,
      level: same ? "warning" : "error",
    });
  }
  return finding(FINDING_RULES.duplicateArn, {
    message: `${matcher.arn} is named again in ${line}${winner.section === entry.section ? "" : ` (${winner.section})`}, which wins.`,
    hint: "Keep one of the two, with the groups of both if both are meant.",
    offset,
    level: same ? "warning" : "error",
  });
}

function matcherKey(matcher: Matcher): string {
  switch (matcher.kind) {
    case "arn":
      return `arn ${asciiFold(matcher.arn)}`;
    case "sso":
      return `sso ${ssoKey(matcher.partition, matcher.account, matcher.permissionSet)}`;
    case "account":
      return `account ${matcher.account}`;
  }
}

function entriesOf(mappings: Mappings | undefined, section: Section): readonly MappingEntry[] {
  return mappings?.entries.filter((entry) => entry.section === section) ?? [];
}

const ORDER: readonly Section[] = ["mapRoles", "mapUsers", "mapAccounts"];

function bySection(a: MappingEntry, b: MappingEntry): number {
  return ORDER.indexOf(a.section) - ORDER.indexOf(b.section);
}
