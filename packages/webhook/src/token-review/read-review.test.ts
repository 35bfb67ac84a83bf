import fc from "fast-check";
import { expect, test } from "vitest";
import { readTokenReview } from "./read-review.ts";

const read = (text: string) => readTokenReview(new TextEncoder().encode(text));
const review = (fields: Record<string, unknown>): string =>
  JSON.stringify({ kind: "TokenReview", apiVersion: "authentication.k8s.io/v1", spec: { token: "t" }, ...fields });

test("readTokenReview: v1 and v1beta1 as kube-apiserver sends them", () => {
  for (const apiVersion of ["authentication.k8s.io/v1", "authentication.k8s.io/v1beta1"]) {
    const sent = review({ apiVersion, metadata: { creationTimestamp: null }, status: { user: {} } });
    expect(read(sent)).toEqual({ ok: true, apiVersion, token: "t" });
  }
});

test("readTokenReview: audiences beside the token are no obstacle", () => {
  expect(read(review({ spec: { token: "t", audiences: ["https://kubernetes.default.svc"] } })).ok).toBe(true);
});

for (const [name, text] of [
  ["nothing", ""],
  ["null", "null"],
  ["a list", "[]"],
  ["another kind", review({ kind: "SubjectAccessReview" })],
  ["kind in another case", review({ kind: "tokenreview" })],
  ["another group", review({ apiVersion: "authorization.k8s.io/v1" })],
  ["another version", review({ apiVersion: "authentication.k8s.io/v2" })],
  ["no spec", review({ spec: undefined })],
  ["spec null", review({ spec: null })],
  ["no token", review({ spec: {} })],
  ["a numeric token", review({ spec: { token: 7 } })],
  ["keys in another case", review({}).replace('"spec"', '"Spec"')],
  ["a token twice", review({}).replace('"token":"t"', '"token":"a","token":"b"')],
  ["a byte order mark", `\ufeff${review({})}`],
  ["something behind it", `${review({})}x`],
] as const) {
  test(`readTokenReview: ${name} is none`, () => {
    expect(read(text).ok).toBe(false);
  });
}

test("readTokenReview: no bytes make it throw, and no token is quoted", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
      (bytes) => {
        expect(readTokenReview(bytes).ok).toBe(false);
      },
    ),
  );
  expect(JSON.stringify(read(review({ kind: "canary", apiVersion: "canary" })))).not.toContain("canary");
});
