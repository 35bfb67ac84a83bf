import { isPartition } from "./partition.ts";
import { parseTemplate, plainTemplate } from "./template.ts";
import type { PolicyDocument, ResourcePattern } from "./types.ts";
import { wildcardOf } from "./wildcard.ts";

/** What a `Resource` has to be, in words. */
export const EXPECTED_RESOURCE =
  "* or an ARN of six parts, variables in the last one only: arn:aws:iam::111122223333:role/*";

/**
 * Reads one `Resource` or `NotResource`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function parseResource(text: string, version: PolicyDocument["version"]): ResourcePattern | undefined {
  if (text === "*") return { kind: "everything" };
  const parts = splitArn(text);
  if (parts === undefined) return undefined;
  const [partition = "", service = "", region = "", account = ""] = parts.head;
  if (!isPartition(partition) || !/^[a-z0-9-]+$/.test(service) || !/^[a-z0-9-*?]*$/.test(region)) return undefined;
  if (!/^(?:[0-9*?]*|aws)$/.test(account) || parts.tail === "") return undefined;
  const head = parts.head.map((part) => wildcardOf([{ text: part, literal: false }]));
  if (version === "2008-10-17") return { kind: "arn", head, tail: plainTemplate(parts.tail) };
  const tail = parseTemplate(parts.tail);
  return tail.ok ? { kind: "arn", head, tail: tail.template } : undefined;
}

/** An ARN's partition, service, region and account, and what follows the fifth colon. */
export function splitArn(text: string): { readonly head: readonly string[]; readonly tail: string } | undefined {
  const [prefix, partition, service, region, account, ...rest] = text.split(":");
  if (prefix !== "arn" || rest.length === 0) return undefined;
  if (partition === undefined || service === undefined || region === undefined || account === undefined) {
    return undefined;
  }
  return { head: [partition, service, region, account], tail: rest.join(":") };
}
