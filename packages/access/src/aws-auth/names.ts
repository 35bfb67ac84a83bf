import { isMap, isScalar, isSeq, type Node } from "yaml";
import { type Template, TEMPLATES, templatesIn, unknownTemplatesIn } from "../templates.ts";
import type { Matcher } from "../mappings.ts";
import { parseWrittenArn } from "../lib/written-arn.ts";
import { type Field, reportForeignTag } from "./fields.ts";
import { FINDING_RULES } from "./finding-rules.ts";
import { finding, type OffsetFinding, quote } from "./findings.ts";
import { isTypedInGo } from "./go-scalar.ts";
import { offsetOf, readText, type YamlTree } from "./yaml-tree.ts";

type Report = (odd: OffsetFinding) => void;

/** What names are read with. */
export interface NameContext {
  readonly tree: YamlTree;
  /** The section's text, which tells how a scalar was written. */
  readonly text: string;
  readonly matcher: Matcher | undefined;
  readonly reservedPrefixes: readonly string[];
  readonly report: Report;
}

/** Reads a username's template: absent where there is none, undefined where the entry must be refused. */
export function readUsername(
  field: Field | undefined,
  entryOffset: number,
  context: NameContext,
): { readonly username?: string } | undefined {
  const { report } = context;
  const value = readText(field?.value);
  const offset = offsetOf(field?.value) ?? field?.offset ?? entryOffset;
  if (reportForeignTag(field?.value, report)) return undefined;
  if (value.kind === "map" || value.kind === "list") {
    if (!reportUnquotedTemplate(field?.value, "entry", report)) {
      report(
        finding(FINDING_RULES.usernameNotText, {
          message: `username is a ${value.kind}, and a name is text.`,
          hint: "Write one name.",
          offset,
        }),
      );
    }
    return undefined;
  }
  if (value.kind !== "text" || value.text === "") {
    report(
      finding(FINDING_RULES.missingUsername, {
        message: 'The entry has no username: iamgate gives the default name, the Go authenticator the name "".',
        hint: "Write username: and a name.",
        offset: field?.offset ?? entryOffset,
      }),
    );
    return {};
  }
  if (!judgeName("username", value.text, value.plain, offset, context)) return undefined;
  return { username: value.text };
}

/** Reads the groups: never more than are written; undefined where the entry must be refused. */
export function readGroups(field: Field | undefined, context: NameContext): readonly string[] | undefined {
  const { report, tree, text: source } = context;
  if (reportForeignTag(field?.value, report)) return undefined;
  if (field === undefined || readText(field.value).kind === "absent") return [];
  if (!isSeq(field.value)) {
    if (!reportUnquotedTemplate(field.value, "field", report)) {
      report(
        finding(FINDING_RULES.groupsNotList, {
          message: "groups is no list, so there are none.",
          hint: 'Write one group per line, each after "- ".',
          offset: offsetOf(field.value) ?? field.offset,
        }),
      );
    }
    return [];
  }
  const groups: string[] = [];
  for (const written of field.value.items as (Node | null)[]) {
    const item = written === null ? undefined : tree.deref(written);
    const offset = offsetOf(written) ?? field.offset;
    if (reportForeignTag(item, report)) return undefined;
    const value = readText(item);
    if (value.kind === "map" || value.kind === "list") {
      if (reportUnquotedTemplate(item, "field", report)) continue;
      report(
        finding(FINDING_RULES.groupNotText, {
          message: `This group is a ${value.kind}, and is left out.`,
          hint: "Write one name; put it into quotes if it holds a colon and a blank.",
          offset,
        }),
      );
    } else if (value.kind !== "text" || value.text === "") {
      report(
        finding(FINDING_RULES.emptyGroup, {
          message: 'This group is empty, and is left out; the Go authenticator makes it the group "".',
          hint: "Write its name, or take the line out.",
          offset,
        }),
      );
    } else if (isFoldedList(item, source)) {
      report(
        finding(FINDING_RULES.foldedListItem, {
          message: `YAML reads these lines as the one group ${quote(value.text)}, which is left out.`,
          hint: 'Give each "- " the same indentation.',
          offset,
        }),
      );
    } else {
      if (!judgeName("group", value.text, value.plain, offset, context)) return undefined;
      groups.push(value.text);
    }
  }
  return groups;
}

