import { describeMatcher } from "@iamgate/access";
import { TOKEN_LIFETIME_SECONDS } from "@iamgate/token";
import type { FaultCode, Step, Trail } from "@iamgate/webhook";
import { ago, isoSeconds } from "./lib/ago.ts";
import type { Paint } from "./lib/paint.ts";
import { oneLine } from "./lib/quote.ts";

/** How a token's way ended. */
export type Outcome =
  | { readonly kind: "passed" }
  | { readonly kind: "refused"; readonly refusal: Readonly<Record<"stage" | "reason" | "detail", string>> }
  | { readonly kind: "failed"; readonly code: FaultCode; readonly detail: string };

/** Every stage that a token passed, what was learnt there, and where and why it ended; a line each. */
export function trailText(trail: Trail, outcome: Outcome, { now, paint }: { now: number; paint: Paint }): string {
  const line = (mark: string, stage: string, text: string): string =>
    `  ${mark} ${paint("bold", stage.padEnd(8))}  ${text}\n`;
  const passed = trail
    .map((step) => line(paint("green", "✓"), STAGE_NAMES[step.stage], oneLine(learnt(step, now))))
    .join("");
  switch (outcome.kind) {
    case "passed":
      return passed;
    case "refused": {
      const { reason, detail } = outcome.refusal;
      return (
        passed +
        line(paint("red", "✗"), endedAt(trail, outcome.refusal.stage), `${paint("red", reason)}: ${oneLine(detail)}`)
      );
    }
    case "failed":
      return passed + line(paint("yellow", "!"), "sts", `${paint("yellow", outcome.code)}: ${oneLine(outcome.detail)}`);
  }
}

/** The same for programs: times in ISO 8601, and `result` is `passed`, `refused` or `failed`. */
export function trailJson(trail: Trail, outcome: Outcome): Record<string, unknown> {
  const stages = trail.map((step) => ({ stage: STAGE_NAMES[step.stage], ...facts(step) }));
  switch (outcome.kind) {
    case "passed":
      return { stages, result: "passed" };
    case "refused": {
      const { stage, reason, detail } = outcome.refusal;
      return { stages, result: "refused", stage: endedAt(trail, stage), reason, detail };
    }
    case "failed":
      return { stages, result: "failed", stage: "sts", reason: outcome.code, detail: outcome.detail };
  }
}

function facts(step: Step): Record<string, unknown> {
  const { ok: _ok, ...told } = { ok: true, ...step.learnt };
  return step.stage === "read" ? { ...told, signedAt: isoSeconds(step.learnt.signedAt) } : told;
}

/** An entry was found and cannot be rendered: the refusal is the map's, and the stage is the one after it. */
function endedAt(trail: Trail, stage: string): string {
  return stage === "map" && trail.at(-1)?.stage === "map" ? STAGE_NAMES.render : stage;
}

const STAGE_NAMES = { read: "read", sts: "sts", identify: "identify", map: "map", render: "user" } as const;

function learnt(step: Step, now: number): string {
  switch (step.stage) {
    case "read": {
      const { accessKeyId, authority, signedAt } = step.learnt;
      const end = signedAt + TOKEN_LIFETIME_SECONDS * 1000;
      return `signed with ${accessKeyId} for ${authority}, ${ago(signedAt, now)}; good until ${isoSeconds(end)}`;
    }
    case "sts":
      return `the signature is genuine: ${step.learnt.arn}, user id ${step.learnt.userId}`;
    case "identify":
      return `${step.learnt.kind.replace("-", " ")}, to be mapped as ${step.learnt.canonicalArn}`;
    case "map": {
      const { place, section, matcher } = step.learnt;
      return `${place.source}:${place.line}, in ${section}: ${describeMatcher(matcher)}`;
    }
    case "render": {
      const { username, groups } = step.learnt;
      return groups.length === 0 ? `${username}, in no groups` : `${username}, in ${groups.join(", ")}`;
    }
  }
}
