import { expect, test } from "vitest";
import { AUDIT_MESSAGES, type AuditEvent, auditRecord } from "./audit.ts";

const who = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", arn: "arn:aws:iam::111122223333:user/alice" };
const base = { requestId: "1", durationMs: 0.25 };
const EVENTS: { readonly [Result in AuditEvent["result"]]: Extract<AuditEvent, { result: Result }> } = {
  granted: {
    message: "authentication granted",
    result: "granted",
    ...base,
    ...who,
    username: "alice",
    groups: ["admins"],
    entry: "aws-auth.yaml:7",
    cached: true,
  },
  refused: {
    message: "authentication refused",
    result: "refused",
    ...base,
    ...who,
    stage: "map",
    reason: "not-mapped",
    detail: "d",
    cached: false,
  },
  failed: { message: "authentication failed", result: "failed", ...base, ...who, code: "sts-timeout", detail: "d" },
  rejected: {
    message: "request rejected",
    result: "rejected",
    ...base,
    status: 405,
    reason: "method-not-allowed",
    detail: "expected POST",
  },
};

for (const event of Object.values(EVENTS)) {
  test(`auditRecord: ${event.result}: all of its fields, under its constant message`, () => {
    expect(auditRecord(event)).toEqual({ ...event });
    expect(event.message).toBe(AUDIT_MESSAGES[event.result]);
  });

  test(`auditRecord: ${event.result}: no field beyond the allow-list, and none that is absent`, () => {
    const { requestId: _, ...rest } = { ...event, token: "canary", query: "canary", sessionToken: "canary" };
    const written = auditRecord(rest as unknown as AuditEvent);
    expect(JSON.stringify(written)).not.toContain("canary");
    expect(Object.keys(written)).not.toContain("requestId");
  });
}

test("auditRecord: fields in one order, whatever the order they came in", () => {
  const reversed = Object.fromEntries(Object.entries(EVENTS.granted).toReversed()) as unknown as AuditEvent;
  expect(Object.keys(auditRecord(reversed))).toEqual(Object.keys(auditRecord(EVENTS.granted)));
});
