import { type AuditEvent, auditRecord } from "@iamgate/webhook";

/**
 * An audit event as one line of JSON: the time, the cluster, and of the event what its kind allows. JSON escapes line
 * breaks, so a line is always one event.
 */
export function auditLine(
  event: AuditEvent,
  { now, cluster }: { readonly now: number; readonly cluster: string },
): string {
  return `${JSON.stringify({ time: new Date(now).toISOString(), cluster, ...auditRecord(event) })}\n`;
}
