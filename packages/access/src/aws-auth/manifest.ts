import { isMap, isScalar, type Node } from "yaml";
import { asciiFold } from "../lib/ascii-fold.ts";
import type { Section } from "../mappings.ts";
import { embeddedOffsets } from "./embedded-text.ts";
import { FINDING_RULES } from "./finding-rules.ts";
import { finding, type OffsetFinding, quote } from "./findings.ts";
import { offsetOf, pairsOf, readText, readYaml, type YamlTree } from "./yaml-tree.ts";

/** The ConfigMap's data keys that make a map, in the order in which they are read. */
const SECTIONS = ["mapRoles", "mapUsers", "mapAccounts"] as const satisfies readonly Section[];

/** The text of a section, and where its characters stand in the manifest. */
export interface SectionText {
  readonly section: Section;
  readonly text: string;
  readonly outerOffset: (offset: number) => number;
}

/** What a manifest holds. */
export interface Manifest {
  /** Whether it is the ConfigMap kube-system/aws-auth. */
  readonly ok: boolean;
  readonly sections: readonly SectionText[];
  /** Sections that are there, but are no text. */
  readonly failed: readonly Section[];
  readonly findings: readonly OffsetFinding[];
}

/** Reads the manifest of a ConfigMap, YAML or JSON, as far as its sections' texts. Never throws. */
export function readManifest(text: string): Manifest {
  if (text.length > MAX_MANIFEST) {
    return refused(
      finding(FINDING_RULES.manifestTooLarge, {
        message: `The manifest has ${text.length} characters, and at most ${MAX_MANIFEST} are read.`,
        hint: "Kubernetes keeps at most 1 MiB in a ConfigMap: take out what is not aws-auth.",
        offset: 0,
      }),
    );
  }
  const tree = readYaml(text);
  if ("kind" in tree) {
    return refused(
      finding(FINDING_RULES.manifestSyntax, {
        message: `The manifest is not valid YAML: ${tree.message}.`,
        hint: "Correct the syntax here: nothing of the file is read as it stands.",
        offset: tree.offset,
      }),
    );
  }
  const notAwsAuth = judge(tree);
  if (notAwsAuth !== undefined) return refused(notAwsAuth);
  return sectionsOf(tree, text);
}

function refused(problem: OffsetFinding): Manifest {
  return { ok: false, sections: [], failed: SECTIONS, findings: [problem] };
}

/** Says what is wrong with a manifest that is not the one object that both readers watch. */
function judge(tree: YamlTree): OffsetFinding | undefined {
  const { root } = tree;
  if (root === undefined || readText(root).kind === "absent") {
    return finding(FINDING_RULES.emptyManifest, {
      message: "The manifest is empty.",
      hint: "Write the ConfigMap kube-system/aws-auth; one without data, if nobody is to be mapped.",
      offset: 0,
    });
  }
  const metadata = field(root, "metadata", tree);
  const expected = [
    ["apiVersion", "v1", field(root, "apiVersion", tree)],
    ["kind", "ConfigMap", field(root, "kind", tree)],
    ["metadata.name", "aws-auth", metadata && field(metadata, "name", tree)],
    // A manifest may leave its namespace to kubectl.
    ["metadata.namespace", "kube-system", (metadata && field(metadata, "namespace", tree)) ?? "kube-system"],
  ] as const;
  for (const [name, value, node] of expected) {
    const found = typeof node === "string" ? node : textOf(node);
    if (found === value) continue;
    const offset = (typeof node === "string" ? undefined : offsetOf(node)) ?? offsetOf(root) ?? 0;
    return finding(FINDING_RULES.notAwsAuth, {
      message:
        found === undefined
          ? `The manifest has no ${name}, and aws-auth has ${quote(value)} there.`
          : `${name} is ${quote(found)}, and aws-auth has ${quote(value)} there.`,
      hint: "Give the manifest of the ConfigMap kube-system/aws-auth (apiVersion v1) as the file's first document.",
      offset,
    });
  }
  return undefined;
}

