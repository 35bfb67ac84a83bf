import { isMap } from "yaml";
import { canonicalArn, formatArn, isPartition } from "../arn.ts";
import { parseWrittenArn } from "../lib/written-arn.ts";
import type { Matcher, Section } from "../mappings.ts";
import { collectFields, type Field, type Fields, reportForeignTag } from "./fields.ts";
import { FINDING_RULES } from "./finding-rules.ts";
import { finding, type OffsetFinding, quote } from "./findings.ts";
import { offsetOf, readText, type YamlTree } from "./yaml-tree.ts";

type Report = (odd: OffsetFinding) => void;

/** Reads whom an entry of mapRoles or mapUsers is for; undefined, with findings, where that cannot be said. */
export function readSubject(
  section: Exclude<Section, "mapAccounts">,
  fields: Fields,
  entryOffset: number,
  tree: YamlTree,
  report: Report,
): Matcher | undefined {
  const name = section === "mapRoles" ? "rolearn" : "userarn";
  const arn = fields.get(name);
  const sso = fields.get("sso");
  const arnText = readText(arn?.value);
  const hasArn = arnText.kind !== "absent" && !(arnText.kind === "text" && arnText.text === "");
  if (sso !== undefined && readText(sso.value).kind !== "absent") {
    if (!hasArn) return readSso(sso, tree, report);
    report(
      finding(FINDING_RULES.arnAndSso, {
        message: `The entry has both ${name} and sso, and neither reader takes it.`,
        hint: "Keep one of them.",
        offset: sso.offset,
      }),
    );
    return undefined;
  }
  if (arn === undefined || !hasArn) {
    report(
      finding(FINDING_RULES.missingArn, {
        message: `The entry has no ${name}, so it is for nobody.`,
        hint: `Write ${name}: and the ARN.`,
        offset: arn?.offset ?? entryOffset,
      }),
    );
    return undefined;
  }
  if (reportForeignTag(arn.value, report)) return undefined;
  const offset = offsetOf(arn.value) ?? arn.offset;
  if (arnText.kind !== "text") {
    report(
      finding(FINDING_RULES.arnNotText, {
        message: `${name} is a ${arnText.kind}, and an ARN is text.`,
        hint: `Write the ARN right after ${name}:, once per entry.`,
        offset,
      }),
    );
    return undefined;
  }
  return judgeArn(section, arnText.text, offset, report) ? { kind: "arn", arn: arnText.text } : undefined;
}

/** Whether an ARN may stand; one that can match nobody stands too, so that a refusal can point at it. */
function judgeArn(section: Section, text: string, offset: number, report: Report): boolean {
  if (/[^\0-\x7F]/.test(text)) {
    report(
      finding(FINDING_RULES.nonAsciiArn, {
        message: `The ARN ${quote(text)} has characters beyond ASCII, and no ARN of IAM has.`,
        hint: "Type the ARN anew: it may hold a letter that only looks right, or an invisible one.",
        offset,
      }),
    );
    return false;
  }
  const arn = parseWrittenArn(text);
  if (arn === undefined) {
    report(
      finding(FINDING_RULES.malformedArn, {
        message: `${quote(text)} is no ARN of a user or a role, and matches nobody.`,
        hint: malformedHint(text),
        offset,
      }),
    );
    return false;
  }
  if (arn.kind === "assumed-role") {
    report(
      finding(FINDING_RULES.stsArn, {
        message: `${quote(text)} is the ARN of a session, and sessions are mapped by their role.`,
        hint: `Write ${canonicalArn(arn)}.`,
        offset,
      }),
    );
  } else if (arn.kind === "role" && arn.path !== "/") {
    report(
      finding(FINDING_RULES.rolePath, {
        message: `${quote(text)} has the role's path ${arn.path}, which AWS STS leaves out, so it matches nobody.`,
        hint: `Write ${canonicalArn(arn)}.`,
        offset,
      }),
    );
  } else if ((arn.kind === "role") !== (section === "mapRoles")) {
    report(
      finding(FINDING_RULES.arnInOtherSection, {
        message: `${formatArn(arn)} is ${ARTICLES[arn.kind]} in ${section}; it is found nevertheless.`,
        hint: `Move it to ${arn.kind === "role" ? "mapRoles" : "mapUsers"}, where people look for it.`,
        offset,
      }),
    );
  }
  return true;
}

