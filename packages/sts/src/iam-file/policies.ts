import type { Node } from "yaml";
import { type Fields, fieldsOf, itemsOf, textOf } from "../lib/yaml-reader.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import type { PolicyDocument, PolicyKind } from "../policy/types.ts";
import { LONG_NAME } from "./forms.ts";
import type { Reading } from "./reading.ts";

/** Reads the inline policies of a user, role or group. */
export function readPolicies(
  { yaml }: Reading,
  owner: Fields,
  of: keyof typeof SIZE_LIMITS,
): readonly PolicyDocument[] {
  const policies: PolicyDocument[] = [];
  for (const node of itemsOf(yaml, owner.get("policies"), "policies")) {
    const fields = fieldsOf(yaml, node, "policy", ["name", "document"]);
    const name = fields && textOf(yaml, fields, "name", LONG_NAME);
    if (fields === undefined || name === undefined) continue;
    if (policies.some((other) => other.name === name)) {
      yaml.report(fields.get("name"), "name", "a policy name that its owner does not have yet", name);
    }
    const document = fields.get("document");
    if (document === undefined) yaml.report(fields.node, "document", "a policy; it is missing");
    const policy = document && readPolicy({ yaml }, document, { name, kind: "identity" });
    if (policy !== undefined) policies.push(policy);
  }
  const size = policies.reduce((sum, policy) => sum + policy.size, 0);
  if (size > SIZE_LIMITS[of]) {
    yaml.report(
      owner.get("policies"),
      "policies",
      `at most ${SIZE_LIMITS[of]} characters together, without white space`,
    );
  }
  return policies;
}

/** Of all inline policies together; https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const SIZE_LIMITS = { user: 2_048, group: 5_120, role: 10_240 } as const;

/** Reads a policy that stands in a field of its own, such as a trust policy. */
export function readPolicy(
  { yaml }: Pick<Reading, "yaml">,
  node: Node | undefined,
  as: { readonly name: string; readonly kind: PolicyKind },
): PolicyDocument | undefined {
  if (node === undefined) return undefined;
  const parsed = parsePolicy(node, { ...as, placeOf: yaml.placeOf });
  if (parsed.ok) return parsed.policy;
  for (const { place, field, expected, value } of parsed.problems) yaml.reportAt(place, field, expected, value);
  return undefined;
}
