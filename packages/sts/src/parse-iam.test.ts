import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { credentialsOf, type Iam, type IamError, parseIam } from "./index.ts";

const EXAMPLE = readFileSync(new URL("../iam.example.yaml", import.meta.url), "utf8");

const ALICE = `accounts:
  - id: "111122223333"
    users:
      - name: alice
        accessKeys:
          - accessKeyId: AKIAALICEEXAMPLE0001
            secretAccessKey: canary/secret+of+alice
    roles:
      - name: Developer
        sessions:
          - name: carol@example.com
            accessKeyId: ASIACAROLEXAMPLE0001
            secretAccessKey: canary/secret+of+carol
            sessionToken: canary/session+of+carol==
`;

function parsed(text: string): Iam {
  const result = parseIam(text, "iam.yaml");
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join("\n"));
  return result.iam;
}

function errorsOf(text: string): readonly IamError[] {
  const result = parseIam(text, "iam.yaml");
  return result.ok ? [] : result.errors;
}

const messagesOf = (text: string): readonly string[] => errorsOf(text).map(({ message }) => message);

/** The file with one text changed, which must be there. */
function changed(from: string, to: string): string {
  if (!ALICE.includes(from)) throw new Error(`the file has no ${from}`);
  return ALICE.replace(from, to);
}