const ARTICLES = { user: "a user", role: "a role", "federated-user": "a federated user", root: "an account's root" };

function malformedHint(text: string): string {
  if (text !== text.trim()) return "Take out the blanks around it.";
  if (text.includes("*") || text.includes("?")) return "Name each role: wildcards are not matched.";
  const [prefix, partition = "", service, region, account = ""] = text.split(":");
  if (prefix?.toLowerCase() === "arn" && !isPartition(partition.toLowerCase())) {
    return `There is no partition ${quote(partition)}: most ARNs begin with arn:aws:iam.`;
  }
  if (region !== undefined && region !== "") return "IAM's ARNs have no region: two colons stand before the account.";
  if (service !== undefined && !/^[0-9]{12}$/.test(account)) return "An account id has twelve digits.";
  return "Write arn:aws:iam::<twelve digits>:role/<name>, or user/<path><name>.";
}

const SSO_FIELDS = ["permissionsetname", "accountid", "partition"];

function readSso(sso: Field, tree: YamlTree, report: Report): Matcher | undefined {
  const offset = offsetOf(sso.value) ?? sso.offset;
  const malformed = (message: string, hint: string, at = offset): undefined => {
    report(finding(FINDING_RULES.malformedSso, { message, hint, offset: at }));
  };
  if (reportForeignTag(sso.value, report)) return undefined;
  if (!isMap(sso.value)) return malformed("sso is no map.", "Give it permissionSetName and accountID.");
  const fields = collectFields(sso.value, SSO_FIELDS, tree, report);
  if (fields === undefined) return undefined;

  const texts = new Map<string, { readonly text: string; readonly offset: number }>();
  for (const [name, field] of fields) {
    if (reportForeignTag(field.value, report)) return undefined;
    const value = readText(field.value);
    const at = offsetOf(field.value) ?? field.offset;
    if (value.kind === "text") texts.set(name, { text: value.text, offset: at });
    else if (value.kind !== "absent") return malformed(`The ${name} of sso is a ${value.kind}.`, "Write text.", at);
  }
  const permissionSet = texts.get("permissionsetname");
  const account = texts.get("accountid");
  const partition = texts.get("partition");
  // https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PermissionSet.html
  if (permissionSet === undefined || !/^[\w+=,.@-]{1,32}$/.test(permissionSet.text)) {
    return malformed(
      `permissionSetName ${quote(permissionSet?.text ?? "")} is no permission set's name.`,
      "Write 1 to 32 letters, digits or +=,.@-_ as IAM Identity Center shows it.",
      permissionSet?.offset,
    );
  }
  if (account === undefined || !/^[0-9]{12}$/.test(account.text)) {
    return malformed(
      `accountID ${quote(account?.text ?? "")} is no account id.`,
      "Write its twelve digits, in quotes.",
      account?.offset,
    );
  }
  const partitionName = partition === undefined || partition.text === "" ? "aws" : partition.text;
  if (!isPartition(partitionName)) {
    return malformed(
      `There is no partition ${quote(partitionName)}.`,
      "Write aws, aws-cn, aws-us-gov or another that AWS has.",
      partition?.offset,
    );
  }
  report(
    finding(FINDING_RULES.ssoMatcher, {
      message: "The Go authenticator reads sso only behind a feature gate that Amazon EKS leaves off.",
      hint: "On EKS name the role itself, or use an access entry.",
      offset,
    }),
  );
  return { kind: "sso", partition: partitionName, account: account.text, permissionSet: permissionSet.text };
}
