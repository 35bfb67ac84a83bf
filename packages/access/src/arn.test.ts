import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Arn, canonicalArn, formatArn, parseArn, PARTITIONS } from "./arn.ts";

const name = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
const path = fc.oneof(fc.constant("/"), fc.stringMatching(/^\/([\w.-]{1,20}\/){1,4}$/));
const inAccount = { partition: fc.constantFrom(...PARTITIONS), account: fc.stringMatching(/^[0-9]{12}$/) };
const arns: fc.Arbitrary<Arn> = fc.oneof(
  fc.record({ kind: fc.constantFrom("user" as const, "role" as const), ...inAccount, path, name }),
  fc.record({ kind: fc.constant("assumed-role" as const), ...inAccount, name, sessionName: name }),
  fc.record({ kind: fc.constant("federated-user" as const), ...inAccount, name }),
  fc.record({ kind: fc.constant("root" as const), ...inAccount }),
);

describe("parseArn", () => {
  test.each([
    ["arn:aws:iam::111122223333:root", { kind: "root", partition: "aws", account: "111122223333" }],
    ["arn:aws-cn:iam::111122223333:user/a/b/Bob", { kind: "user", partition: "aws-cn", path: "/a/b/", name: "Bob" }],
    [
      "arn:aws-us-gov:iam::111122223333:role/Admin",
      { kind: "role", partition: "aws-us-gov", path: "/", name: "Admin" },
    ],
    [
      "arn:aws-eusc:sts::111122223333:assumed-role/Admin/al@example.com",
      { kind: "assumed-role", partition: "aws-eusc", name: "Admin", sessionName: "al@example.com" },
    ],
    ["arn:aws:sts::111122223333:federated-user/carol", { kind: "federated-user", name: "carol" }],
  ])("form: %s", (text, parts) => {
    expect(parseArn(text)).toMatchObject(parts);
  });

  test.each([
    "",
    "arn:aws:iam::111122223333:role/",
    "arn:aws:iam::111122223333:role",
    "arn:aws:iam::111122223333:group/Admins",
    "arn:aws:iam::111122223333:root/x",
    "arn:aws:iam::11112222333:root",
    "arn:aws:iam::1111222233334:root",
    "arn:aws:iam::١١١١٢٢٢٢٣٣٣٣:root",
    "arn:aws:iam:us-east-1:111122223333:root",
    "arn:mars:iam::111122223333:root",
    "arn:aws:s3::111122223333:root",
    "ARN:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:root\n",
    " arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:role/Ad min",
    "arn:aws:iam::111122223333:role/A*",
    "arn:aws:iam::111122223333:role/\u212Aube",
    `arn:aws:iam::111122223333:role/${"a".repeat(65)}`,
    "arn:aws:sts::111122223333:assumed-role/Admin",
    "arn:aws:sts::111122223333:assumed-role/team/Admin/alice",
    "arn:aws:sts::111122223333:assumed-role/Admin/a:b",
    "arn:aws:sts::111122223333:federated-user/a/b",
    "arn:aws:sts::111122223333:root",
    "arn:aws:iam::111122223333:assumed-role/Admin/alice",
  ])("not one: %j", (text) => {
    expect(parseArn(text)).toBeUndefined();
  });

  test("round trip: every ARN is read as it was written", () => {
    fc.assert(
      fc.property(arns, (arn) => {
        expect(parseArn(formatArn(arn))).toEqual(arn);
      }),
    );
  });

  test("malleability: what parses is written back identically", () => {
    const near = fc.tuple(arns.map(formatArn), fc.nat(), fc.string({ maxLength: 2 })).map(([text, at, noise]) => {
      const position = at % (text.length + 1);
      return text.slice(0, position) + noise + text.slice(position);
    });
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const arn = parseArn(text);
        if (arn !== undefined) expect(formatArn(arn)).toBe(text);
      }),
    );
  });
});

describe("canonicalArn", () => {
  test.each([
    ["arn:aws-cn:sts::111122223333:assumed-role/Admin/alice", "arn:aws-cn:iam::111122223333:role/Admin"],
    ["arn:aws:iam::111122223333:role/team/Admin", "arn:aws:iam::111122223333:role/Admin"],
    ["arn:aws:iam::111122223333:user/team/alice", "arn:aws:iam::111122223333:user/team/alice"],
    ["arn:aws:sts::111122223333:federated-user/carol", "arn:aws:sts::111122223333:federated-user/carol"],
    ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root"],
  ])("%s", (text, canonical) => {
    const arn = parseArn(text);
    expect(arn && canonicalArn(arn)).toBe(canonical);
  });

  test("canonical: once is enough", () => {
    fc.assert(
      fc.property(arns, (arn) => {
        const once = canonicalArn(arn);
        const again = parseArn(once);
        expect(again && canonicalArn(again)).toBe(once);
      }),
    );
  });
});
