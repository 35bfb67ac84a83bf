import type {
  CallerIdentity,
  IdentifyRefusal,
  KubernetesUser,
  MapRefusal,
  MappingEntry,
  Principal,
} from "@iamgate/access";
import type { PresignedRequest, ReadRefusal } from "@iamgate/token";
import type { StsRefusal } from "./sts/judge-answer.ts";

/** A stage that a token has passed, and what was learnt there. Holds no secret: it may be printed. */
export type Step =
  | { readonly stage: "read"; readonly learnt: Omit<PresignedRequest, "ok" | "query"> }
  | { readonly stage: "sts"; readonly learnt: CallerIdentity; readonly cached: boolean }
  | { readonly stage: "identify"; readonly learnt: Principal }
  | { readonly stage: "map"; readonly learnt: MappingEntry }
  | { readonly stage: "render"; readonly learnt: KubernetesUser };

/** The stages passed, in their order. */
export type Trail = readonly Step[];

/** Every way of being refused. */
export type AnyRefusal = ReadRefusal | StsRefusal | IdentifyRefusal | MapRefusal;

/** Somebody whom STS has confirmed, and the key that was signed with. */
export type VerifiedPrincipal = Principal & { readonly accessKeyId: string };

/** What came of a token. */
export type Verdict =
  | {
      readonly ok: true;
      readonly user: KubernetesUser;
      readonly principal: VerifiedPrincipal;
      readonly entry: MappingEntry;
      readonly trail: Trail;
    }
  | { readonly ok: false; readonly refusal: AnyRefusal; readonly trail: Trail };

/** Whether the verdict rests on what the gate remembered of STS's answer; false where STS was asked or never came into it. */
export function isCached(verdict: Verdict): boolean {
  if (!verdict.ok && verdict.refusal.stage === "sts") return verdict.refusal.cached ?? false;
  return verdict.trail.some((step) => step.stage === "sts" && step.cached);
}
