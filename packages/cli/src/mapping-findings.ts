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

/** `map.yaml:12:5: role-path: …; costs: the entry under iamgate, the entry on EKS`. */
export function describeFinding({ place, rule, message, hint, effect }: Finding): string {
  const costs = [
    ...(effect.iamgate === "nothing" ? [] : [`the ${effect.iamgate} here`]),
    ...(effect.eks === "nothing" ? [] : [`the ${effect.eks} on EKS`]),
  ];
  const cost = costs.length === 0 ? "" : ` Costs ${costs.join(", ")}.`;
  return `${place.source}:${place.line}:${place.column}: ${rule}: ${message}${cost} ${hint}`;
}
