import { type Finding, FINDING_RULES, type FindingRule } from "@iamgate/access";

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

/** Whether a whole section, or all of the mapping, is not read for it. */
export function isFailure({ rule }: Finding): boolean {
  return FAILURES.has(rule);
}

/** `map.yaml:12:5: role-path: … Lost: the entry (on EKS too). …` */
export function describeFinding({ rule, place, message, hint, effect }: Finding): string {
  return `${place.source}:${place.line}:${place.column}: ${rule}: ${message}${lossOf(effect)} ${hint}`;
}

function lossOf({ iamgate, eks }: Finding["effect"]): string {
  if (iamgate === "nothing" && eks === "nothing") return "";
  if (iamgate === eks) return ` Lost: the ${iamgate}, here and on EKS.`;
  if (eks === "nothing") return ` Lost: the ${iamgate}, here only.`;
  return iamgate === "nothing" ? ` Lost on EKS: the ${eks}.` : ` Lost here: the ${iamgate}; on EKS: the ${eks}.`;
}