describe("parseIam", () => {
  test("the example: every kind of identity with the ARN and user id that STS gives it", () => {
    const identities = [...parsed(EXAMPLE).accessKeys.values()].map(({ identity }) => [identity.arn, identity.userId]);
    expect(identities).toContainEqual(["arn:aws:iam::111122223333:root", "111122223333"]);
    expect(identities).toContainEqual(["arn:aws:iam::111122223333:user/alice", "AIDAALICEEXAMPLE00001"]);
    expect(identities).toContainEqual([
      "arn:aws:sts::111122223333:assumed-role/Developer/carol@example.com",
      "AROADEVELOPEREXAMPLE1:carol@example.com",
    ]);
    expect(identities).toContainEqual(["arn:aws:sts::111122223333:federated-user/frank", "111122223333:frank"]);
    const arns = identities.map(([arn]) => arn);
    expect(arns).toContain("arn:aws:iam::111122223333:user/contractors/mallory");
    expect(arns).toContain("arn:aws:sts::111122223333:assumed-role/NodeInstanceRole/i-0123456789abcdef0");
    expect(arns).toContain("arn:aws-cn:iam::444455556666:user/mei");
  });

  test("principals: keep their path in their ARN, also roles", () => {
    const arns = parsed(EXAMPLE).principals.map(({ arn }) => arn);
    expect(arns).toContain("arn:aws:iam::111122223333:role/team/Developer");
    expect(arns).toContain("arn:aws:iam::111122223333:user/contractors/mallory");
  });

  test("unique ids: derived ones stay the same, differ from each other and have AWS's form", () => {
    const ids = parsed(EXAMPLE).principals.map(({ uniqueId }) => uniqueId);
    expect(parsed(EXAMPLE).principals.map(({ uniqueId }) => uniqueId)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^(?:AIDA|AROA)[A-Z0-9]{17}$/);
  });

  test("account ids: leading zeros stay without quotes too", () => {
    expect(parsed("accounts: [{ id: 000011112222 }]").principals).toEqual([]);
    const iam = parsed(changed('"111122223333"', "000011112222"));
    expect(iam.accessKeys.get("AKIAALICEEXAMPLE0001")?.identity.account).toBe("000011112222");
  });

  test("two sessions of one name: both known, as after assuming a role twice", () => {
    const second = `          - name: carol@example.com
            accessKeyId: ASIACAROLEXAMPLE0002
            secretAccessKey: canary/secret+of+carol/2
            sessionToken: canary/session+of+carol/2
`;
    const iam = parsed(ALICE + second);
    expect(iam.accessKeys.get("ASIACAROLEXAMPLE0002")?.identity.arn).toBe(
      iam.accessKeys.get("ASIACAROLEXAMPLE0001")?.identity.arn ?? "",
    );
  });

  test.each<readonly [what: string, text: string, message: string]>([
    ["an empty file", "", "iam.yaml:1:1: file: expected a mapping of accounts, throttled"],
    ["a file without accounts", "{}", "iam.yaml:1:1: accounts: expected a list of accounts; it is missing"],
    [
      "accounts without a list",
      "accounts:\n",
      "iam.yaml:1:10: accounts: expected a list, each item on a line that starts with a dash",
    ],
    [
      "an unknown field",
      `${ALICE}extra: 1\n`,
      'iam.yaml:15:1: file field "extra": expected one of accounts, throttled',
    ],
    [
      "a misspelt field",
      changed("sessionToken", "sessiontoken"),
      'iam.yaml:14:13: session field "sessiontoken": expected one of name, accessKeyId, secretAccessKey, sessionToken, expiration',
    ],
    ["a short account id", changed('"111122223333"', "1111"), 'iam.yaml:2:9: id "1111": expected 12 digits'],
    [
      "an unknown partition",
      changed("    users:", "    partition: aws-moon\n    users:"),
      'iam.yaml:3:16: partition "aws-moon": expected one of aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws-eusc',
    ],
    [
      "a name with a blank",
      changed("name: alice", "name: alice smith"),
      'iam.yaml:4:15: name "alice smith": expected 1 to 64 of letters, digits and _+=,.@-',
    ],
    [
      "a session name of one character",
      changed("name: carol@example.com", "name: c"),
      'iam.yaml:11:19: name "c": expected 2 to 64 of letters, digits and _+=,.@-',
    ],
    [
      "a path without its last slash",
      changed("name: Developer", "name: Developer\n        path: /team"),
      'iam.yaml:10:15: path "/team": expected a path that begins and ends with a slash, such as / or /team/',
    ],
    [
      "a temporary key without its session token",
      changed("            sessionToken: canary/session+of+carol==\n", ""),
      "iam.yaml:11:13: sessionToken: expected 8 to 8192 printable ASCII characters; it is missing",
    ],
    [
      "a long-term key id for a session",
      changed("ASIACAROLEXAMPLE0001", "AKIACAROLEXAMPLE0001"),
      "iam.yaml:12:26: accessKeyId: expected ASIA and 12 to 124 capital letters or digits",
    ],
    [
      "a day that does not exist",
      `${ALICE}            expiration: 2026-02-31T00:00:00Z\n`,
      'iam.yaml:15:25: expiration "2026-02-31T00:00:00Z": expected a day and time that exist',
    ],
    [
      "a moment without its zone",
      `${ALICE}            expiration: 2026-02-01 00:00\n`,
      'iam.yaml:15:25: expiration "2026-02-01 00:00": expected a moment such as 2030-01-31T12:00:00Z',
    ],
    [
      "a flag that is neither",
      changed(
        "secretAccessKey: canary/secret+of+alice",
        "secretAccessKey: canary/secret+of+alice\n            active: yes",
      ),
      'iam.yaml:8:21: active "yes": expected true or false',
    ],
    [
      "an alias",
      changed("name: alice", "name: *someone"),
      "iam.yaml:4:15: name: expected 1 to 64 of letters, digits and _+=,.@-",
    ],
    [
      "two documents",
      `${ALICE}---\n${ALICE}`,
      "iam.yaml:15:1: file: expected one valid YAML document (parser: multiple docs)",
    ],
    [
      "a key twice in a mapping",
      changed("      - name: alice", "      - name: alice\n        name: bob"),
      "iam.yaml:5:9: file: expected one valid YAML document (parser: duplicate key)",
    ],
    [
      "a tag",
      changed("name: alice", "name: !env alice"),
      "iam.yaml:4:15: file: expected one valid YAML document (parser: tag resolve failed)",
    ],
  ])("%s: told with its place, its value and what was expected", (_, text, message) => {
    expect(messagesOf(text)).toContain(message);
  });

  test("what may stand only once: the second is told", () => {
    const twice = `${ALICE}  - id: "444455556666"
    users:
      - name: alice
        accessKeys:
          - accessKeyId: AKIAALICEEXAMPLE0001
            secretAccessKey: canary/secret+of+another
      - name: Alice
  - id: "111122223333"
`;
    expect(messagesOf(twice)).toEqual([
      'iam.yaml:19:26: accessKeyId "AKIAALICEEXAMPLE0001": expected an access key id that is not declared yet',
      'iam.yaml:21:15: name "Alice": expected a user that is not declared yet',
      'iam.yaml:22:9: id "111122223333": expected an account that is not declared yet',
    ]);
    const sameId = ALICE.replaceAll(/name: (alice)/g, "name: $1\n        uniqueId: AIDAEXAMPLE000000001");
    const bob = "      - name: bob\n        uniqueId: AIDAEXAMPLE000000001\n    roles:";
    expect(messagesOf(sameId.replace("    roles:", bob))).toEqual([
      'iam.yaml:10:19: uniqueId "AIDAEXAMPLE000000001": expected an id that nobody else has',
    ]);
  });

  test("several mistakes: all told at once, in the order of the file", () => {
    const errors = errorsOf(changed("name: alice", "name: a b").replace("name: carol@example.com", "nom: carol"));
    expect(errors.map(({ line, field }) => [line, field])).toEqual([
      [4, "name"],
      [11, "session field"],
      [11, "name"],
    ]);
  });

  test("secrets: in no message, also where keys are swapped or the YAML is broken", () => {
    const broken = [
      changed("accessKeyId: AKIAALICEEXAMPLE0001", "accessKeyId: canary/secret+of+alice"),
      changed("canary/secret+of+alice", '"canary/secret é"'),
      changed("canary/secret+of+carol", '"canary/secret'),
      changed("canary/session+of+carol==", "[canary/session]"),
      changed("canary/session+of+carol==", "canary: session: x"),
      changed("canary/session+of+carol==", "!canary x"),
      changed(
        "            secretAccessKey: canary/secret+of+carol",
        "         secretAccessKey: canary/secret+of+carol",
      ),
    ];
    for (const text of broken) {
      expect(errorsOf(text).length).toBeGreaterThan(0);
      expect(JSON.stringify(errorsOf(text))).not.toContain("canary");
    }
  });

  test("hostile files: refused, never thrown", () => {
    for (const text of [
      "[".repeat(100_000),
      "- ".repeat(50_000),
      "? ".repeat(30_000),
      "a".repeat(1_048_577),
      "\0",
      "&a [*a]",
    ]) {
      expect(errorsOf(text).length).toBeGreaterThan(0);
    }
  });

  test("any text: a snapshot or errors with a place inside the file, never an exception", () => {
    const lines = fc.constantFrom(
      ...ALICE.split("\n"),
      "- ",
      "  ",
      ": ",
      "&a",
      "*a",
      "!!map",
      "|",
      "? x",
      "{",
      "]",
      '"',
    );
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 20 }), (some) => {
        const text = some.join("\n");
        for (const { line, column, message } of errorsOf(text)) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(some.length + 1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(message).not.toContain("\n");
          expect(message).not.toContain("canary");
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("credentialsOf", () => {
  const iam = parsed(EXAMPLE);

  test.each([
    ["alice", "AKIAALICEEXAMPLE0001"],
    ["root", "AKIAROOTEXAMPLE00001"],
    ["Developer/carol@example.com", "ASIACAROLEXAMPLE0001"],
    ["NodeInstanceRole/i-0123456789abcdef0", "ASIANODEEXAMPLE00001"],
    ["federated-user/frank", "ASIAFRANKEXAMPLE0001"],
    ["arn:aws-cn:iam::444455556666:user/mei", "AKIAMEIEXAMPLE000001"],
  ])("%s: signs with %s", (who, accessKeyId) => {
    expect(credentialsOf(iam, who).accessKeyId).toBe(accessKeyId);
  });

  test("a session: comes with its token and its expiration", () => {
    expect(credentialsOf(iam, "Developer/dave@example.com")).toMatchObject({
      sessionToken: "FakeSessionToken//of+dave+EXAMPLE==",
      expiration: new Date("2026-01-31T12:00:00Z"),
    });
  });

  test("nobody, or somebody whose keys are all inactive: RangeError that says whom there is", () => {
    expect(() => credentialsOf(iam, "nobody")).toThrow(/"nobody".*it does for root, alice, mallory/);
    const inactive = parsed(changed("canary/secret+of+alice", "canary/secret+of+alice\n            active: false"));
    expect(() => credentialsOf(inactive, "alice")).toThrow(/inactive/);
  });

  test("two of one name: RangeError that names both ARNs, either of which works", () => {
    const both = parsed(
      ALICE +
        ALICE.slice("accounts:\n".length)
          .replace("111122223333", "444455556666")
          .replaceAll("EXAMPLE0001", "EXAMPLE0002"),
    );
    expect(() => credentialsOf(both, "alice")).toThrow(
      /111122223333:user\/alice and arn:aws:iam::444455556666:user\/alice/,
    );
    expect(credentialsOf(both, "arn:aws:iam::444455556666:user/alice").accessKeyId).toBe("AKIAALICEEXAMPLE0002");
  });
});
