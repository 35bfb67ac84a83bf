export { type Arn, canonicalArn, formatArn, parseArn, type Partition, PARTITIONS } from "./arn.ts";
export { FINDING_RULES, type FindingRule } from "./aws-auth/finding-rules.ts";
export { type AwsAuth, parseAwsAuth, type ParseAwsAuthOptions } from "./aws-auth/parse.ts";
export { describeMatcher } from "./describe-matcher.ts";
export { identify } from "./identify.ts";
export type {
  Cost,
  Effect,
  Facts,
  Finding,
  FindingLevel,
  KubernetesUser,
  Mappings,
  MappingEntry,
  MapRefusal,
  Matcher,
  Place,
  ReservedPrefixes,
  Section,
} from "./mappings.ts";
export { match } from "./match.ts";
export type { CallerIdentity, IdentifyRefusal, Principal } from "./principal.ts";
export { IDENTIFY_REASONS, type IdentifyReason, MAP_REASONS, type MapReason } from "./reasons.ts";
export { render } from "./render.ts";
export { type Template, TEMPLATES } from "./templates.ts";
