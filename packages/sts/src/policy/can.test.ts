import { describe, expect, test } from "vitest";
import { parseIam } from "../parse-iam.ts";
import { canAccess } from "./can.ts";

const FILE = `
accounts:
  - id: "111122223333"
    users:
      - name: alice
        policies:
          - name: Assume
            document:
              Version: "2012-10-17"
              Statement:
                - { Sid: Yes, Effect: Allow, Action: "sts:AssumeRole", Resource: "*" }
      - { name: gone, active: false }
      - { name: twin }
    roles:
      - name: Developer
        path: /team/
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            Effect: Allow
            Principal: { AWS: "111122223333" }
            Action: sts:AssumeRole
            Condition: { StringEquals: { "sts:ExternalId": "12345" } }
      - { name: Untrusting }
      - { name: twin }
`;

function can(principal: string, action: string, resource = "*", context: Record<string, string> = {}) {
  const parsed = parseIam(FILE, "iam.yaml");
  if (!parsed.ok) throw new Error(parsed.errors[0].message);
  const told = new Map(Object.entries(context).map(([key, value]) => [key, [value]]));
  return canAccess(parsed.iam, { principal, action, resource, context: told, now: Date.UTC(2030, 0, 1) });
}

describe("canAccess", () => {
  test("both sides allow: the identity's statement, with its line", () => {
    const { principal, resource, decision } = can("alice", "sts:AssumeRole", "Developer", {
      "sts:ExternalId": "12345",
    });
    expect([principal, resource]).toEqual([
      "arn:aws:iam::111122223333:user/alice",
      "arn:aws:iam::111122223333:role/team/Developer",
    ]);
    expect(decision).toMatchObject({
      by: "allow",
      statement: {
        policyType: "identity-based policy",
        policyName: "Assume",
        sid: "Yes",
        place: { source: "iam.yaml", line: 11 },
      },
    });
  });

  test("a condition in the way: the statement that would allow, and the condition's line", () => {
    expect(can("alice", "sts:AssumeRole", "Developer").decision).toMatchObject({
      by: "implicit-deny",
      missing: "trust policy",
      nearMiss: { condition: "StringEquals sts:ExternalId", place: { line: 23 } },
    });
  });

  test("a role without a trust policy: nobody assumes it", () => {
    expect(can("alice", "sts:AssumeRole", "Untrusting").decision).toMatchObject({
      allowed: false,
      missing: "trust policy",
    });
  });

  test("a role, its ARN, a session, a session's ARN: the session's decision", () => {
    const arn = "arn:aws:sts::111122223333:assumed-role/Developer/carol";
    const session = "arn:aws:sts::111122223333:assumed-role/Developer/any-session";
    const names = ["Developer", "arn:aws:iam::111122223333:role/team/Developer", "Developer/carol", arn];
    expect(names.map((name) => can(name, "s3:GetObject").principal)).toEqual([session, session, arn, arn]);
  });

  test("a condition key that follows from the principal: refused, since it would not count", () => {
    const told = { "aws:PrincipalTag/team": "red" };
    expect(() => can("alice", "s3:GetObject", "*", told)).toThrow(
      '"aws:principaltag/team": follows from the principal',
    );
  });

  test("the root user: everything but a role", () => {
    expect(can("root", "s3:ListAllMyBuckets").decision).toMatchObject({ allowed: true });
    expect(can("root", "sts:AssumeRole", "Developer").decision).toMatchObject({ allowed: false });
  });

  test("nobody, somebody not active, two of one name, an unknown resource: told apart", () => {
    expect(() => can("nobody", "s3:GetObject")).toThrow('principal "nobody": iam.yaml declares nobody called so');
    expect(() => can("gone", "s3:GetObject")).toThrow('principal "gone": iam.yaml declares nobody called so');
    expect(() => can("twin", "s3:GetObject")).toThrow("user/twin and arn:aws:sts::111122223333:assumed-role/twin");
    expect(() => can("alice", "s3:GetObject", "bucket")).toThrow(
      'resource "bucket": neither an ARN nor a role of iam.yaml',
    );
  });
});
