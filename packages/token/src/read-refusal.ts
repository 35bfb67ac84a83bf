import type { ReadReason } from "./reasons.ts";
import type { Refusal } from "./refusal.ts";

/** A token that is refused before STS is asked. */
export type ReadRefusal = Refusal<"read", ReadReason>;

export function refuse(reason: ReadReason, detail: string): ReadRefusal {
  return { ok: false, stage: "read", reason, detail };
}
