import type { Node } from "yaml";
import { parseConditions } from "./parse-condition.ts";
import { parsePrincipals } from "./parse-principal.ts";
import { EXPECTED_RESOURCE, parseResource } from "./parse-resource.ts";
import { collectProblems, type Problems, textOf, textsOf } from "./problems.ts";
import { type Entry, type ParsedTree, type PlaceOf, sizeOf, type Tree, treeOf, treeOfJson } from "./tree.ts";
import type { ParsedPolicy, PolicyDocument, PolicyStatement, PolicyKind } from "./types.ts";
import { wildcardOf } from "./wildcard.ts";

/** What a policy is called, and what it is for. */
export interface PolicyOptions {
  /** What people call it: `AllowAssume`, `trust policy of Developer`. */
  readonly name: string;
  readonly kind: PolicyKind;
}

/**
 * Reads a policy that stands in a YAML file (JSON's braces are YAML as well).
 *
 * @param node - the policy's mapping, of a document that was read with the failsafe schema.
 * @param options - what it is called and for; `placeOf` says where an offset of the file's text is.
 * @returns the policy, or everything that AWS would refuse in it and everything that would have no effect.
 */
export function parsePolicy(node: Node | null, options: PolicyOptions & { readonly placeOf: PlaceOf }): ParsedPolicy {
  return policyOf(treeOf(node, options.placeOf), options);
}

/**
 * Reads a policy that is JSON, such as the `Policy` parameter of AssumeRole.
 *
 * @param text - the policy, JSON.
 * @param options - what it is called and for; `source` is what its places call the text.
 * @returns as {@link parsePolicy} does.
 */
export function parsePolicyText(text: string, options: PolicyOptions & { readonly source: string }): ParsedPolicy {
  return policyOf(treeOfJson(text, options.source), options);
}

/**
 * How long a policy may be, in characters without white space.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const POLICY_SIZE_LIMITS: Readonly<Record<PolicyKind, number>> = {
  // Of a role; a group has 5,120, a user 2,048.
  identity: 10_240,
  boundary: 6144,
  session: 2048,
  // 2,048 unless raised.
  trust: 4096,
  // Of a bucket; other services have less.
  resource: 20_480,
};

function policyOf(parsed: ParsedTree, { name, kind }: PolicyOptions): ParsedPolicy {
  if (!parsed.ok) return parsed;
  const problems = collectProblems();
  const policy = readPolicy(parsed.tree, { name, kind }, problems);
  const [first, ...rest] = problems.found.toSorted(
    (a, b) => a.place.line - b.place.line || a.place.column - b.place.column,
  );
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  if (policy === undefined) throw new Error("unreachable: what is not read is reported");
  return { ok: true, policy };
}

function readPolicy(tree: Tree, { name, kind }: PolicyOptions, problems: Problems): PolicyDocument | undefined {
  const elements = elementsOf(tree, "policy", POLICY_ELEMENTS, problems);
  if (elements === undefined) return undefined;
  const size = sizeOf(tree);
  const limit = POLICY_SIZE_LIMITS[kind];
  if (size > limit) problems.report(tree.place, "policy", `at most ${limit} characters without white space`, `${size}`);

  const id = elements.get("Id");
  if (id !== undefined && isIdentityBased(kind)) {
    problems.report(id.place, "Id", "no Id, which only trust and resource-based policies have");
  }
  const version = versionOf(elements.get("Version"), problems);
  const statement = elements.get("Statement")?.value;
  if (statement === undefined) return problems.report(tree.place, "Statement", "at least one statement; it is missing");
  const items = statement.kind === "list" ? statement.items : [statement];
  if (items.length === 0) problems.report(statement.place, "Statement", "at least one statement");
  const statements = items
    .map((item) => readStatement(item, { kind, version }, problems))
    .filter((one) => one !== undefined);

  const sids = new Set<string>();
  for (const { sid, place } of statements) {
    if (sid !== undefined && sids.has(sid)) problems.report(place, "Sid", "a Sid that no other statement has", sid);
    if (sid !== undefined) sids.add(sid);
  }
  return { kind, name, version, place: tree.place, size, statements };
}

const POLICY_ELEMENTS = ["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

interface Dialect {
  readonly kind: PolicyKind;
  readonly version: PolicyDocument["version"];
}

function readStatement(tree: Tree, { kind, version }: Dialect, problems: Problems): PolicyStatement | undefined {
  const elements = elementsOf(tree, "Statement", STATEMENT_ELEMENTS, problems);
  if (elements === undefined) return undefined;
  const effect = effectOf(elements.get("Effect"), tree, problems);
  const sid = sidOf(elements.get("Sid"), problems);

  const principal = eitherOf(elements, "Principal", { tree, forbidden: isIdentityBased(kind), problems });
  if (principal?.negated === true && (kind === "trust" || effect === "Allow")) {
    problems.report(
      principal.entry.place,
      "NotPrincipal",
      "Principal; NotPrincipal is for Deny outside of trust policies",
    );
  }
  const action = eitherOf(elements, "Action", { tree, forbidden: false, problems });
  const resource = eitherOf(elements, "Resource", { tree, forbidden: kind === "trust", problems });
  const condition = elements.get("Condition");

  const statement = {
    place: tree.place,
    ...(sid !== undefined && { sid }),
    ...(principal && {
      principals: {
        negated: principal.negated,
        any: parsePrincipals(principal.entry.value, principal.entry.key, problems),
      },
    }),
    actions: {
      negated: action?.negated === true,
      any: action === undefined ? [] : actionsOf(action.entry, kind, problems),
    },
    ...(resource && {
      resources: { negated: resource.negated, any: resourcesOf(resource.entry, version, problems) },
    }),
    conditions: condition === undefined ? [] : parseConditions(condition.value, version, problems),
  };
  return effect && { ...statement, effect };
}

/** A mapping's entries, all of them known and none of them twice. */
function elementsOf(
  tree: Tree,
  field: string,
  known: readonly string[],
  problems: Problems,
): ReadonlyMap<string, Entry> | undefined {
  const expected = `a mapping of ${known.join(", ")}`;
  if (tree.kind !== "map") return problems.report(tree.place, field, expected);
  const elements = new Map<string, Entry>();
  for (const entry of tree.entries) {
    if (!known.includes(entry.key)) problems.report(entry.place, field, `one of ${known.join(", ")}`, entry.key);
    if (elements.has(entry.key)) problems.report(entry.place, field, "each element once", entry.key);
    elements.set(entry.key, entry);
  }
  return elements;
}

