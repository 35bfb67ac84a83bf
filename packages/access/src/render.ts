import type { Facts, KubernetesUser, MappingEntry, MapRefusal } from "./mappings.ts";
import type { Principal } from "./principal.ts";
import { MAP_REASONS, type MapReason } from "./reasons.ts";
import { fillTemplates, type Template, TEMPLATES, templatesIn } from "./templates.ts";

/**
 * Makes the Kubernetes user that an entry gives a principal.
 *
 * Templates are filled once: `{{AccountID}}`, `{{SessionName}}` (`@` becomes `-`), `{{SessionNameRaw}}`,
 * `{{AccessKeyID}}` and `{{EC2PrivateDNSName}}`; unknown ones stay as they are written, and a session's name of
 * somebody who has none is nothing (aws-iam-authenticator `pkg/server/server.go`, renderTemplate). A group that comes out
 * empty is left out. Reserved names are judged as rendered.
 *
 * @param entry - The entry that decided, see {@link match}.
 * @param principal - Whom it decided on.
 * @param facts - What templates need beyond the principal.
 * @returns The user; or a refusal: `not-an-instance`, `missing-fact`, `empty-username` or `reserved-name`.
 *
 * @example
 * ```ts
 * import { identify, render } from "@iamgate/access";
 *
 * const arn = "arn:aws:sts::111122223333:assumed-role/Admin/alice@example.com";
 * const principal = identify({ account: "111122223333", arn, userId: "AROAEXAMPLE:alice@example.com" }, "aws");
 * if (principal.ok) {
 *   const user = render(
 *     {
 *       ok: true,
 *       section: "mapRoles",
 *       matcher: { kind: "arn", arn: principal.canonicalArn },
 *       username: "admin:{{SessionName}}",
 *       groups: ["devs"],
 *       place: { source: "aws-auth.yaml", line: 7, column: 5 },
 *     },
 *     principal,
 *     {},
 *   );
 *   console.assert(user.ok && user.username === "admin:alice-example.com");
 * }
 * ```
 */
export function render(entry: MappingEntry, principal: Principal, facts: Facts): KubernetesUser | MapRefusal {
  const username = entry.username ?? defaultUsername(entry, principal);
  const missing = unfillable([username, ...entry.groups], entry, principal, facts);
  if (missing !== undefined) return missing;

  const values = templateValues(principal, facts);
  const user: KubernetesUser = {
    ok: true,
    username: fillTemplates(username, values),
    groups: entry.groups.map((group) => fillTemplates(group, values)).filter((group) => group !== ""),
  };
  if (user.username === "") {
    return refuse(MAP_REASONS.emptyUsername, entry, `username ${quote(username)} comes out empty for ${principal.arn}`);
  }
  return reserved(user, entry) ?? user;
}

/** mapAccounts: the canonical ARN. Elsewhere: what an EKS access entry of type STANDARD would be named by default. */
function defaultUsername(entry: MappingEntry, principal: Principal): string {
  if (entry.section === "mapAccounts") return principal.canonicalArn;
  if (principal.kind !== "role-session") return principal.arn;
  const { partition, account, name } = principal;
  return `arn:${partition}:sts::${account}:assumed-role/${name}/${TEMPLATES.sessionName}`;
}

function templateValues(principal: Principal, facts: Facts): Record<Template, string> {
  const sessionName = principal.kind === "role-session" ? principal.sessionName : "";
  return {
    [TEMPLATES.accountId]: principal.account,
    [TEMPLATES.sessionName]: sessionName.replaceAll("@", "-"),
    [TEMPLATES.sessionNameRaw]: sessionName,
    [TEMPLATES.accessKeyId]: facts.accessKeyId ?? "",
    [TEMPLATES.ec2PrivateDnsName]: facts.ec2PrivateDnsName ?? "",
  };
}

/** A node's name left empty would make its caller `system:node:`, with the nodes' groups. */
function unfillable(
  texts: readonly string[],
  entry: MappingEntry,
  principal: Principal,
  facts: Facts,
): MapRefusal | undefined {
  const used = new Set(texts.flatMap((text) => [...templatesIn(text)]));
  if (used.has(TEMPLATES.ec2PrivateDnsName)) {
    if (principal.kind !== "role-session" || !INSTANCE_ID.test(principal.sessionName)) {
      return refuse(
        MAP_REASONS.notAnInstance,
        entry,
        `${TEMPLATES.ec2PrivateDnsName} is for EC2 instances, and ${principal.arn} is not the session of one`,
      );
    }
    if (!facts.ec2PrivateDnsName) return refuseFact(TEMPLATES.ec2PrivateDnsName, entry, principal);
  }
  if (used.has(TEMPLATES.accessKeyId) && !facts.accessKeyId) return refuseFact(TEMPLATES.accessKeyId, entry, principal);
  return undefined;
}

function refuseFact(template: Template, entry: MappingEntry, principal: Principal): MapRefusal {
  return refuse(MAP_REASONS.missingFact, entry, `${template} is not known for ${principal.arn}`);
}

function reserved(user: KubernetesUser, entry: MappingEntry): MapRefusal | undefined {
  const { usernames = [], groups = [] } = entry.reservedPrefixes ?? {};
  const username = usernames.find((prefix) => user.username.startsWith(prefix));
  if (username !== undefined) {
    return refuse(MAP_REASONS.reservedName, entry, `username ${quote(user.username)} begins with reserved ${username}`);
  }
  for (const group of user.groups) {
    const prefix = groups.find((each) => group.startsWith(each));
    if (prefix !== undefined) {
      return refuse(MAP_REASONS.reservedName, entry, `group ${quote(group)} begins with reserved ${prefix}`);
    }
  }
  return undefined;
}

function refuse(reason: MapReason, { place }: MappingEntry, detail: string): MapRefusal {
  return { ok: false, stage: "map", reason, detail: `${place.source}:${place.line}: ${detail}` };
}

function quote(text: string): string {
  return JSON.stringify(text);
}

// EC2 User Guide, "Resource IDs": 8 hexadecimal digits, since 2016 also 17.
const INSTANCE_ID = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
