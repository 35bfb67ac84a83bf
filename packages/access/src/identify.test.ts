import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { identify } from "./identify.ts";
import { IDENTIFY_REASONS } from "./reasons.ts";

const account = "111122223333";
const session = { account, arn: `arn:aws:sts::${account}:assumed-role/Admin/alice`, userId: "AROAEXAMPLE:alice" };

describe("identify", () => {
  test("user: name, path and unique id", () => {
    const identity = { account, arn: `arn:aws:iam::${account}:user/team/bob`, userId: "AIDAEXAMPLE" };
    expect(identify(identity, "aws")).toEqual({
      ok: true,
      kind: "user",
      partition: "aws",
      account,
      arn: identity.arn,
      canonicalArn: identity.arn,
      userId: "AIDAEXAMPLE",
      uniqueId: "AIDAEXAMPLE",
      name: "bob",
      path: "/team/",
    });
  });

  test("role session: the canonical ARN is its role's", () => {
    expect(identify(session, "aws")).toMatchObject({
      kind: "role-session",
      canonicalArn: `arn:aws:iam::${account}:role/Admin`,
      name: "Admin",
      sessionName: "alice",
      uniqueId: "AROAEXAMPLE",
    });
  });

  test("federated user: its sts ARN is canonical", () => {
    const arn = `arn:aws:sts::${account}:federated-user/carol`;
    expect(identify({ account, arn, userId: `${account}:carol` }, "aws")).toMatchObject({
      kind: "federated-user",
      canonicalArn: arn,
      name: "carol",
    });
  });

  test("root: its user id is the account", () => {
    const arn = `arn:aws:iam::${account}:root`;
    expect(identify({ account, arn, userId: account }, "aws")).toMatchObject({ kind: "root", canonicalArn: arn });
  });

  test.each([
    ["account of eleven digits", { account: "11112222333" }, IDENTIFY_REASONS.malformedAccount],
    ["account with a line break", { account: `${account}\n` }, IDENTIFY_REASONS.malformedAccount],
    ["no ARN", { arn: "" }, IDENTIFY_REASONS.malformedArn],
    ["ARN of a bucket", { arn: "arn:aws:s3:::bucket" }, IDENTIFY_REASONS.malformedArn],
    ["account and ARN disagree", { account: "444455556666" }, IDENTIFY_REASONS.accountMismatch],
    ["role as caller", { arn: `arn:aws:iam::${account}:role/Admin` }, IDENTIFY_REASONS.notACaller],
    ["another session name", { userId: "AROAEXAMPLE:bob" }, IDENTIFY_REASONS.userIdMismatch],
    ["session without its name", { userId: "AROAEXAMPLE" }, IDENTIFY_REASONS.userIdMismatch],
    ["session with a user's id", { userId: "AIDAEXAMPLE:alice" }, IDENTIFY_REASONS.userIdMismatch],
    ["session with two names", { userId: "AROAEXAMPLE:x:alice" }, IDENTIFY_REASONS.userIdMismatch],
    [
      "user with a role's id",
      { arn: `arn:aws:iam::${account}:user/a`, userId: "AROAX" },
      IDENTIFY_REASONS.userIdMismatch,
    ],
    [
      "root with a user's id",
      { arn: `arn:aws:iam::${account}:root`, userId: "AIDAX" },
      IDENTIFY_REASONS.userIdMismatch,
    ],
    [
      "federated user of another account",
      { arn: `arn:aws:sts::${account}:federated-user/c`, userId: "444455556666:c" },
      IDENTIFY_REASONS.userIdMismatch,
    ],
  ])("impossible answer: %s", (_, changed, reason) => {
    expect(identify({ ...session, ...changed }, "aws")).toMatchObject({ ok: false, stage: "identify", reason });
  });

  test("partition: a sound identity of another one is refused by its own code", () => {
    const chinese = { ...session, arn: session.arn.replace("arn:aws:", "arn:aws-cn:") };
    expect(identify(chinese, "aws")).toMatchObject({ ok: false, reason: IDENTIFY_REASONS.wrongPartition });
    expect(identify(chinese, "aws-cn")).toMatchObject({ ok: true, partition: "aws-cn" });
  });

  test("partition: an answer that lies is told as such, whatever its partition", () => {
    const lie = { ...session, arn: session.arn.replace("arn:aws:", "arn:aws-cn:"), userId: "AROAX:mallory" };
    expect(identify(lie, "aws")).toMatchObject({ reason: IDENTIFY_REASONS.userIdMismatch });
  });

  test("any answer: never throws, and its detail is one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), fc.string(), fc.string(), (a, b, c, partition) => {
        const result = identify({ account: a, arn: b, userId: c }, partition);
        expect(!result.ok && !/[\n\r]/.test(result.detail)).toBe(true);
      }),
    );
  });
});
