import type { FaultCode } from "./reasons.ts";
import type { Trail, Verdict } from "./verdict.ts";

/** What is said of one request: constant messages, fields by allow-list, no token and no secret. */
export type AuditEvent = { readonly requestId: string; readonly durationMs: number } & (
  | ({ readonly message: "authentication granted" } & AuditedIdentity & {
        readonly username: string;
        readonly groups: readonly string[];
        /** `file:line` of the mapping entry that decided. */
        readonly entry: string;
      })
  | ({ readonly message: "authentication refused" } & AuditedIdentity & {
        readonly stage: string;
        readonly reason: string;
        readonly detail: string;
      })
  | ({ readonly message: "authentication failed" } & AuditedIdentity & {
        readonly code: FaultCode;
        readonly detail: string;
      })
  | { readonly message: "request rejected"; readonly status: number; readonly detail: string }
);

/** As much as is known of who came. */
export interface AuditedIdentity {
  readonly accessKeyId?: string;
  readonly arn?: string;
}

/** The audit event of a verdict. */
export function auditVerdict(
  verdict: Verdict,
  request: { readonly requestId: string; readonly durationMs: number },
): AuditEvent {
  const who = auditedIdentity(verdict.trail);
  if (!verdict.ok) {
    const { stage, reason, detail } = verdict.refusal;
    return { message: "authentication refused", ...request, ...who, stage, reason, detail };
  }
  const { user, entry } = verdict;
  return {
    message: "authentication granted",
    ...request,
    ...who,
    username: user.username,
    groups: user.groups,
    entry: `${entry.place.source}:${entry.place.line}`,
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
