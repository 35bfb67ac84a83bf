import { holds } from "./condition.ts";
import { concerns } from "./match-principal.ts";
import { splitArn } from "./parse-resource.ts";
import { type Context, resolve } from "./template.ts";
import type { PolicyCondition, PolicyStatement, RequestPrincipal, ResourcePattern } from "./types.ts";
import { fitsWildcard, wildcardOf } from "./wildcard.ts";

/** A request, made ready for many statements. */
export interface Asked {
  readonly principal: RequestPrincipal;
  readonly hasBoundary: boolean;
  /** In lower case, since actions are told apart without it. */
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

/** Whether a statement is about a request: principal, action, resource and every condition fit. */
export function applies(statement: PolicyStatement, asked: Asked): boolean {
  return fitsRequest(statement, asked) && failingCondition(statement, asked) === undefined;
}

/** The first condition that alone keeps a statement from being about a request. */
export function conditionInTheWay(statement: PolicyStatement, asked: Asked): PolicyCondition | undefined {
  return fitsRequest(statement, asked) ? failingCondition(statement, asked) : undefined;
}

function fitsRequest(statement: PolicyStatement, asked: Asked): boolean {
  const { actions, resources } = statement;
  return (
    concerns(statement, asked.principal, asked.hasBoundary) &&
    actions.any.some((action) => fitsWildcard(action, asked.action)) !== actions.negated &&
    (resources === undefined || resources.any.some((pattern) => fits(pattern, asked)) !== resources.negated)
  );
}

function failingCondition({ conditions }: PolicyStatement, { context }: Asked): PolicyCondition | undefined {
  return conditions.find((condition) => !holds(condition, context));
}

function fits(pattern: ResourcePattern, { resource, context }: Asked): boolean {
  if (pattern.kind === "everything") return true;
  const arn = splitArn(resource);
  const tail = resolve(pattern.tail, context);
  if (arn === undefined || tail === undefined) return false;
  return (
    pattern.head.every((part, index) => fitsWildcard(part, arn.head[index] ?? "")) &&
    fitsWildcard(wildcardOf(tail), arn.tail)
  );
}
