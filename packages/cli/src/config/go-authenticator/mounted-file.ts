import {
  type AwsAuth,
  canonicalArn,
  type Finding,
  FINDING_RULES,
  type FindingRule,
  type MappingEntry,
  type Mappings,
  parseArn,
  parseAwsAuth,
  type ParseAwsAuthOptions,
  type Place,
  type Section,
} from "@iamgate/access";
import { isSeq } from "yaml";
import { readYamlFile, type YamlFile } from "../yaml-file.ts";
import { type GoSettings, goSettingsOf } from "./go-settings.ts";
import { manifestOf } from "./manifest-of.ts";
import { reservedPrefixesOf } from "./reserved-prefixes.ts";

const SECTIONS: readonly Section[] = ["mapRoles", "mapUsers", "mapAccounts"];

/**
 * Reads the mapping that stands in the Go authenticator's own configuration (its backend MountedFile): server.mapRoles,
 * server.mapUsers, server.mapAccounts. Never throws on any text.
 *
 * The entries are read as those of aws-auth are, and so with its findings: both name the same fields, and the Go
 * authenticator reads both whatever the case of their letters. Every place is one in this very text.
 */
export function parseMountedFile(
  text: string,
  source: string,
  { previous }: Pick<ParseAwsAuthOptions, "previous"> = {},
): AwsAuth {
  const refused = (findings: readonly Finding[]): AwsAuth => ({
    ok: false,
    mappings: previous ?? { source, entries: [] },
    findings,
    failedSections: SECTIONS,
  });
  const yaml = readYamlFile(text, source, "failsafe");
  if (!yaml.ok) {
    const [{ place, text: state, hint }] = yaml.problems;
    return refused([failure(FINDING_RULES.manifestSyntax, placeFrom(place, source), state, hint)]);
  }
  const { file } = yaml;
  const { settings } = goSettingsOf(file);
  const prefixes = reservedPrefixesOf(settings.get("server.reservedprefixconfig"), file);
  if (!prefixes.ok) {
    const { place, text: state, hint } = prefixes.problem;
    return refused([failure(FINDING_RULES.notAwsAuth, placeFrom(place, source), state, hint)]);
  }
  const wrong = SECTIONS.flatMap((section) => notAList(section, settings, { file, source }));
  if (wrong.length > 0) return refused(wrong);
  const made = manifestOf(
    text,
    SECTIONS.flatMap((section) => {
      const node = settings.get(`server.${section.toLowerCase()}`)?.node;
      return isSeq(node) ? [{ section, node }] : [];
    }),
  );
  if (!made.ok) {
    const { section, line, column } = made;
    const message = `server.${section} begins on the line of its key and goes on below, or shares its line`;
    const hint = 'write each of its entries on a line of its own, after "- "';
    return refused([failure(FINDING_RULES.sectionSyntax, { source, line, column }, message, hint)]);
  }
  const read = parseAwsAuth(made.manifest, source, previous === undefined ? {} : { previous });
  const kept = new Set(previous?.entries);
  const entries = read.mappings.entries.map((entry): MappingEntry => {
    if (kept.has(entry)) return entry;
    const { matcher } = entry;
    return {
      ...entry,
      matcher: matcher.kind === "arn" ? { kind: "arn", arn: asMatched(matcher.arn) } : matcher,
      place: made.placeIn(entry.place),
      ...reservation(entry, prefixes.prefixes),
    };
  });
  const mappings: Mappings = { source, entries };
  // What a finding costs on Amazon EKS says nothing of a file that EKS never sees; what costs nothing is its house style.
  const findings = read.findings.flatMap(({ effect, place, ...odd }): readonly Finding[] => {
    if (odd.level === "info" || odd.rule === FINDING_RULES.stsArn) return [];
    return [{ ...odd, effect: { ...effect, eks: "nothing" }, place: made.placeIn(place) }];
  });
  return { ...read, mappings, findings };
}

/** Here, unlike in aws-auth, the ARN of a session stands for its role (pkg/mapper/file/mapper.go, NewFileMapper). */
function asMatched(arn: string): string {
  const parsed = parseArn(arn);
  return parsed?.kind === "assumed-role" ? canonicalArn(parsed) : arn;
}

function reservation({ section }: MappingEntry, usernames: readonly string[]): Pick<MappingEntry, "reservedPrefixes"> {
  // The Go authenticator tests usernames alone (pkg/server/server.go, doMapping).
  return usernames.length === 0 || section === "mapAccounts" ? {} : { reservedPrefixes: { usernames, groups: [] } };
}

function notAList(
  section: Section,
  settings: GoSettings["settings"],
  { file, source }: { readonly file: YamlFile; readonly source: string },
): readonly Finding[] {
  const setting = settings.get(`server.${section.toLowerCase()}`);
  if (setting === undefined || setting.text === "" || isSeq(setting.node)) return [];
  const place = placeFrom(file.placeOf(setting.node), source);
  return [failure(FINDING_RULES.sectionNotList, place, `server.${section} is no list`, 'begin each entry with "- "')];
}

function failure(rule: FindingRule, place: Place, message: string, hint: string): Finding {
  return { rule, level: "error", message: `${message}.`, hint, place, effect: { iamgate: "section", eks: "nothing" } };
}

/** `config.yaml:3:9` taken apart again. */
function placeFrom(text: string, source: string): Place {
  const [line = 1, column = 1] = text.split(":").slice(-2).map(Number);
  return { source, line, column };
}