/** Reports what is odd about a name; false where its entry must be refused. */
function judgeName(
  what: "username" | "group",
  text: string,
  plain: boolean,
  offset: number,
  { report, matcher, reservedPrefixes }: NameContext,
): boolean {
  const odd = (rule: OffsetFinding["rule"], message: string, hint: string, more: Partial<OffsetFinding> = {}): void =>
    report(finding(rule, { message, hint, offset, ...more }));

  if (/\p{Cc}/u.test(text)) {
    odd(
      FINDING_RULES.controlCharacter,
      `The ${what} ${quote(text)} holds a control character, and this entry is refused.`,
      "Write the name on one line, without escapes.",
    );
    return false;
  }
  if (plain && isTypedInGo(text)) {
    odd(
      FINDING_RULES.typedScalar,
      `The Go authenticator reads the ${what} ${text} as a number or a truth value, and makes it "".`,
      `Put it into quotes: "${text}".`,
    );
  }
  if (text !== text.trim()) {
    odd(FINDING_RULES.blankInName, `The ${what} ${quote(text)} begins or ends with a blank.`, "Take the blank out.");
  }
  for (const unknown of unknownTemplatesIn(text)) {
    odd(
      FINDING_RULES.unknownTemplate,
      `${quote(unknown)} is no template, and stays in the ${what} as it is.`,
      `Templates are ${Object.values(TEMPLATES).join(", ")}.`,
    );
  }
  const templates = templatesIn(text);
  if (what === "group" && (templates.has(TEMPLATES.sessionName) || templates.has(TEMPLATES.sessionNameRaw))) {
    odd(
      FINDING_RULES.sessionNameInGroup,
      `The group ${quote(text)} holds the session's name, which the caller chooses.`,
      "Name the group, or map one role per group.",
    );
  }
  if (isNoSession(matcher) && SESSION_TEMPLATES.some((template) => templates.has(template))) {
    odd(
      FINDING_RULES.sessionTemplateForUser,
      `The ${what} ${quote(text)} holds a session's name, and only role sessions have one.`,
      "Write the name itself.",
      templates.has(TEMPLATES.ec2PrivateDnsName) ? { effect: { iamgate: "entry", eks: "entry" } } : {},
    );
  }
  const reserved = reservedPrefixes.find((prefix) => prefix !== "" && text.startsWith(prefix));
  if (reserved !== undefined) {
    odd(
      FINDING_RULES.reservedName,
      `The ${what} ${quote(text)} begins with ${reserved}, which is reserved here.`,
      "Choose another name.",
      { level: "error", effect: { iamgate: "entry", eks: "nothing" } },
    );
  } else if (RESERVED.test(text) && !NODE_NAMES.has(text)) {
    odd(
      FINDING_RULES.reservedName,
      `The ${what} ${quote(text)} begins as names do that Kubernetes or EKS keep to themselves.`,
      text === "system:masters"
        ? "Mind that system:masters is above RBAC; an access entry cannot give it."
        : "Choose a name of your own: an access entry cannot give this one.",
      what === "username" ? { level: "warning" } : {},
    );
  }
  return true;
}

/** `username: {{SessionName}}` without quotes is a map whose key is a map. */
function reportUnquotedTemplate(node: Node | undefined, iamgate: "entry" | "field", report: Report): boolean {
  if (!isMap(node) || !node.flow || !node.items.some(({ key }) => isMap(key) && key.flow)) return false;
  report(
    finding(FINDING_RULES.unquotedTemplate, {
      message: "Without quotes YAML reads {{…}} as maps, not as a template.",
      hint: 'Put it into quotes: "{{SessionName}}".',
      offset: offsetOf(node) ?? 0,
      effect: { iamgate },
    }),
  );
  return true;
}

/** Whether a plain scalar goes on over a line that was meant to be the list's next item. */
function isFoldedList(node: Node | undefined, source: string): boolean {
  if (!isScalar(node) || node.type !== "PLAIN" || node.range == null) return false;
  return /\n[ \t]*-[ \t]/.test(source.slice(node.range[0], node.range[1]));
}

function isNoSession(matcher: Matcher | undefined): boolean {
  return matcher?.kind === "arn" && !["role", "assumed-role"].includes(parseWrittenArn(matcher.arn)?.kind ?? "role");
}

const SESSION_TEMPLATES: readonly Template[] = [
  TEMPLATES.sessionName,
  TEMPLATES.sessionNameRaw,
  TEMPLATES.ec2PrivateDnsName,
];

// What access entries forbid: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
const RESERVED = /^(?:system|eks|aws|amazon|iam):/;
// What EKS itself writes for nodes and Fargate.
const NODE_NAMES: ReadonlySet<string> = new Set([
  `system:node:${TEMPLATES.ec2PrivateDnsName}`,
  `system:node:${TEMPLATES.sessionName}`,
  "system:bootstrappers",
  "system:nodes",
  "system:node-proxier",
  "eks:kube-proxy-windows",
]);
