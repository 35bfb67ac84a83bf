import type { MintedToken } from "./mint.ts";

/** What the caller of an exec plugin wants to be answered in. */
export interface ExecCredentialVersion {
  readonly apiVersion: "client.authentication.k8s.io/v1" | "client.authentication.k8s.io/v1beta1" | typeof V1ALPHA1;
  /** One sentence for stderr where the question was odd or old. */
  readonly warning?: string;
}

const V1BETA1 = "client.authentication.k8s.io/v1beta1";
const V1ALPHA1 = "client.authentication.k8s.io/v1alpha1";

/**
 * Which ExecCredential version to answer in, from what kubectl puts into `KUBERNETES_EXEC_INFO`.
 *
 * The choice is that of `aws eks get-token`: v1 and v1beta1 are echoed, v1alpha1 is echoed with a warning, and whatever
 * cannot be understood gets v1beta1 with a warning, for kubectl then says better what it wanted.
 *
 * @param execInfo - the variable's text; `undefined` or empty when the plugin runs by hand.
 * @returns the version, and a warning where there is something to say.
 * @example
 * ```ts
 * import { execCredentialVersion } from "@iamgate/token";
 *
 * const info = '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}';
 * console.assert(execCredentialVersion(info).apiVersion === "client.authentication.k8s.io/v1");
 * console.assert(execCredentialVersion(undefined).apiVersion === "client.authentication.k8s.io/v1beta1");
 * ```
 */
export function execCredentialVersion(execInfo: string | undefined): ExecCredentialVersion {
  if (execInfo === undefined || execInfo === "") return { apiVersion: V1BETA1 };
  const apiVersion = apiVersionOf(execInfo);
  switch (apiVersion) {
    case "client.authentication.k8s.io/v1":
    case V1BETA1:
      return { apiVersion };
    case V1ALPHA1:
      return { apiVersion, warning: `the kubeconfig asks for ${V1ALPHA1}, which kubectl 1.24 removed: use ${V1BETA1}` };
    default:
      return { apiVersion: V1BETA1, warning: `KUBERNETES_EXEC_INFO names no known apiVersion: answering ${V1BETA1}` };
  }
}

/**
 * The answer of an exec credential plugin, as kubectl reads it from stdout.
 *
 * @param minted - the token and when it ends; whole seconds are printed.
 * @param apiVersion - from {@link execCredentialVersion}.
 * @returns one line of JSON without the newline; keys in the order kind, apiVersion, spec, status.
 * @example
 * ```ts
 * import { formatExecCredential } from "@iamgate/token";
 *
 * const minted = { token: "k8s-aws-v1.aHR0cHM6Ly8", expiresAt: new Date("2026-01-02T03:18:05Z") };
 * const answer = JSON.parse(formatExecCredential(minted, "client.authentication.k8s.io/v1"));
 * console.assert(answer.status.expirationTimestamp === "2026-01-02T03:18:05Z");
 * ```
 */
export function formatExecCredential(minted: MintedToken, apiVersion: ExecCredentialVersion["apiVersion"]): string {
  const expirationTimestamp = minted.expiresAt.toISOString().replace(/\.\d{3}Z$/, "Z");
  return JSON.stringify({
    kind: "ExecCredential",
    apiVersion,
    spec: {},
    status: { expirationTimestamp, token: minted.token },
  });
}

function apiVersionOf(execInfo: string): unknown {
  try {
    const info: unknown = JSON.parse(execInfo);
    return typeof info === "object" && info !== null && "apiVersion" in info ? info.apiVersion : undefined;
  } catch {
    return undefined;
  }
}
