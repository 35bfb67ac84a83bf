import type { Effect, Finding, FindingLevel } from "../mappings.ts";
import type { FindingRule } from "./finding-rules.ts";

/** What was found, before it is known where in the file it stands. */
export interface Oddity {
  readonly message: string;
  readonly hint: string;
  /** In UTF-16 code units from the start of the text that is being read. */
  readonly offset: number;
  /** Where this case is worse or better than its rule usually is. */
  readonly level?: FindingLevel;
  readonly effect?: Partial<Effect>;
}

/** What a rule costs as a rule: the level, then iamgate, then the Go authenticator of Amazon EKS. */
const USUAL: Readonly<Record<FindingRule, readonly [FindingLevel, Effect["iamgate"], Effect["eks"]]>> = {
  "manifest-syntax": ["error", "section", "section"],
  "manifest-too-large": ["error", "section", "section"],
  "empty-manifest": ["error", "section", "section"],
  "not-aws-auth": ["error", "section", "section"],
  "unread-rest": ["warning", "entry", "entry"],
  "no-sections": ["warning", "nothing", "nothing"],
  "wrong-case-section-key": ["error", "section", "section"],
  "misplaced-section": ["error", "section", "section"],
  "unknown-section-key": ["info", "nothing", "nothing"],
  "replacement-character": ["warning", "nothing", "nothing"],
  "section-syntax": ["error", "section", "section"],
  "section-not-text": ["error", "section", "section"],
  "section-not-list": ["error", "section", "section"],
  "expansion-too-large": ["error", "section", "section"],
  "stray-control-character": ["error", "nothing", "section"],
  "tab-line": ["warning", "nothing", "section"],
  "line-separator": ["warning", "nothing", "nothing"],
  "entry-not-map": ["error", "entry", "entry"],
  "merge-not-map": ["error", "entry", "section"],
  "key-not-text": ["error", "nothing", "section"],
  "unknown-key": ["warning", "nothing", "nothing"],
  "key-case": ["info", "nothing", "nothing"],
  "duplicate-key": ["warning", "field", "field"],
  "foreign-tag": ["error", "entry", "nothing"],
  "control-character": ["error", "entry", "nothing"],
  "typed-scalar": ["error", "nothing", "field"],
  "unquoted-template": ["error", "entry", "section"],
  "missing-arn": ["error", "entry", "entry"],
  "arn-not-text": ["error", "entry", "entry"],
  "arn-and-sso": ["error", "entry", "entry"],
  "malformed-arn": ["error", "entry", "entry"],
  "non-ascii-arn": ["error", "entry", "nothing"],
  "role-path": ["error", "entry", "entry"],
  "sts-arn": ["error", "entry", "entry"],
  "arn-in-other-section": ["info", "nothing", "nothing"],
  "duplicate-arn": ["error", "entry", "entry"],
  "duplicate-matcher": ["warning", "entry", "entry"],
  "malformed-sso": ["error", "entry", "entry"],
  "sso-matcher": ["warning", "nothing", "entry"],
  "malformed-account": ["error", "entry", "entry"],
  "missing-username": ["error", "nothing", "field"],
  "username-not-text": ["error", "entry", "field"],
  "groups-not-list": ["error", "field", "field"],
  "group-not-text": ["error", "field", "field"],
  "empty-group": ["warning", "field", "field"],
  "folded-list-item": ["error", "field", "field"],
  "blank-in-name": ["warning", "nothing", "nothing"],
  "unknown-template": ["warning", "nothing", "nothing"],
  "session-template-for-user": ["warning", "field", "field"],
  "session-name-in-group": ["error", "nothing", "nothing"],
  "reserved-name": ["info", "nothing", "nothing"],
};

/** A finding whose place is still an offset in the text that was read. */
export type OffsetFinding = Omit<Finding, "place"> & { readonly offset: number };

/** Makes a finding of an oddity: what its rule usually costs, unless the oddity says otherwise. */
export function finding(rule: FindingRule, oddity: Oddity): OffsetFinding {
  const [level, iamgate, eks] = USUAL[rule];
  const { message, hint, offset } = oddity;
  return {
    rule,
    level: oddity.level ?? level,
    message,
    hint,
    offset,
    effect: { iamgate: oddity.effect?.iamgate ?? iamgate, eks: oddity.effect?.eks ?? eks },
  };
}

/** Foreign text for a message: on one line, and not long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
