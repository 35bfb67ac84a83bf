import { describe, expect, test } from "vitest";
import { decide } from "./decide.ts";
import { parsePolicyText } from "./parse-policy.ts";
import type { AuthorizationRequest, Decision, PolicyDocument } from "./types.ts";

// What AWS's documentation has no example of; the rest is in vectors/policy.

function policy(statement: unknown, kind: PolicyDocument["kind"] = "identity"): PolicyDocument {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statement });
  const parsed = parsePolicyText(text, { name: "P", kind, source: "p.json" });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

function ask(condition: unknown, context: Record<string, readonly string[]>, resource = "*"): Decision {
  const arn = "arn:aws:iam::111122223333:user/alice";
  const request: AuthorizationRequest = {
    principal: {
      kind: "user",
      partition: "aws",
      account: "111122223333",
      arn,
      principalArn: arn,
      userId: "AIDAEXAMPLE",
      tags: new Map(),
    },
    action: "s3:GetObject",
    resource,
    context: new Map(Object.entries(context)),
  };
  const statement = { Sid: "S", Effect: "Allow", Action: "s3:*", Resource: "*", Condition: condition };
  return decide(request, { identity: [policy(statement)] });
}

describe("decide", () => {
  test("what a request says of its own principal: does not count", () => {
    const arn = "arn:aws:iam::111122223333:user/admin";
    const told = { "aws:principalarn": [arn], "aws:username": ["admin"], "aws:principaltag/team": ["red"] };
    expect(ask({ ArnEquals: { "aws:PrincipalArn": arn } }, told).allowed).toBe(false);
    expect(ask({ StringEquals: { "aws:username": "admin" } }, told).allowed).toBe(false);
    expect(ask({ StringEquals: { "aws:PrincipalTag/team": "red" } }, told).allowed).toBe(false);
  });

  test("what AWS itself owns: the principal's own policies decide", () => {
    expect(ask({}, {}, "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy").allowed).toBe(true);
    expect(ask({}, {}, "arn:aws:eks:eu-west-1:444455556666:cluster/prod").allowed).toBe(false);
  });

  test("an ARN condition whose variable is no ARN: matches none", () => {
    const condition = { ArnLike: { "aws:SourceArn": "${key:y}" } };
    const source = "arn:aws:s3:::b";
    expect(ask(condition, { "aws:sourcearn": [source], "key:y": ["arn"] }).allowed).toBe(false);
    expect(ask(condition, { "aws:sourcearn": [source], "key:y": [source] }).allowed).toBe(true);
  });

  test("allowed by a statement: told by policy, Sid and place", () => {
    const decision = ask({}, {});
    expect(decision).toMatchObject({
      statement: {
        policyType: "identity-based policy",
        policyName: "P",
        sid: "S",
        place: { source: "p.json", line: 1 },
      },
      detail: 'identity-based policy "P", statement S, allows s3:GetObject on *',
    });
  });

  test("two conditions in the way of one statement: the first is told", () => {
    const decision = ask({ Bool: { "aws:MultiFactorAuthPresent": "true" }, StringEquals: { "key:x": "y" } }, {});
    expect(decision).toMatchObject({ by: "implicit-deny", nearMiss: { condition: "Bool aws:MultiFactorAuthPresent" } });
  });
});
