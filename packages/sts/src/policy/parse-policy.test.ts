import { describe, expect, test } from "vitest";
import { LineCounter, parseDocument } from "yaml";
import { parsePolicy, parsePolicyText } from "./parse-policy.ts";
import type { PolicyKind } from "./types.ts";

const allow = { Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" };
const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "111122223333" } };

function read(policy: unknown, kind: PolicyKind = "identity") {
  const text = typeof policy === "string" ? policy : JSON.stringify(policy);
  return parsePolicyText(text, { name: "P", kind, source: "p.json" });
}

function fieldsRefused(policy: unknown, kind: PolicyKind = "identity"): readonly string[] {
  const parsed = read(policy, kind);
  return parsed.ok ? [] : parsed.problems.map(({ field }) => field);
}

const one = (statement: unknown) => ({ Version: "2012-10-17", Statement: [statement] });

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html unless another page is named
const REFUSED: readonly (readonly [string, unknown, PolicyKind, string])[] = [
  ["an unknown Version", { ...one(allow), Version: "2012-10-18" }, "identity", "Version"],
  ["an Id in an identity-based policy", { ...one(allow), Id: "x" }, "identity", "Id"],
  ["an unknown element", { ...one(allow), Statements: [] }, "identity", "policy"],
  ["no Statement", { Version: "2012-10-17" }, "identity", "Statement"],
  ["an empty Statement", { Version: "2012-10-17", Statement: [] }, "identity", "Statement"],
  ["an unknown element of a statement", one({ ...allow, Conditions: {} }), "identity", "Statement"],
  ["an element in lower case", one({ ...allow, sid: "x" }), "identity", "Statement"],
  ["no Effect", one({ Action: "s3:*", Resource: "*" }), "identity", "Effect"],
  ["an Effect in lower case", one({ ...allow, Effect: "allow" }), "identity", "Effect"],
  ["no Action", one({ Effect: "Allow", Resource: "*" }), "identity", "Action"],
  ["Action and NotAction", one({ ...allow, NotAction: "s3:*" }), "identity", "NotAction"],
  ["an action without its service", one({ ...allow, Action: "AssumeRole" }), "identity", "Action"],
  ["an empty list of actions", one({ ...allow, Action: [] }), "identity", "Action"],
  ["no Resource", one({ Effect: "Allow", Action: "s3:*" }), "identity", "Resource"],
  ["a Resource that is no ARN", one({ ...allow, Resource: "my-bucket" }), "identity", "Resource"],
  ["a Resource of too few parts", one({ ...allow, Resource: "arn:aws:s3" }), "identity", "Resource"],
  ["a Resource of no partition", one({ ...allow, Resource: "arn:amazon:s3:::b" }), "identity", "Resource"],
  ["a wildcard for the service", one({ ...allow, Resource: "arn:aws:*:::b" }), "identity", "Resource"],
  [
    "a variable before the fifth colon",
    one({ ...allow, Resource: "arn:aws:iam::${aws:x}:role/a" }),
    "identity",
    "Resource",
  ],
  [
    "a variable that does not end",
    one({ ...allow, Resource: "arn:aws:s3:::b/${aws:username" }),
    "identity",
    "Resource",
  ],
  ["an empty variable", one({ ...allow, Resource: "arn:aws:s3:::b/${}" }), "identity", "Resource"],
  ["a Principal in an identity-based policy", one({ ...allow, Principal: "*" }), "identity", "Principal"],
  ["a Sid of other characters", one({ ...allow, Sid: "a b" }), "identity", "Sid"],
  [
    "the same Sid twice",
    {
      Statement: [
        { ...allow, Sid: "A" },
        { ...allow, Sid: "A" },
      ],
    },
    "identity",
    "Sid",
  ],
  ["an unknown operator", one({ ...allow, Condition: { StringEqual: { "aws:x": "y" } } }), "identity", "Condition"],
  ["NullIfExists", one({ ...allow, Condition: { NullIfExists: { "aws:x": "true" } } }), "identity", "Condition"],
  [
    "an unknown set qualifier",
    one({ ...allow, Condition: { "ForSome:StringLike": { "aws:x": "y" } } }),
    "identity",
    "Condition",
  ],
  [
    "a key without its prefix",
    one({ ...allow, Condition: { StringLike: { username: "y" } } }),
    "identity",
    "StringLike",
  ],
  ["no values", one({ ...allow, Condition: { StringLike: { "aws:x": [] } } }), "identity", "aws:x"],
  ["a number that is none", one({ ...allow, Condition: { NumericEquals: { "aws:x": "ten" } } }), "identity", "aws:x"],
  [
    "a variable as a number",
    one({ ...allow, Condition: { NumericEquals: { "aws:x": "${aws:y}" } } }),
    "identity",
    "aws:x",
  ],
  [
    "a day that does not exist",
    one({ ...allow, Condition: { DateLessThan: { "aws:x": "2030-02-31" } } }),
    "identity",
    "aws:x",
  ],
  ["a Bool that is none", one({ ...allow, Condition: { Bool: { "aws:x": "yes" } } }), "identity", "aws:x"],
  [
    "an address that is none",
    one({ ...allow, Condition: { IpAddress: { "aws:SourceIp": "203.0.113.256" } } }),
    "identity",
    "aws:SourceIp",
  ],
  [
    "a prefix that is too long",
    one({ ...allow, Condition: { IpAddress: { "aws:SourceIp": "::/129" } } }),
    "identity",
    "aws:SourceIp",
  ],
  ["Base64 that is none", one({ ...allow, Condition: { BinaryEquals: { "key:x": "a" } } }), "identity", "key:x"],
  [
    "an ARN of too few parts",
    one({ ...allow, Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam" } } }),
    "identity",
    "aws:PrincipalArn",
  ],
  ["a Resource in a trust policy", one({ ...trust, Resource: "*" }), "trust", "Resource"],
  ["no Principal in a trust policy", one({ Effect: "Allow", Action: "sts:AssumeRole" }), "trust", "Principal"],
  [
    "NotPrincipal in a trust policy",
    one({ Effect: "Deny", Action: "sts:*", NotPrincipal: { AWS: "111122223333" } }),
    "trust",
    "NotPrincipal",
  ],
  ["NotPrincipal with Allow", one({ ...allow, NotPrincipal: { AWS: "111122223333" } }), "resource", "NotPrincipal"],
  ["an action of another service in a trust policy", one({ ...trust, Action: "s3:*" }), "trust", "Action"],
  ["an unknown kind of principal", one({ ...trust, Principal: { Everyone: "*" } }), "trust", "Principal"],
  ["a canonical user", one({ ...trust, Principal: { CanonicalUser: "79a59df900b949e55d96" } }), "trust", "Principal"],
  [
    "a wildcard within a principal",
    one({ ...trust, Principal: { AWS: "arn:aws:iam::111122223333:user/*" } }),
    "trust",
    "Principal",
  ],
  [
    "all sessions of a role",
    one({ ...trust, Principal: { AWS: "arn:aws:sts::111122223333:assumed-role/R/*" } }),
    "trust",
    "Principal",
  ],
  ["a group", one({ ...trust, Principal: { AWS: "arn:aws:iam::111122223333:group/admins" } }), "trust", "Principal"],
  ["an account of eleven digits", one({ ...trust, Principal: { AWS: "11112222333" } }), "trust", "Principal"],
  [
    "a unique id, which stands for somebody deleted",
    one({ ...trust, Principal: { AWS: "AIDACKCEVSQ6C2EXAMPLE" } }),
    "trust",
    "Principal",
  ],
  ["an unknown provider", one({ ...trust, Principal: { Federated: "login.example.com" } }), "trust", "Principal"],
  ["null", { ...one(allow), Version: null }, "identity", "policy"],
  ["a character beyond U+00FF", one({ ...allow, Resource: "arn:aws:s3:::b/漢" }), "identity", "policy"],
  ["no JSON", "{", "identity", "policy"],
  [
    "a key twice",
    '{"Statement":[{"Effect":"Allow","Effect":"Deny","Action":"s3:*","Resource":"*"}]}',
    "identity",
    "policy",
  ],
  ["lists in lists without end", "[".repeat(50_000) + "]".repeat(50_000), "identity", "policy"],
];

describe("parsePolicyText", () => {
  for (const [what, policy, kind, field] of REFUSED) {
    test(`${what}: refused, naming ${field}`, () => {
      expect(fieldsRefused(policy, kind)).toContain(field);
    });
  }

  test("a statement alone, a Sid that is empty, no Version: read, as 2008-10-17", () => {
    const parsed = read({ Statement: { ...allow, Sid: "" } });
    expect(parsed).toMatchObject({ ok: true, policy: { version: "2008-10-17", statements: [{ effect: "Allow" }] } });
  });

  test("numbers and Booleans without quotes: the same as with them", () => {
    const bare =
      '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericEquals":{"s3:max-keys":10},"Bool":{"aws:SecureTransport":true}}}]}';
    const quoted = bare.replace(":10", ':"10"').replace(":true", ':"true"');
    const values = (text: string) => {
      const parsed = read(text);
      return parsed.ok && parsed.policy.statements[0]?.conditions.map((condition) => condition.values);
    };
    expect(values(bare)).toEqual(values(quoted));
    expect(values(bare)).toHaveLength(2);
  });

  test("everything that is wrong: told at once, with line and column, in the order of the text", () => {
    const text =
      '{\n  "Version": "2012",\n  "Statement": [{\n    "Effect": "Allow",\n    "Action": "s3",\n    "Resource": "*"\n  }]\n}';
    expect(read(text)).toEqual({
      ok: false,
      problems: [
        {
          place: { source: "p.json", line: 2, column: 14 },
          field: "Version",
          value: "2012",
          expected: "2012-10-17 or 2008-10-17",
        },
        {
          place: { source: "p.json", line: 5, column: 15 },
          field: "Action",
          value: "s3",
          expected: "* or an action with its service, such as sts:AssumeRole",
        },
      ],
    });
  });

  test("size: white space does not count, and one character too many is refused", () => {
    const empty = read(one({ ...allow, Action: [""] }), "session");
    expect(empty.ok).toBe(false);
    const frame = JSON.stringify(one({ ...allow, Action: "s3:" })).length;
    const sized = (size: number) => one({ ...allow, Action: `s3:${"a".repeat(size - frame)}` });
    const spaced = JSON.stringify(sized(2048), null, 8);
    expect(read(spaced, "session")).toMatchObject({ ok: true, policy: { size: 2048 } });
    expect(fieldsRefused(sized(2049), "session")).toEqual(["policy"]);
    expect(read(sized(2049), "identity").ok).toBe(true);
    expect(fieldsRefused(sized(10_241), "identity")).toEqual(["policy"]);
  });
});

describe("parsePolicy", () => {
  const yaml = (text: string) => {
    const lines = new LineCounter();
    const document = parseDocument(text, { schema: "failsafe", prettyErrors: false, lineCounter: lines });
    const placeOf = (offset: number) => {
      const { line, col } = lines.linePos(offset);
      return { source: "iam.yaml", line, column: col };
    };
    return parsePolicy(document.contents, { name: "P", kind: "identity", placeOf });
  };

  test("YAML: the same policy, each statement with its line", () => {
    const parsed = yaml(
      "Version: 2012-10-17\nStatement:\n  - Effect: Allow\n    Action: sts:AssumeRole\n    Resource: '*'\n",
    );
    expect(parsed).toMatchObject({
      ok: true,
      policy: { version: "2012-10-17", statements: [{ place: { source: "iam.yaml", line: 3, column: 5 } }] },
    });
  });

  test("an alias: refused, since a policy has none", () => {
    expect(yaml("Version: &v 2012-10-17\nStatement: *v\n")).toMatchObject({ ok: false });
  });

  test("a value that is missing: refused, at its key", () => {
    expect(yaml("Version: 2012-10-17\nStatement:\n")).toMatchObject({ ok: false, problems: [{ place: { line: 2 } }] });
  });
});
