import fc from "fast-check";
import { expect, test } from "vitest";
import { execCredentialVersion, formatExecCredential } from "./exec-credential.ts";

const V1 = "client.authentication.k8s.io/v1";
const V1BETA1 = "client.authentication.k8s.io/v1beta1";
const V1ALPHA1 = "client.authentication.k8s.io/v1alpha1";
const asked = (apiVersion: unknown): string => JSON.stringify({ kind: "ExecCredential", apiVersion, spec: {} });

test("execCredentialVersion: unset or empty is v1beta1, silently", () => {
  for (const info of [undefined, ""]) expect(execCredentialVersion(info)).toEqual({ apiVersion: V1BETA1 });
});

test("execCredentialVersion: v1 and v1beta1 are echoed, silently", () => {
  for (const apiVersion of [V1, V1BETA1]) expect(execCredentialVersion(asked(apiVersion))).toEqual({ apiVersion });
});

test("execCredentialVersion: v1alpha1 is echoed with a deprecation", () => {
  const answer = execCredentialVersion(asked(V1ALPHA1));
  expect(answer.apiVersion).toBe(V1ALPHA1);
  expect(answer.warning).toContain("v1beta1");
});

test("execCredentialVersion: malformed, unknown or missing is v1beta1 with a warning", () => {
  for (const info of ["{", "[]", "null", "7", '"x"', "{}", asked(null), asked("v1"), asked(`${V1}x`), asked([V1])]) {
    const answer = execCredentialVersion(info);
    expect(answer.apiVersion).toBe(V1BETA1);
    expect(answer.warning).toContain("KUBERNETES_EXEC_INFO");
  }
});

test("execCredentialVersion: no text makes it throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (info) => execCredentialVersion(info).apiVersion !== undefined),
  );
});

test("formatExecCredential: keys in the order kind, apiVersion, spec, status; whole seconds in UTC", () => {
  const minted = { token: "k8s-aws-v1.abc", expiresAt: new Date("2026-01-02T03:18:05.999Z") };
  expect(formatExecCredential(minted, V1)).toBe(
    `{"kind":"ExecCredential","apiVersion":"${V1}","spec":{},` +
      '"status":{"expirationTimestamp":"2026-01-02T03:18:05Z","token":"k8s-aws-v1.abc"}}',
  );
});
