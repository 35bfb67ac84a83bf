import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decide } from "./decide.ts";
import { parsePolicyText } from "./parse-policy.ts";
import type { Policies, PolicyDocument, PolicyKind, RequestPrincipal } from "./types.ts";

const folder = new URL("../../../../vectors/policy/", import.meta.url);

/** One page of AWS's documentation, and the decisions that follow from it. */
interface Page {
  readonly page: string;
  readonly url: string;
  readonly groups: readonly {
    readonly section: string;
    readonly policies: {
      readonly identity: readonly unknown[];
      readonly boundary?: unknown;
      readonly session?: readonly unknown[];
      readonly trust?: unknown;
      readonly resource?: unknown;
    };
    readonly decisions: readonly {
      readonly as: string | { readonly arn: string; readonly userId?: string; readonly tags?: Record<string, string> };
      readonly action: string;
      readonly resource: string;
      readonly resourceAccount?: string;
      readonly context?: Record<string, readonly string[]>;
      readonly expect: "allow" | "explicit-deny" | "implicit-deny";
      readonly statement?: string;
      readonly because?: string;
    }[];
  }[];
}

const pages = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Page);

test("the table: at least 150 decisions", () => {
  const groups = pages.flatMap((page) => page.groups);
  expect(groups.flatMap(({ decisions }) => decisions).length).toBeGreaterThanOrEqual(150);
});

for (const { page, groups } of pages) {
  describe(page, () => {
    for (const [index, { section, policies, decisions }] of groups.entries()) {
      for (const asked of decisions) {
        const who = typeof asked.as === "string" ? asked.as : JSON.stringify(asked.as);
        const how = [who, asked.action, asked.resource, JSON.stringify(asked.context ?? {})].join(" ");
        test(`${index + 1}. ${section}: ${how} ${asked.resourceAccount ?? ""}: ${asked.expect}`, () => {
          const { action, resource, resourceAccount, context } = asked;
          const decision = decide(
            {
              principal: principalOf(asked.as),
              action,
              resource,
              ...(resourceAccount !== undefined && { resourceAccount }),
              context: new Map(Object.entries(context ?? {})),
            },
            policiesOf(policies),
          );
          expect(decision.by).toBe(asked.expect);
          expect(decision.allowed).toBe(asked.expect === "allow");
          if (asked.statement !== undefined) {
            expect("statement" in decision ? decision.statement?.sid : undefined).toBe(asked.statement);
          }
        });
      }
    }
  });
}

function policiesOf(written: Page["groups"][number]["policies"]): Policies {
  const resource =
    written.trust === undefined
      ? written.resource && parsed(written.resource, "resource")
      : parsed(written.trust, "trust");
  return {
    identity: written.identity.map((policy) => parsed(policy, "identity")),
    ...(written.boundary !== undefined && { boundary: parsed(written.boundary, "boundary") }),
    ...(written.session !== undefined && { session: written.session.map((policy) => parsed(policy, "session")) }),
    ...(resource !== undefined && { resource: resource as PolicyDocument }),
  };
}

function parsed(policy: unknown, kind: PolicyKind): PolicyDocument {
  const result = parsePolicyText(JSON.stringify(policy), { name: kind, kind, source: "vector" });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

/** Somebody of an ARN, without tags and with some unique id unless these are given. */
function principalOf(as: Page["groups"][number]["decisions"][number]["as"]): RequestPrincipal {
  const { arn, userId = "AIDAEXAMPLEEXAMPLE", tags = {} } = typeof as === "string" ? { arn: as } : as;
  if (arn.startsWith("web:")) return { kind: "web-identity", provider: arn.slice("web:".length) };
  if (arn.startsWith("service:")) return { kind: "service", service: arn.slice("service:".length) };
  const [, partition = "", , , account = "", name = ""] = arn.split(":");
  const [type = "", role = ""] = name.split("/");
  const common = { partition, account, arn, userId, tags: new Map(Object.entries(tags)) };
  if (type === "assumed-role") {
    return { ...common, kind: "role-session", principalArn: `arn:${partition}:iam::${account}:role/${role}` };
  }
  const kinds = { root: "root", user: "user", "federated-user": "federated-user" } as const;
  const kind = kinds[type as keyof typeof kinds];
  return { ...common, kind, principalArn: arn };
}