/** `Action` or `NotAction`, and the like: exactly one of both, or none where they are forbidden. */
function eitherOf(
  elements: ReadonlyMap<string, Entry>,
  name: string,
  { tree, forbidden, problems }: { readonly tree: Tree; readonly forbidden: boolean; readonly problems: Problems },
): { readonly negated: boolean; readonly entry: Entry } | undefined {
  const plain = elements.get(name);
  const negated = elements.get(`Not${name}`);
  const entry = plain ?? negated;
  if (forbidden) {
    return entry && problems.report(entry.place, entry.key, `no ${entry.key} in a policy of this kind`);
  }
  if (entry === undefined) return problems.report(tree.place, name, `${name} or Not${name}; both are missing`);
  if (plain !== undefined && negated !== undefined) {
    return problems.report(negated.place, `Not${name}`, `either ${name} or Not${name}`);
  }
  return { negated: plain === undefined, entry };
}

function versionOf(entry: Entry | undefined, problems: Problems): PolicyDocument["version"] {
  const text = entry && textOf(entry.value, "Version", problems);
  if (entry === undefined || text === undefined || text === "2008-10-17") return "2008-10-17";
  if (text !== "2012-10-17") problems.report(entry.value.place, "Version", "2012-10-17 or 2008-10-17", text);
  return "2012-10-17";
}

function effectOf(entry: Entry | undefined, statement: Tree, problems: Problems): "Allow" | "Deny" | undefined {
  if (entry === undefined) return problems.report(statement.place, "Effect", "Allow or Deny; it is missing");
  const text = textOf(entry.value, "Effect", problems);
  if (text === "Allow" || text === "Deny") return text;
  return problems.report(entry.value.place, "Effect", "Allow or Deny", text);
}

function sidOf(entry: Entry | undefined, problems: Problems): string | undefined {
  const text = entry && textOf(entry.value, "Sid", problems);
  // The console writes an empty one into trust policies.
  if (entry === undefined || text === undefined || text === "") return undefined;
  if (!/^[A-Za-z0-9]+$/.test(text)) problems.report(entry.value.place, "Sid", "letters and digits", text);
  return text;
}

const ACTION = /^(?:\*|\*:\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/;
// IAM: "AssumeRole policy may only specify STS AssumeRole actions."
const TRUST_ACTION = /^sts:[A-Za-z0-9*?]+$/i;

function actionsOf(entry: Entry, kind: PolicyKind, problems: Problems): PolicyStatement["actions"]["any"] {
  const [form, expected] =
    kind === "trust"
      ? [TRUST_ACTION, "an action of STS, such as sts:AssumeRole"]
      : [ACTION, "* or an action with its service, such as sts:AssumeRole"];
  return textsOf(entry.value, entry.key, problems).map(({ text, place }) => {
    if (!form.test(text)) problems.report(place, entry.key, expected, text);
    return wildcardOf([{ text: text.toLowerCase(), literal: false }]);
  });
}

function resourcesOf(
  entry: Entry,
  version: PolicyDocument["version"],
  problems: Problems,
): NonNullable<PolicyStatement["resources"]>["any"] {
  return textsOf(entry.value, entry.key, problems).flatMap(({ text, place }) => {
    const pattern = parseResource(text, version);
    if (pattern === undefined) problems.report(place, entry.key, EXPECTED_RESOURCE, text);
    return pattern ?? [];
  });
}

function isIdentityBased(kind: PolicyKind): boolean {
  return kind !== "trust" && kind !== "resource";
}
