import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide } from "./decide.ts";
import { parsePolicyText } from "./parse-policy.ts";
import type { AuthorizationRequest, Policies, PolicyDocument, PolicyKind, PolicyStatement } from "./types.ts";

// Few names, so that statements and requests meet often.
const ROLE = "arn:aws:iam::111122223333:role/Target";
const ANNA = "arn:aws:iam::111122223333:user/anna";
const EVE = "arn:aws:iam::444455556666:user/eve";
const SESSION = "arn:aws:sts::111122223333:assumed-role/Ops/carol";
const OPS = "arn:aws:iam::111122223333:role/Ops";

const condition = fc.option(
  fc
    .tuple(
      fc.constantFrom("StringEquals", "StringNotLike", "ForAllValues:StringLike", "StringEqualsIfExists"),
      fc.constantFrom("sts:ExternalId", "aws:PrincipalTag/team", "aws:username"),
      fc.constantFrom("a", "b*", "${aws:username}", "${aws:PrincipalTag/team, 'a'}"),
    )
    .map(([operator, key, values]) => ({ [operator]: { [key]: values } })),
  { nil: undefined },
);
const effect = fc.constantFrom("Allow", "Allow", "Deny");
const action = fc.constantFrom("sts:*", "sts:AssumeRole", "sts:AssumeRole*", "sts:Tag*");
const resource = fc.constantFrom("*", ROLE, "arn:aws:iam::*:role/T*", "arn:aws:iam::111122223333:role/${aws:username}");
const principal = fc.constantFrom(
  "*",
  { AWS: "111122223333" },
  { AWS: "444455556666" },
  { AWS: [ANNA, OPS] },
  { AWS: SESSION },
  { AWS: EVE },
);

function statementsOf(kind: PolicyKind): fc.Arbitrary<readonly PolicyStatement[]> {
  const elements = fc.record({
    Effect: effect,
    Action: action,
    [kind === "trust" ? "Principal" : "Resource"]: kind === "trust" ? principal : resource,
    Condition: condition,
  });
  return fc.array(elements, { minLength: 1, maxLength: 4 }).map((all) => all.map((one) => parsed(one, kind)));
}

const known = new Map<string, PolicyStatement>();

/** Statements come again and again, and reading one takes longer than deciding. */
function parsed(statement: unknown, kind: PolicyKind): PolicyStatement {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statement });
  const result = known.has(text) ? undefined : parsePolicyText(text, { name: kind, kind, source: kind });
  if (result?.ok === false) throw new Error(JSON.stringify(result.problems));
  const read = known.get(text) ?? result?.policy.statements[0];
  if (read === undefined) throw new Error("a policy without statements");
  known.set(text, read);
  return read;
}

const policy = (kind: PolicyKind): fc.Arbitrary<PolicyDocument> =>
  statementsOf(kind).map((statements) => ({
    kind,
    name: kind,
    version: "2012-10-17",
    place: { source: kind, line: 1, column: 1 },
    size: 0,
    statements,
  }));

const policies: fc.Arbitrary<Policies> = fc
  .record({
    identity: fc.array(policy("identity"), { maxLength: 2 }),
    boundary: fc.option(policy("boundary"), { nil: undefined }),
    session: fc.option(fc.array(policy("session"), { maxLength: 2 }), { nil: undefined }),
    resource: fc.option(policy("trust"), { nil: undefined }),
  })
  .map(({ identity, boundary, session, resource: trust }) => ({
    identity,
    ...(boundary !== undefined && { boundary }),
    ...(session !== undefined && { session }),
    ...(trust !== undefined && { resource: trust }),
  }));

const request: fc.Arbitrary<AuthorizationRequest> = fc
  .record({
    who: fc.constantFrom(
      { kind: "user", arn: ANNA, principalArn: ANNA } as const,
      { kind: "user", arn: EVE, principalArn: EVE } as const,
      { kind: "role-session", arn: SESSION, principalArn: OPS } as const,
    ),
    action: fc.constantFrom("sts:AssumeRole", "sts:TagSession"),
    externalId: fc.option(fc.constantFrom("a", "b", "b1"), { nil: undefined }),
    team: fc.option(fc.constantFrom("a", "b"), { nil: undefined }),
  })
  .map(({ who, action: asked, externalId, team }) => ({
    principal: {
      ...who,
      partition: "aws",
      account: who.arn.split(":")[4] ?? "",
      userId: "AIDAEXAMPLE",
      tags: new Map(team === undefined ? [] : [["team", team]]),
    },
    action: asked,
    resource: ROLE,
    context: new Map(externalId === undefined ? [] : [["sts:externalid", [externalId]]]),
  }));

/** The policies with every document changed in the same way. */
function changed(of: Policies, change: (document: PolicyDocument) => PolicyDocument): Policies {
  return {
    identity: of.identity.map(change),
    ...(of.boundary !== undefined && { boundary: change(of.boundary) }),
    ...(of.session !== undefined && { session: of.session.map(change) }),
    ...(of.resource !== undefined && { resource: change(of.resource) }),
  };
}

