import { parseIpRange } from "./ip-range.ts";
import { parseMoment } from "./moment.ts";
import { type Problems, textsOf } from "./problems.ts";
import { parseTemplate, plainTemplate } from "./template.ts";
import type { Tree } from "./tree.ts";
import type { ConditionOperator, PolicyCondition, PolicyDocument, Template } from "./types.ts";

/**
 * Reads a `Condition`: operators, under each its keys, under each its values.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function parseConditions(
  tree: Tree,
  version: PolicyDocument["version"],
  problems: Problems,
): readonly PolicyCondition[] {
  if (tree.kind !== "map") {
    problems.report(tree.place, "Condition", "a mapping of condition operators");
    return [];
  }
  return tree.entries.flatMap(({ key: written, place, value: keys }) => {
    const operator = parseOperator(written);
    if (operator === undefined) {
      problems.report(place, "Condition", "a condition operator of AWS's, spelt as AWS does", written);
      return [];
    }
    if (keys.kind !== "map" || keys.entries.length === 0) {
      problems.report(keys.place, written, "a mapping of condition keys");
      return [];
    }
    return keys.entries.map(({ key, place: keyPlace, value }): PolicyCondition => {
      if (!CONDITION_KEY.test(key)) {
        problems.report(keyPlace, written, "a condition key with its prefix, such as aws:PrincipalArn", key);
      }
      const values = textsOf(value, key, problems).flatMap((item) => {
        const template = parseValue(item.text, operator.operator, version);
        if (template === undefined) problems.report(item.place, key, VALUES[operator.operator].expected, item.text);
        return template === undefined ? [] : [template];
      });
      return { place: keyPlace, written: `${written} ${key}`, ...operator, key: key.toLowerCase(), values };
    });
  });
}

// A tag's key may hold spaces; an OIDC provider's keys begin with its host and path.
const CONDITION_KEY = /^[!-9;-~]+(?::[!-9;-~]+)*:[^:]+$/;

interface Operator {
  readonly operator: ConditionOperator;
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly qualifier?: "ForAllValues" | "ForAnyValue";
}

const NEGATED: ReadonlyMap<string, ConditionOperator> = new Map<string, ConditionOperator>([
  ["StringNotEquals", "StringEquals"],
  ["StringNotEqualsIgnoreCase", "StringEqualsIgnoreCase"],
  ["StringNotLike", "StringLike"],
  ["NumericNotEquals", "NumericEquals"],
  ["DateNotEquals", "DateEquals"],
  ["NotIpAddress", "IpAddress"],
  ["ArnNotEquals", "ArnLike"],
  ["ArnNotLike", "ArnLike"],
]);

function parseOperator(written: string): Operator | undefined {
  const [, set, bare = "", exists] = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(written) ?? [];
  const negated = NEGATED.get(bare);
  const operator = negated ?? (bare === "ArnEquals" ? "ArnLike" : bare);
  if (!isOperator(operator)) return undefined;
  // Null asks whether a key exists; IfExists and a set of values mean nothing to it.
  if (operator === "Null" && (set !== undefined || exists !== undefined)) return undefined;
  const qualifier = set === "ForAllValues" || set === "ForAnyValue" ? set : undefined;
  return {
    operator,
    negated: negated !== undefined,
    ifExists: exists !== undefined,
    ...(qualifier !== undefined && { qualifier }),
  };
}

interface ValueRule {
  readonly expected: string;
  /** What a value without variables has to be. */
  readonly holds: (text: string) => boolean;
  readonly variables: boolean;
}

const TEXT: ValueRule = {
  expected: "a text whose variables are whole: ${aws:username}",
  holds: () => true,
  variables: true,
};
const NUMBER: ValueRule = {
  expected: "a number",
  holds: (text) => /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text),
  variables: false,
};
const MOMENT: ValueRule = {
  expected: "a moment such as 2030-01-31T12:00:00Z, a day, or seconds since 1970",
  holds: (text) => parseMoment(text) !== undefined,
  variables: false,
};
const FLAG: ValueRule = { expected: "true or false", holds: (text) => /^(?:true|false)$/i.test(text), variables: true };

const VALUES: Readonly<Record<ConditionOperator, ValueRule>> = {
  StringEquals: TEXT,
  StringEqualsIgnoreCase: TEXT,
  StringLike: TEXT,
  NumericEquals: NUMBER,
  NumericLessThan: NUMBER,
  NumericLessThanEquals: NUMBER,
  NumericGreaterThan: NUMBER,
  NumericGreaterThanEquals: NUMBER,
  DateEquals: MOMENT,
  DateLessThan: MOMENT,
  DateLessThanEquals: MOMENT,
  DateGreaterThan: MOMENT,
  DateGreaterThanEquals: MOMENT,
  Bool: FLAG,
  BinaryEquals: {
    expected: "Base64 with its padding",
    holds: (text) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
    variables: false,
  },
  IpAddress: {
    expected: "an IPv4 or IPv6 address or range, such as 203.0.113.0/24",
    holds: (text) => parseIpRange(text) !== undefined,
    variables: false,
  },
  ArnLike: {
    expected: "an ARN of six parts, which may hold * and ?, or *",
    holds: (text) => text === "*" || /^(?:[^:]*:){5}/.test(text),
    variables: true,
  },
  Null: { expected: "true or false", holds: (text) => /^(?:true|false)$/i.test(text), variables: false },
};

function isOperator(text: string): text is ConditionOperator {
  return Object.hasOwn(VALUES, text);
}

function parseValue(
  text: string,
  operator: ConditionOperator,
  version: PolicyDocument["version"],
): Template | undefined {
  const rule = VALUES[operator];
  if (!rule.variables || version === "2008-10-17") return rule.holds(text) ? plainTemplate(text) : undefined;
  const parsed = parseTemplate(text);
  if (!parsed.ok) return undefined;
  const plain = parsed.template.every(({ kind }) => kind === "pattern");
  return !plain || rule.holds(text) ? parsed.template : undefined;
}
