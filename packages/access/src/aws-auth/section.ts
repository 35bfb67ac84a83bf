import { isAlias, isMap, isSeq, type Node } from "yaml";
import type { MappingEntry, Section } from "../mappings.ts";
import { collectFields, reportForeignTag } from "./fields.ts";
import { FINDING_RULES } from "./finding-rules.ts";
import { finding, type OffsetFinding, quote } from "./findings.ts";
import { readGroups, readUsername } from "./names.ts";
import { readSubject } from "./subject.ts";
import { offsetOf, readText, readYaml, type YamlTree } from "./yaml-tree.ts";

/** An entry whose place is still an offset in its section's text, with what was found in it. */
export interface ReadEntry {
  readonly entry: Omit<MappingEntry, "place">;
  readonly offset: number;
}

/** What a section holds; undefined entries: it does not parse, and an earlier reading of it stays in force. */
export interface ReadSection {
  readonly entries: readonly (ReadEntry & { readonly findings: readonly OffsetFinding[] })[] | undefined;
  /** Of the section itself, and of entries that are refused. */
  readonly findings: readonly OffsetFinding[];
}

/** Reads the YAML text of one section. Never throws. */
export function readSection(section: Section, written: string, reservedPrefixes: readonly string[]): ReadSection {
  if (SKIPPED.has(written.trim())) return { entries: [], findings: [] };
  const findings: OffsetFinding[] = [];
  const separator = LINE_SEPARATOR.exec(written);
  if (separator !== null) {
    findings.push(
      finding(FINDING_RULES.lineSeparator, {
        message: `${section} holds a line separator (${quote(separator[0])}), at which both readers break the line.`,
        hint: "Break the line plainly, or take the character out.",
        offset: separator.index,
      }),
    );
  }
  const text = written.replaceAll(new RegExp(LINE_SEPARATOR, "g"), "\n");
  const stray = STRAY_CONTROL.exec(text);
  if (stray !== null) {
    findings.push(
      finding(FINDING_RULES.strayControlCharacter, {
        message: `${section} holds the character ${quote(stray[0])}, for which the Go authenticator drops all of it.`,
        hint: "Take the character out.",
        offset: stray.index,
      }),
    );
  }
  const tab = /^ *\t[ \t]*(?:#.*)?$/m.exec(text);
  if (tab !== null) {
    findings.push(
      finding(FINDING_RULES.tabLine, {
        message: `A line of ${section} is only a tab or a comment behind one, for which the Go authenticator drops all of it.`,
        hint: "Take the tab out.",
        offset: tab.index,
      }),
    );
  }
  const tree = readYaml(text);
  if ("kind" in tree) return { entries: undefined, findings: [...findings, unreadable(section, tree)] };
  if (tree.endOffset !== undefined) {
    findings.push(
      finding(FINDING_RULES.unreadRest, {
        message: `What follows the first list of ${section} is not read.`,
        hint: "Keep one list: no line ---, nothing after its end, every entry indented the same.",
        offset: tree.endOffset,
      }),
    );
  }
  const { root } = tree;
  if (root === undefined || readText(root).kind === "absent") return { entries: [], findings };
  if (!isSeq(root)) {
    findings.push(
      finding(FINDING_RULES.sectionNotList, {
        message: `${section} is no list, so none of it is read.`,
        hint: 'Begin each entry with "- ".',
        offset: offsetOf(root) ?? 0,
      }),
    );
    return { entries: undefined, findings };
  }
  const read = section === "mapAccounts" ? readAccount : readEntry;
  const entries: (ReadEntry & { findings: readonly OffsetFinding[] })[] = [];
  for (const item of root.items as (Node | null)[]) {
    const odd: OffsetFinding[] = [];
    const offset = offsetOf(item) ?? offsetOf(root) ?? 0;
    const node = item === null ? undefined : tree.deref(item);
    const entry = read({ section, node, offset, tree, text, reservedPrefixes, report: (each) => odd.push(each) });
    if (entry === undefined) findings.push(...odd);
    // Where an alias gives the whole entry, the alias is its place.
    else entries.push({ entry, offset: isAlias(item) ? offset : (offsetOf(node) ?? offset), findings: odd });
  }
  return { entries, findings };
}

interface EntryContext {
  readonly section: Section;
  readonly node: Node | undefined;
  readonly offset: number;
  readonly tree: YamlTree;
  readonly text: string;
  readonly reservedPrefixes: readonly string[];
  readonly report: (odd: OffsetFinding) => void;
}

function readEntry(context: EntryContext): Omit<MappingEntry, "place"> | undefined {
  const { node, offset, tree, text, reservedPrefixes, report } = context;
  const section = context.section === "mapUsers" ? "mapUsers" : "mapRoles";
  if (reportForeignTag(node, report)) return undefined;
  if (!isMap(node)) {
    report(
      finding(FINDING_RULES.entryNotMap, {
        message: `This entry of ${section} is no map.`,
        hint: `Write ${FIELDS[section][0]}:, username: and groups: below one "- ".`,
        offset,
      }),
    );
    return undefined;
  }
  const fields = collectFields(node, FIELDS[section], tree, report);
  if (fields === undefined) return undefined;
  // All three are read even where one fails, so that one run of a linter shows all there is.
  const matcher = readSubject(section, fields, offset, tree, report);
  const context_ = { tree, text, matcher, reservedPrefixes, report };
  const username = readUsername(fields.get("username"), offset, context_);
  const groups = readGroups(fields.get("groups"), context_);
  if (matcher === undefined || username === undefined || groups === undefined) return undefined;
  return { ok: true, section, matcher, ...username, groups, ...reservation(reservedPrefixes) };
}

function readAccount({
  node,
  offset,
  report,
  reservedPrefixes,
}: EntryContext): Omit<MappingEntry, "place"> | undefined {
  if (reportForeignTag(node, report)) return undefined;
  const value = readText(node);
  if (value.kind === "text" && /^[0-9]{12}$/.test(value.text)) {
    const matcher = { kind: "account" as const, account: value.text };
    return { ok: true, section: "mapAccounts", matcher, groups: [], ...reservation(reservedPrefixes) };
  }
  report(
    finding(FINDING_RULES.malformedAccount, {
      message: `${value.kind === "text" ? quote(value.text) : "This item"} is no account id, and maps nobody.`,
      hint: "Write its twelve digits, in quotes.",
      offset,
    }),
  );
  return undefined;
}

function reservation(prefixes: readonly string[]): Pick<MappingEntry, "reservedPrefixes"> {
  return prefixes.length === 0 ? {} : { reservedPrefixes: { usernames: prefixes, groups: prefixes } };
}

function unreadable(section: Section, problem: { kind: string; message: string; offset: number }): OffsetFinding {
  if (problem.kind === "expansion") {
    return finding(FINDING_RULES.expansionTooLarge, {
      message: `${section} is not followed: ${problem.message}.`,
      hint: "Write the entries out.",
      offset: problem.offset,
    });
  }
  return finding(FINDING_RULES.sectionSyntax, {
    message: `${section} is not valid YAML: ${problem.message}.`,
    hint: "Correct the syntax here; as it stands, EKS drops the whole section.",
    offset: problem.offset,
  });
}

// userid is a field of the Go authenticator's DynamicFile backend, known to its aws-auth too.
const FIELDS = {
  mapRoles: ["rolearn", "username", "groups", "sso", "userid"],
  mapUsers: ["userarn", "username", "groups", "userid"],
} as const;

// aws-iam-authenticator pkg/mapper/configmap/configmap.go, isSkippable.
const SKIPPED: ReadonlySet<string> = new Set(["", "``", '""', "''"]);

// Line breaks in YAML 1.1, which Go reads, and no more in YAML 1.2. Each is one UTF-16 code unit, as is "\n".
const LINE_SEPARATOR = /[\u0085\u2028\u2029]/;

// What Go's YAML reader does not accept as a character of its input (go.yaml.in/yaml/v2 readerc.go).
const STRAY_CONTROL = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F-\x84\x86-\x9F\uFFFE\uFFFF]|\uFEFF/;
