import type { FaultCode, RequestReason } from "./reasons.ts";
import { isCached, type Trail, type Verdict } from "./verdict.ts";

/** Every audit event there is: what came of a request, and the constant message that says so. */
export const AUDIT_MESSAGES = {
  granted: "authentication granted",
  refused: "authentication refused",
  failed: "authentication failed",
  rejected: "request rejected",
} as const;

/** What came of a request; a key of {@link AUDIT_MESSAGES}. */
export type AuditResult = keyof typeof AUDIT_MESSAGES;

/** What is said of one request, once for each: constant messages, fields by allow-list, no token and no secret. */
export type AuditEvent = AuditGranted | AuditRefused | AuditFailed | AuditRejected;

type AuditGranted = AuditBase<"granted"> &
  AuditedIdentity & {
    readonly username: string;
    readonly groups: readonly string[];
    /** `file:line` of the mapping entry that decided. */
    readonly entry: string;
    /** Whether it rests on what was remembered of STS's answer. */
    readonly cached: boolean;
  };

type AuditRefused = AuditBase<"refused"> &
  AuditedIdentity & {
    readonly stage: string;
    readonly reason: string;
    readonly detail: string;
    /** Whether it rests on what was remembered of STS's answer. */
    readonly cached: boolean;
  };

type AuditFailed = AuditBase<"failed"> & AuditedIdentity & { readonly code: FaultCode; readonly detail: string };

type AuditRejected = AuditBase<"rejected"> & {
  readonly reason: RequestReason;
  /** The status of the HTTP answer. */
  readonly status: number;
  readonly detail: string;
};

interface AuditBase<Result extends AuditResult> {
  readonly message: (typeof AUDIT_MESSAGES)[Result];
  readonly result: Result;
  readonly requestId: string;
  /** Milliseconds, to the microsecond where the clock is as fine. */
  readonly durationMs: number;
}

/** As much as is known of who came. */
export interface AuditedIdentity {
  readonly accessKeyId?: string;
  readonly arn?: string;
}

/** Everything of an event that may be written, in this order. */
const FIELDS: { readonly [Result in AuditResult]: readonly (keyof Extract<AuditEvent, { result: Result }>)[] } = {
  granted: [
    "message",
    "result",
    "requestId",
    "durationMs",
    "accessKeyId",
    "arn",
    "username",
    "groups",
    "entry",
    "cached",
  ],
  refused: [
    "message",
    "result",
    "requestId",
    "durationMs",
    "accessKeyId",
    "arn",
    "stage",
    "reason",
    "detail",
    "cached",
  ],
  failed: ["message", "result", "requestId", "durationMs", "accessKeyId", "arn", "code", "detail"],
  rejected: ["message", "result", "requestId", "durationMs", "status", "reason", "detail"],
};

/**
 * An audit event as it may be written: the fields that its kind allows and no other, whatever else the object holds.
 *
 * @param event - what came of a request.
 * @returns a new object, its fields in a fixed order; absent ones are left out.
 * @example
 * ```ts
 * import { auditRecord } from "@iamgate/webhook";
 *
 * const record = auditRecord({
 *   message: "request rejected",
 *   result: "rejected",
 *   requestId: "1",
 *   durationMs: 0.2,
 *   status: 405,
 *   reason: "method-not-allowed",
 *   detail: "expected POST",
 * });
 * console.assert(Object.keys(record).join() === "message,result,requestId,durationMs,status,reason,detail");
 * ```
 */
export function auditRecord(event: AuditEvent): Readonly<Record<string, unknown>> {
  const record: Record<string, unknown> = {};
  const values: Readonly<Record<string, unknown>> = { ...event };
  for (const field of FIELDS[event.result]) if (values[field] !== undefined) record[field] = values[field];
  return record;
}

/** A request as its audit event names it. */
export interface AuditedRequest {
  readonly requestId: string;
  readonly durationMs: number;
}

/** The audit event of a verdict. */
export function auditVerdict(verdict: Verdict, request: AuditedRequest): AuditEvent {
  const who = auditedIdentity(verdict.trail);
  const cached = isCached(verdict);
  if (!verdict.ok) {
    const { stage, reason, detail } = verdict.refusal;
    return { message: AUDIT_MESSAGES.refused, result: "refused", ...request, ...who, stage, reason, detail, cached };
  }
  const { user, entry } = verdict;
  return {
    message: AUDIT_MESSAGES.granted,
    result: "granted",
    ...request,
    ...who,
    username: user.username,
    groups: user.groups,
    entry: `${entry.place.source}:${entry.place.line}`,
    cached,
  };
}

/** Who it was, as far as the token came. */
export function auditedIdentity(trail: Trail): AuditedIdentity {
  let who: AuditedIdentity = {};
  for (const step of trail) {
    if (step.stage === "read") who = { ...who, accessKeyId: step.learnt.accessKeyId };
    if (step.stage === "sts") who = { ...who, arn: step.learnt.arn };
  }
  return who;
}
