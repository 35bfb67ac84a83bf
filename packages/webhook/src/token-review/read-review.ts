import { asRecord, parseStrictJson } from "../lib/strict-json.ts";

/** A TokenReview as kube-apiserver sends it; what else it holds is not needed. */
export interface TokenReviewRequest {
  readonly ok: true;
  readonly apiVersion: TokenReviewVersion;
  /** The bearer token: **never print it**. */
  readonly token: string;
}

/** The versions that kube-apiserver speaks, by its `--authentication-token-webhook-version`. */
export type TokenReviewVersion = "authentication.k8s.io/v1" | "authentication.k8s.io/v1beta1";

/** A body that is no TokenReview, with one sentence that says why. */
export interface NotATokenReview {
  readonly ok: false;
  readonly detail: string;
}

/** Reads a TokenReview strictly: exact names, no key twice, a string token. */
export function readTokenReview(body: Uint8Array): TokenReviewRequest | NotATokenReview {
  let document: Readonly<Record<string, unknown>>;
  try {
    document = asRecord(parseStrictJson(body));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return { ok: false, detail: `the body is not a TokenReview: ${cause.message}` };
  }
  const { apiVersion, kind, spec } = document as { readonly [key: string]: unknown };
  if (kind !== "TokenReview") return { ok: false, detail: "the body's kind is not TokenReview" };
  if (apiVersion !== "authentication.k8s.io/v1" && apiVersion !== "authentication.k8s.io/v1beta1") {
    return { ok: false, detail: "the body's apiVersion is neither authentication.k8s.io/v1 nor v1beta1" };
  }
  const token = asRecord(spec)["token"];
  if (typeof token !== "string") return { ok: false, detail: "spec.token is not a string" };
  return { ok: true, apiVersion, token };
}
