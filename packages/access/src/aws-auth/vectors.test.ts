import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { CallerIdentity } from "../principal.ts";
import { identify } from "../identify.ts";
import { match } from "../match.ts";
import { render } from "../render.ts";
import { parseAwsAuth, type ParseAwsAuthOptions } from "./parse.ts";

interface Outcome {
  readonly username?: string;
  readonly groups?: readonly string[];
  readonly reason?: string;
}

interface VectorCase {
  readonly name: string;
  readonly fact: string;
  readonly options?: ParseAwsAuthOptions;
  readonly manifest: string;
  readonly expect: { readonly ok: boolean; readonly failedSections: string[]; readonly findings: string[] };
  readonly users: Readonly<Record<string, Outcome>>;
}

/** What the Go authenticator gave; see tools/kube/authenticator. */
interface Recorded {
  readonly username?: string;
  readonly groups?: readonly string[];
  readonly refused?: string;
  readonly random?: readonly Recorded[];
}

const folder = new URL("../../../../vectors/aws-auth/", import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

const identities = read("identities.json") as Record<string, CallerIdentity>;
const recorded = read("recorded/eks.json") as Record<string, Record<string, Record<string, Recorded>>>;
const files = readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "identities.json");
const cases = files.flatMap((file) => (read(file) as { cases: VectorCase[] }).cases.map((each) => ({ file, ...each })));

// The same facts as tools/kube/authenticator gives.
const FACTS = { accessKeyId: "ASIAEXAMPLE", ec2PrivateDnsName: "ip-10-0-0-1.eu-central-1.compute.internal" };

/**
 * Where iamgate, on purpose, does not do what the Go authenticator does with somebody whom it lets in under a real name,
 * or lets somebody in whom it does not. By file, case and identity, with the rule of ours that says so.
 */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["sections.json / a line that is a tab / admin", "YAML lets such a line be; Go drops the section"],
  [
    "groups.json / items that Go reads as numbers / admin",
    'rule 1: scalars are text as written; Go makes the group ""',
  ],
  ["groups.json / a mis-indented item / admin", "rule 3: a folded item is dropped"],
  ["groups.json / a group that is an unquoted template / admin", "rule 3: the item is dropped; Go drops the section"],
  ["groups.json / a control character in a group / admin", "rule 4: the entry is refused"],
  ["usernames.json / an unquoted template / devs", "rule 4: the other entries stay; Go drops the section"],
  ["usernames.json / a control character / admin", "rule 4: the entry is refused"],
  ["usernames.json / a block scalar as a name / admin", "rule 4: the entry is refused"],
  ["usernames.json / a reserved name refused when asked / admin", "rule 7: reserved names are opt-in"],
  ["usernames.json / a reserved name refused when asked / devs", "rule 7: reserved names are opt-in"],
  [
    "sections.json / a control character in the text / admin",
    "rule 4: only a name's control character costs, and only its entry; Go drops the section",
  ],
  [
    "sso.json / a permission set exactly, then 16 hex digits / sso-admin",
    "rule 9: sso is read; Go's feature gate is off by default",
  ],
  ["sso.json / a permission set exactly, then 16 hex digits / sso-admin-reprovisioned", "rule 9: sso is read"],
  ["sso.json / an explicit partition / sso-china", "rule 9: sso is read"],
  ["sso.json / an unquoted account / sso-zero-account", "rule 9: sso is read"],
  ["sso.json / an exact ARN beats a matcher / sso-admin-reprovisioned", "rule 9: sso is read"],
  ["sso.json / of equal matchers the last wins / sso-admin", "rule 9: sso is read"],
  ["arns.json / an ARN with the Kelvin sign / kelvin", "rule 7: ARNs that are not ASCII are wrong"],
  ["strict.json / an entry with an error is refused / admin", "rule 11: strict"],
  ["strict.json / a refused winner does not bring back the loser / admin", "rule 11: strict"],
  ["keys.json / a key that is a map / admin", "rule 4: a key that is no text costs itself; Go drops the section"],
  ["keys.json / a merge of no map / devs", "rule 4: the other entries stay; Go drops the section"],
  ["keys.json / a binary tag refuses the entry / admin", "rule 4: the entry is refused"],
  ["keys.json / a function tag refuses the entry / admin", "rule 4: the entry is refused"],
]);

