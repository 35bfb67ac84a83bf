import type { Credentials } from "@iamgate/token";
import type { Iam } from "./iam.ts";

/**
 * The credentials of somebody declared, to sign as them.
 *
 * @param iam - who is declared.
 * @param who - `alice`, `Developer/carol@example.com`, `federated-user/bob`, `root`, or an ARN as GetCallerIdentity gives it.
 * @returns their first active credentials, in the order of the file.
 * @throws RangeError when nobody, or more than one identity, is called so, or their keys are all inactive.
 * @example
 * ```ts
 * import { credentialsOf, parseIam } from "@iamgate/sts";
 *
 * const parsed = parseIam(`
 * accounts:
 *   - id: "111122223333"
 *     users:
 *       - name: alice
 *         accessKeys:
 *           - accessKeyId: AKIAIOSFODNN7EXAMPLE
 *             secretAccessKey: not-a-real-secret
 * `, "iam.yaml");
 * if (!parsed.ok) throw new Error(parsed.errors[0].message);
 * console.assert(credentialsOf(parsed.iam, "alice").accessKeyId === "AKIAIOSFODNN7EXAMPLE");
 * ```
 */
export function credentialsOf(iam: Iam, who: string): Credentials {
  const keys = [...iam.accessKeys.values()].filter(({ identity }) => identity.label === who || identity.arn === who);
  const arns = new Set(keys.map(({ identity }) => identity.arn));
  if (arns.size > 1) {
    throw new RangeError(`credentials of "${who}": ${[...arns].join(" and ")} are called so; give one of these ARNs`);
  }
  const key = keys.find(({ active }) => active);
  if (key !== undefined) return key.credentials;
  const labels = [...new Set([...iam.accessKeys.values()].map(({ identity }) => identity.label))];
  throw new RangeError(
    keys.length > 0
      ? `credentials of "${who}": every access key is inactive in ${iam.source}`
      : `credentials of "${who}": ${iam.source} declares no keys for anybody called so; it does for ${labels.join(", ")}`,
  );
}