function sectionsOf(tree: YamlTree, text: string): Manifest {
  const findings: OffsetFinding[] = [];
  const texts = new Map<Section, SectionText>();
  const failed = new Set<Section>();
  const root = tree.root as Node;
  let bytes = 0;

  for (const [key, node, keyOffset] of keysOf(root, tree)) {
    if (isSection(key)) {
      findings.push(
        finding(FINDING_RULES.misplacedSection, {
          message: `${key} stands beside data, where nobody reads it.`,
          hint: `Indent ${key} under data.`,
          offset: keyOffset,
        }),
      );
    } else if (key === "binaryData") {
      for (const [inner, , offset] of keysOf(node, tree)) {
        if (!isSection(inner)) continue;
        findings.push(
          finding(FINDING_RULES.misplacedSection, {
            message: `${inner} stands in binaryData, where nobody reads it.`,
            hint: `Write ${inner} as text under data.`,
            offset,
          }),
        );
      }
    }
  }

  const data = field(root, "data", tree);
  for (const [key, node, keyOffset] of keysOf(data, tree)) {
    const value = readText(node);
    bytes += utf8Length(key) + (value.kind === "text" ? utf8Length(value.text) : 0);
    if (!isSection(key)) {
      findings.push(unknownSection(key, keyOffset));
      continue;
    }
    if (texts.has(key) || failed.has(key)) {
      findings.push(
        finding(FINDING_RULES.duplicateKey, {
          message: `${key} is written twice, and the last one counts.`,
          hint: `Keep one ${key}.`,
          offset: keyOffset,
          level: "error",
          effect: { iamgate: "section", eks: "section" },
        }),
      );
    }
    texts.delete(key);
    failed.delete(key);
    if (value.kind === "absent") continue;
    if (value.kind !== "text" || !isScalar(node)) {
      failed.add(key);
      findings.push(
        finding(FINDING_RULES.sectionNotText, {
          message: `${key} is ${value.kind === "foreign-tag" ? `tagged ${value.tag}` : `a ${value.kind}`}, and Kubernetes keeps only text in a ConfigMap.`,
          hint: `Write "${key}: |" and the list indented below it.`,
          offset: offsetOf(node) ?? keyOffset,
        }),
      );
      continue;
    }
    const outerOffset = embeddedOffsets(node, text);
    // Go's reader takes a byte order mark as such in each section, too.
    const mark = value.text.startsWith("\uFEFF") ? 1 : 0;
    texts.set(key, { section: key, text: value.text.slice(mark), outerOffset: (offset) => outerOffset(offset + mark) });
  }

  if (bytes > MAX_DATA_BYTES) {
    return refused(
      finding(FINDING_RULES.manifestTooLarge, {
        message: `The ConfigMap's data has ${bytes} bytes, and Kubernetes keeps at most ${MAX_DATA_BYTES}.`,
        hint: "Map groups of people by role instead of each by user.",
        offset: offsetOf(data) ?? 0,
      }),
    );
  }
  if (texts.size === 0 && failed.size === 0) {
    findings.push(
      finding(FINDING_RULES.noSections, {
        message: "The ConfigMap has none of mapRoles, mapUsers and mapAccounts: it maps nobody.",
        hint: "Write mapRoles under data, or leave it so if nobody is to be mapped.",
        offset: offsetOf(data) ?? offsetOf(root) ?? 0,
      }),
    );
  }
  if (tree.endOffset !== undefined) {
    findings.push(
      finding(FINDING_RULES.unreadRest, {
        message: "What follows the file's first document is not read.",
        hint: "Keep aws-auth in a file of its own.",
        offset: tree.endOffset,
      }),
    );
  }
  const sections = SECTIONS.flatMap((section) => texts.get(section) ?? []);
  return { ok: true, sections, failed: [...failed], findings };
}

function unknownSection(key: string, offset: number): OffsetFinding {
  const meant = SECTIONS.find((section) => asciiFold(section) === asciiFold(key));
  if (meant !== undefined) {
    return finding(FINDING_RULES.wrongCaseSectionKey, {
      message: `${quote(key)} is not ${meant}: the case counts, and nobody reads it.`,
      hint: `Write ${meant}.`,
      offset,
    });
  }
  return finding(FINDING_RULES.unknownSectionKey, {
    message: `${quote(key)} is no key that aws-auth's readers know.`,
    hint: "Write mapRoles, mapUsers or mapAccounts, or leave it if something else reads it.",
    offset,
  });
}

/** The keys of a map with their values; none of what is no map. */
function keysOf(node: Node | undefined, tree: YamlTree): readonly (readonly [string, Node | undefined, number])[] {
  const map = node && tree.deref(node);
  if (!isMap(map)) return [];
  return pairsOf(map).flatMap(({ key, value }) => {
    const text = key === null ? undefined : textOf(tree.deref(key));
    if (text === undefined) return [];
    return [[text, value === null ? undefined : tree.deref(value), offsetOf(key) ?? 0] as const];
  });
}

/** The last value of a key, as Kubernetes' reader takes it. */
function field(node: Node, name: string, tree: YamlTree): Node | undefined {
  return keysOf(node, tree).findLast(([key]) => key === name)?.[1];
}

function textOf(node: Node | undefined): string | undefined {
  const value = readText(node);
  return value.kind === "text" ? value.text : undefined;
}

function isSection(key: string): key is Section {
  return (SECTIONS as readonly string[]).includes(key);
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

// Kubernetes' own bound on a ConfigMap's data (MaxSecretSize), and room for JSON's escapes and managedFields around it.
const MAX_DATA_BYTES = 1_048_576;
const MAX_MANIFEST = 4 * MAX_DATA_BYTES;
