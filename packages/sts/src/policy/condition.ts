import { lies, parseIpRange } from "./ip-range.ts";
import { parseMoment } from "./moment.ts";
import { splitArn } from "./parse-resource.ts";
import { type Context, resolve } from "./template.ts";
import type { ConditionOperator, PolicyCondition, Template } from "./types.ts";
import { fitsWildcard, type WildcardPart, wildcardOf } from "./wildcard.ts";

/**
 * Whether a condition holds.
 *
 * A key that the request has no value for never matches, so that a negated operator holds; the values of a policy are
 * alternatives, and under a negated operator none of them may match.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function holds(condition: PolicyCondition, context: Context): boolean {
  const { operator, negated, qualifier } = condition;
  const values = context.get(condition.key) ?? [];
  if (operator === "Null") return condition.values.some((value) => isTrue(value) === isNothing(values));
  if (condition.ifExists && values.length === 0) return true;

  const matches = (value: string): boolean =>
    condition.values.some((template) => compare(operator, value, { template, context }));
  if (qualifier === "ForAllValues") return isNothing(values) || values.every((value) => matches(value) !== negated);
  if (qualifier === "ForAnyValue") return !isNothing(values) && values.some((value) => matches(value) !== negated);
  return values.some(matches) !== negated;
}

/** AWS takes a key whose values are empty for one that is not there, where it counts values. */
function isNothing(values: readonly string[]): boolean {
  return values.every((value) => value === "");
}

function isTrue(template: Template): boolean {
  const [piece] = template;
  return piece?.kind === "pattern" && piece.text.toLowerCase() === "true";
}

/** Whether one value of the request and one of the policy match. */
function compare(
  operator: ConditionOperator,
  value: string,
  { template, context }: { readonly template: Template; readonly context: Context },
): boolean {
  const parts = resolve(template, context);
  if (parts === undefined) return false;
  const text = parts.map((part) => part.text).join("");
  switch (operator) {
    case "StringEquals":
    case "BinaryEquals":
      return value === text;
    case "StringEqualsIgnoreCase":
    case "Bool":
      return value.toLowerCase() === text.toLowerCase();
    case "StringLike":
      return fitsWildcard(wildcardOf(parts), value);
    case "ArnLike":
      return fitsArn(parts, value);
    case "IpAddress": {
      const range = parseIpRange(text);
      return range !== undefined && lies(value, range);
    }
    case "NumericEquals":
    case "NumericLessThan":
    case "NumericLessThanEquals":
    case "NumericGreaterThan":
    case "NumericGreaterThanEquals":
      return inOrder(operator, parseNumber(value), parseNumber(text));
    case "DateEquals":
    case "DateLessThan":
    case "DateLessThanEquals":
    case "DateGreaterThan":
    case "DateGreaterThanEquals":
      return inOrder(operator, parseMoment(value), parseMoment(text));
    case "Null":
      return false;
  }
}

function inOrder(operator: ConditionOperator, a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  if (operator.endsWith("LessThan")) return a < b;
  if (operator.endsWith("LessThanEquals")) return a <= b;
  if (operator.endsWith("GreaterThan")) return a > b;
  if (operator.endsWith("GreaterThanEquals")) return a >= b;
  return a === b;
}

function parseNumber(text: string): number | undefined {
  return /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : undefined;
}

/** Part by part, so that no wildcard reaches beyond its colons. */
function fitsArn(parts: readonly WildcardPart[], value: string): boolean {
  const arn = splitArn(value);
  if (arn === undefined) return false;
  const [only] = parts;
  if (parts.length === 1 && only?.text === "*" && !only.literal) return true;
  const patterns = splitParts(parts);
  const texts = ["arn", ...arn.head, arn.tail];
  return (
    patterns.length === texts.length &&
    patterns.every((pattern, index) => fitsWildcard(wildcardOf(pattern), texts[index] ?? ""))
  );
}

/** Cuts a pattern at its first five colons; those of a variable's value cut as well, being part of the ARN. */
function splitParts(parts: readonly WildcardPart[]): readonly (readonly WildcardPart[])[] {
  let current: WildcardPart[] = [];
  const cut = [current];
  for (const { text, literal } of parts) {
    const room = 6 - cut.length;
    const [first = "", ...rest] = text.split(":");
    const whole = [...rest.slice(0, room), ...(rest.length > room ? [rest.slice(room).join(":")] : [])];
    current.push({ text: first, literal });
    for (const [index, piece] of whole.entries()) {
      if (index < room) {
        current = [{ text: piece, literal }];
        cut.push(current);
      } else {
        current.push({ text: `:${piece}`, literal });
      }
    }
  }
  return cut;
}