function outcomeOf({ manifest, options }: VectorCase, who: string): Outcome {
  const identity = identities[who];
  if (identity === undefined) throw new Error(`no identity ${who}`);
  const principal = identify(identity, identity.arn.split(":")[1] ?? "");
  if (!principal.ok) throw new Error(principal.detail);
  const entry = match(principal, parseAwsAuth(manifest, "aws-auth.yaml", options).mappings);
  if (!entry.ok) return { reason: entry.reason };
  const user = render(entry, principal, FACTS);
  return user.ok ? { username: user.username, groups: user.groups } : { reason: user.reason };
}

describe("aws-auth vectors", () => {
  test("vectors: there are at least sixty, each named once in its file", () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
    expect(new Set(cases.map(({ file, name }) => `${file} ${name}`)).size).toBe(cases.length);
  });

  for (const vector of cases) {
    test(`${vector.file}: ${vector.name}`, () => {
      const { ok, failedSections, findings } = parseAwsAuth(vector.manifest, "aws-auth.yaml", vector.options);
      expect({ ok, failedSections }).toEqual({
        ok: vector.expect.ok,
        failedSections: vector.expect.failedSections,
      });
      const found = findings.map(({ rule, place, level }) => ({ rule, line: place.line, level }));
      const expected = vector.expect.findings.map((text) => {
        const [rule, line, level] = text.split(" ");
        return { rule, line: Number(line), level: level ?? "error" };
      });
      const sorted = (list: readonly object[]): string[] => list.map((each) => JSON.stringify(each)).toSorted();
      expect(sorted(found)).toEqual(sorted(expected));
      for (const [who, outcome] of Object.entries(vector.users)) {
        expect({ [who]: outcomeOf(vector, who) }).toEqual({ [who]: outcome });
      }
    });
  }
});

describe("the principle: whoever the Go authenticator lets in under a real name, we let in as the same, never with more", () => {
  test("exceptions: each is a case", () => {
    const ids = cases.flatMap(({ file, name, users }) => Object.keys(users).map((who) => `${file} / ${name} / ${who}`));
    expect([...EXCEPTIONS.keys()].filter((id) => !ids.includes(id))).toEqual([]);
  });

  for (const vector of cases) {
    for (const who of Object.keys(vector.users)) {
      const id = `${vector.file} / ${vector.name} / ${who}`;
      test(`principle: ${id}`, () => {
        const go = recorded[vector.file]?.[vector.name]?.[who];
        if (go === undefined)
          throw new Error("not recorded: run tools/kube/authenticator, see vectors/aws-auth/README.md");
        expect(isKept(go, outcomeOf(vector, who))).toBe(!EXCEPTIONS.has(id));
      });
    }
  }
});

function isKept(go: Recorded, ours: Outcome): boolean {
  // Of a random answer, one of those that it may be.
  if (go.random !== undefined) return go.random.some((each) => isKept(each, ours));
  // A refused caller stays out; one without a name may get one, but no group that is not written.
  if (go.refused !== undefined) return ours.username === undefined;
  if (go.username === undefined || go.username === "") {
    return ours.username === undefined || (ours.groups ?? []).every((group) => (go.groups ?? []).includes(group));
  }
  return ours.username === go.username && sameGroups(go.groups ?? [], ours.groups ?? []);
}

/** A group without a name is none: iamgate leaves it out. */
function sameGroups(go: readonly string[], ours: readonly string[]): boolean {
  return JSON.stringify(go.filter((group) => group !== "")) === JSON.stringify(ours);
}