describe("decisions, whatever the policies", () => {
  test("both outcomes and all three reasons come about", () => {
    const seen = new Set(fc.sample(fc.tuple(request, policies), 2000).map(([asked, given]) => decide(asked, given).by));
    expect([...seen].toSorted()).toEqual(["allow", "explicit-deny", "implicit-deny"]);
  });

  test("a Deny is added: nobody is granted more", () => {
    const added = fc.tuple(statementsOf("identity"), statementsOf("trust"));
    fc.assert(
      fc.property(request, policies, added, (asked, given, [identity, trust]) => {
        const more = changed(given, (document) => {
          const denies = (document.kind === "trust" ? trust : identity).filter((one) => one.effect === "Deny");
          return { ...document, statements: [...document.statements, ...denies] };
        });
        return decide(asked, given).allowed || !decide(asked, more).allowed;
      }),
      { numRuns: 1000 },
    );
  });

  test("Allows are removed: nobody is granted more", () => {
    fc.assert(
      fc.property(request, policies, fc.nat(3), (asked, given, kept) => {
        const fewer = changed(given, (document) => ({
          ...document,
          statements: document.statements.filter((one, index) => one.effect === "Deny" || index === kept),
        }));
        return decide(asked, given).allowed || !decide(asked, fewer).allowed;
      }),
      { numRuns: 1500 },
    );
  });

  test("the order of policies and statements: does not matter", () => {
    fc.assert(
      fc.property(request, policies, (asked, given) => {
        const reversed = changed(given, (document) => ({ ...document, statements: document.statements.toReversed() }));
        const other = { ...reversed, identity: reversed.identity.toReversed() };
        const [before, after] = [decide(asked, given), decide(asked, other)];
        return before.allowed === after.allowed && before.by === after.by;
      }),
      { numRuns: 1500 },
    );
  });

  test("a boundary or a session policy is added: nobody is granted more", () => {
    fc.assert(
      fc.property(request, policies, policy("boundary"), policy("session"), (asked, given, boundary, session) => {
        const { boundary: _, session: __, ...unlimited } = given;
        return (
          decide(asked, unlimited).allowed || !decide(asked, { ...unlimited, boundary, session: [session] }).allowed
        );
      }),
      { numRuns: 1500 },
    );
  });

  test("the statement that decides: one of the given, with its place", () => {
    fc.assert(
      fc.property(request, policies, (asked, given) => {
        const decision = decide(asked, given);
        if (!("statement" in decision) || decision.statement === undefined) return !decision.allowed;
        const { place, policyName } = decision.statement;
        const all = [...given.identity, given.boundary, ...(given.session ?? []), given.resource];
        const wanted = decision.allowed ? "Allow" : "Deny";
        return all.some(
          (document) =>
            document?.name === policyName &&
            document.statements.some((one) => one.place === place && one.effect === wanted),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe("parsePolicyText, whatever the text", () => {
  const word = fc.constantFrom(
    "Version",
    "Statement",
    "Effect",
    "Allow",
    "Deny",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
    "2012-10-17",
    "*",
    "sts:*",
    "AWS",
    "Federated",
    "StringLike",
    "Null",
    "Bool",
    "IpAddress",
    "DateLessThan",
    "aws:SourceIp",
    "${aws:username}",
    "${",
    "203.0.113.0/24",
    "true",
    ROLE,
    ANNA,
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 7 },
      word,
      fc.string(),
      fc.constantFrom(null, true, 10),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(word, fc.string()), tie("tree"), { maxKeys: 4 }),
    ),
  }));
  const kinds = fc.constantFrom<PolicyKind>("identity", "trust", "resource");

  test("anything: a policy that decides, or problems that each have a place; never a throw", () => {
    const texts = fc.oneof(
      tree.map((value) => JSON.stringify(value)),
      fc.string(),
      fc.json(),
    );
    fc.assert(
      fc.property(texts, kinds, request, (text, kind, asked) => {
        const parsed = parsePolicyText(text, { name: "any", kind, source: "any" });
        if (!parsed.ok) return parsed.problems.every(({ place }) => place.line >= 1 && place.column >= 1);
        const given = kind === "identity" ? { identity: [parsed.policy] } : { identity: [], resource: parsed.policy };
        return typeof decide(asked, given).allowed === "boolean";
      }),
      { numRuns: 1500 },
    );
  });

  test("any values of conditions and of the request: a decision", () => {
    const operators = fc.constantFrom(
      "StringLike",
      "ArnNotEquals",
      "NumericLessThan",
      "DateGreaterThan",
      "IpAddress",
      "NotIpAddress",
      "Bool",
      "Null",
      "ForAnyValue:ArnLike",
      "BinaryEquals",
    );
    const value = fc.oneof(
      fc.string(),
      fc.ipV4(),
      fc.ipV6(),
      fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
      word,
      fc.double().map(String),
    );
    fc.assert(
      fc.property(operators, value, fc.array(value, { maxLength: 3 }), request, (operator, written, told, asked) => {
        const statement = {
          Effect: "Allow",
          Action: "sts:*",
          Resource: "*",
          Condition: { [operator]: { "key:x": written } },
        };
        const text = JSON.stringify({ Version: "2012-10-17", Statement: statement });
        const parsed = parsePolicyText(text, { name: "any", kind: "identity", source: "any" });
        if (!parsed.ok) return parsed.problems.length > 0;
        const decision = decide({ ...asked, context: new Map([["key:x", told]]) }, { identity: [parsed.policy] });
        return typeof decision.allowed === "boolean";
      }),
      { numRuns: 1500 },
    );
  });
});
