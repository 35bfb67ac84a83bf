import type { AuditEvent } from "@iamgate/webhook";

type FieldOf<E> = E extends unknown ? keyof E : never;

/** Everything that may be written, in this order; a field that is not here is not written. */
const FIELDS = [
  "message",
  "requestId",
  "durationMs",
  "accessKeyId",
  "arn",
  "username",
  "groups",
  "entry",
  "stage",
  "reason",
  "code",
  "status",
  "detail",
] as const satisfies readonly FieldOf<AuditEvent>[];

/** An audit event as one line of JSON, with the time first; JSON escapes line breaks, so a line is always one event. */
export function auditLine(event: AuditEvent, now: number): string {
  const values = new Map<string, unknown>(Object.entries(event));
  const line: [string, unknown][] = [["time", new Date(now).toISOString()]];
  for (const field of FIELDS) if (values.has(field)) line.push([field, values.get(field)]);
  return `${JSON.stringify(Object.fromEntries(line))}\n`;
}
