import { isPartition } from "./partition.ts";
import { type Problems, textsOf } from "./problems.ts";
import type { Tree } from "./tree.ts";
import type { PolicyPrincipal } from "./types.ts";

/**
 * Reads a `Principal` or `NotPrincipal`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function parsePrincipals(tree: Tree, field: string, problems: Problems): readonly PolicyPrincipal[] {
  if (tree.kind === "text" && tree.text === "*") return [{ kind: "everyone" }];
  if (tree.kind !== "map" || tree.entries.length === 0) {
    const value = tree.kind === "text" ? tree.text : undefined;
    problems.report(tree.place, field, '"*" or a mapping of AWS, Federated, Service', value);
    return [];
  }
  return tree.entries.flatMap(({ key, place, value }) => {
    const kind = KINDS.get(key);
    if (kind === undefined) {
      problems.report(place, field, "one of AWS, Federated, Service", key);
      return [];
    }
    return textsOf(value, field, problems).flatMap((item) => {
      const principal = kind.parse(item.text);
      if (principal === undefined) problems.report(item.place, field, kind.expected, item.text);
      return principal ?? [];
    });
  });
}

interface Kind {
  readonly parse: (text: string) => PolicyPrincipal | undefined;
  readonly expected: string;
}

// Canonical user ids are known to S3 alone.
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [
    "AWS",
    {
      parse: parseAws,
      expected: "*, twelve digits, or the ARN of an account's root, a user, a role, one session; without wildcards",
    },
  ],
  [
    "Federated",
    {
      parse: parseFederated,
      expected: "the ARN of an OIDC or SAML provider, or a provider such as accounts.google.com",
    },
  ],
  ["Service", { parse: parseService, expected: "a service such as ec2.amazonaws.com" }],
]);

const ARN = /^arn:([^:*?]+):(iam|sts)::(\d{12}):([^*?\s]+)$/;
const IAM_NAME = /^(?:user|role)\/(?:[!-.0-~]+\/)*[\w+=,.@-]{1,64}$/;
const SESSION_NAME = /^(?:assumed-role\/[\w+=,.@-]{1,64}\/[\w+=,.@-]{2,64}|federated-user\/[\w+=,.@-]{2,32})$/;
const PROVIDER_NAME = /^(?:oidc-provider|saml-provider)\/[!-~]{1,255}$/;
const KNOWN_PROVIDERS: ReadonlySet<string> = new Set([
  "accounts.google.com",
  "cognito-identity.amazonaws.com",
  "graph.facebook.com",
  "www.amazon.com",
]);
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;

function parseAws(text: string): PolicyPrincipal | undefined {
  if (text === "*") return { kind: "everyone" };
  if (/^\d{12}$/.test(text)) return { kind: "account", account: text };
  const [arn, partition = "", service, account = "", name = ""] = ARN.exec(text) ?? [];
  if (arn === undefined || !isPartition(partition)) return undefined;
  if (service === "iam" && name === "root") return { kind: "account", account, partition };
  return (service === "iam" ? IAM_NAME : SESSION_NAME).test(name) ? { kind: "arn", arn } : undefined;
}

function parseFederated(text: string): PolicyPrincipal | undefined {
  const [arn, partition = "", service, , name = ""] = ARN.exec(text) ?? [];
  const declared = arn !== undefined && service === "iam" && isPartition(partition) && PROVIDER_NAME.test(name);
  return declared || KNOWN_PROVIDERS.has(text) ? { kind: "federated", provider: text } : undefined;
}

function parseService(text: string): PolicyPrincipal | undefined {
  return SERVICE.test(text) ? { kind: "service", service: text } : undefined;
}
