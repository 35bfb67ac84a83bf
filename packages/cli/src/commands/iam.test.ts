import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cleanUp, type Ran, runHere, temporaryDirectory } from "../../test/world.ts";

const FILE = `accounts:
  - id: "111122223333"
    users:
      - name: alice
        policies:
          - name: Assume
            document:
              Version: "2012-10-17"
              Statement:
                - Sid: Developers
                  Effect: Allow
                  Action: sts:AssumeRole
                  Resource: "*"
    roles:
      - name: Developer
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            Effect: Allow
            Principal: { AWS: "111122223333" }
            Action: sts:AssumeRole
            Condition:
              StringEquals: { "sts:ExternalId": ["12345", "67890"] }
`;

let path: string;

beforeAll(() => {
  path = join(temporaryDirectory(), "iam.yaml");
  writeFileSync(path, FILE);
});

afterAll(cleanUp);

function can(...args: readonly string[]): Promise<Ran> {
  return runHere(["iam", "can", ...args, "--iam", path]);
}

describe("iamgate iam can", () => {
  test("allowed: the statement that decides with file and line; exit code 0", async () => {
    const { code, stdout, stderr } = await can(
      "alice",
      "sts:AssumeRole",
      "Developer",
      "--context",
      "sts:ExternalId=12345",
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      `allowed: identity-based policy "Assume", statement Developers, allows sts:AssumeRole on arn:aws:iam::111122223333:role/Developer
  principal  arn:aws:iam::111122223333:user/alice
  resource   arn:aws:iam::111122223333:role/Developer
  decided by identity-based policy "Assume", statement Developers
  at         ${path}:10:19
`,
    );
  });

  test("not allowed: which condition is in the way, and where; exit code 1", async () => {
    const { code, stdout, stderr } = await can("alice", "sts:AssumeRole", "Developer");
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(/^denied: .* but for its condition StringEquals sts:ExternalId\n/);
    expect(stdout).toContain(`  see        ${path}:23:`);
  });

  test("--output json: the decision for programs", async () => {
    const args = ["alice", "sts:AssumeRole", "Developer", "--context", "sts:ExternalId=67890", "-o", "json"];
    const { code, stdout } = await can(...args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      principal: "arn:aws:iam::111122223333:user/alice",
      action: "sts:AssumeRole",
      allowed: true,
      by: "allow",
      statement: { policyType: "identity-based policy", policyName: "Assume", sid: "Developers", file: path, line: 10 },
      nearMiss: null,
    });
  });

  test("somebody unknown, no action, no condition key, another verb: each named, exit code 2", async () => {
    const refused = [
      [await can("bob", "sts:AssumeRole"), `principal "bob": ${path} declares nobody called so`],
      [await can("alice", "AssumeRole"), 'argument "AssumeRole": no action'],
      [await can("alice", "sts:AssumeRole", "--context", "ExternalId"), "--context"],
      [await runHere(["iam", "could", "alice", "sts:AssumeRole", "--iam", path]), 'argument "could"'],
    ] as const;
    for (const [{ code, stdout, stderr }, text] of refused) {
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(`iamgate: error: `);
      expect(stderr).toContain(text);
      expect(stderr).toMatch(/\niamgate: hint: \S/);
    }
  });

  test("a policy that AWS would refuse: named with file, line and column; exit code 1", async () => {
    const broken = join(temporaryDirectory(), "broken.yaml");
    writeFileSync(broken, FILE.replace("StringEquals", "StringEqual"));
    const { code, stderr } = await runHere(["iam", "can", "alice", "sts:AssumeRole", "--iam", broken]);
    expect(code).toBe(1);
    expect(stderr).toContain(`${broken}:23:`);
    expect(stderr).toContain('"StringEqual"');
  });
});
