import { describe, expect, test } from "vitest";
import { identify } from "./identify.ts";
import type { MappingEntry, Mappings, Matcher } from "./mappings.ts";
import { match } from "./match.ts";
import type { Principal } from "./principal.ts";

const account = "111122223333";

function sessionOf(role: string, inAccount = account): Principal {
  const arn = `arn:aws:sts::${inAccount}:assumed-role/${role}/alice`;
  const principal = identify({ account: inAccount, arn, userId: "AROAEXAMPLE:alice" }, "aws");
  if (!principal.ok) throw new Error(principal.detail);
  return principal;
}

function entry(line: number, matcher: Matcher, section: MappingEntry["section"] = "mapRoles"): MappingEntry {
  return {
    ok: true,
    section,
    matcher,
    username: `line-${line}`,
    groups: [],
    place: { source: "f.yaml", line, column: 5 },
  };
}

const arn = (text: string): Matcher => ({ kind: "arn", arn: text });
const map = (...entries: MappingEntry[]): Mappings => ({ source: "f.yaml", entries });

const roleArn = `arn:aws:iam::${account}:role/Admin`;
const sso: Matcher = { kind: "sso", partition: "aws", account, permissionSet: "Admin" };
const ssoRole = "AWSReservedSSO_Admin_0123456789abcdef";

function lineOf(principal: Principal, mappings: Mappings): number | string {
  const found = match(principal, mappings);
  return found.ok ? found.place.line : found.reason;
}

function detailOf(principal: Principal, mappings: Mappings): string {
  const found = match(principal, mappings);
  return found.ok ? "" : found.detail;
}

describe("match", () => {
  test("exact ARN: ASCII case does not count, other case does", () => {
    expect(lineOf(sessionOf("Admin"), map(entry(1, arn(roleArn.toUpperCase()))))).toBe(1);
    const kelvin = map(entry(1, arn(`arn:aws:iam::${account}:role/\u212Aube`)));
    expect(lineOf(sessionOf("Kube"), kelvin)).toBe("not-mapped");
  });

  test("duplicates: the last of a section wins", () => {
    expect(lineOf(sessionOf("Admin"), map(entry(1, arn(roleArn)), entry(2, arn(roleArn.toLowerCase()))))).toBe(2);
  });

  test("sections: mapRoles beats mapUsers, in whichever order they stand", () => {
    const roles = entry(1, arn(roleArn));
    const users = entry(2, arn(roleArn), "mapUsers");
    expect(lineOf(sessionOf("Admin"), map(roles, users))).toBe(1);
    expect(lineOf(sessionOf("Admin"), map(users, roles))).toBe(1);
  });

  test("precedence: exact ARN, then permission set, then account", () => {
    const exact = entry(1, arn(`arn:aws:iam::${account}:role/${ssoRole}`), "mapUsers");
    const set = entry(2, sso);
    const whole = entry(3, { kind: "account", account }, "mapAccounts");
    expect(lineOf(sessionOf(ssoRole), map(set, exact, whole))).toBe(1);
    expect(lineOf(sessionOf(ssoRole), map(set, whole))).toBe(2);
    expect(lineOf(sessionOf("Other"), map(set, whole))).toBe(3);
  });

  test.each([
    ["AWSReservedSSO_Admin_0123456789abcdef", 1],
    ["AWSReservedSSO_Admin_0123456789abcde", "not-mapped"],
    ["AWSReservedSSO_Admin_0123456789abcdef0", "not-mapped"],
    ["AWSReservedSSO_Admin_0123456789ABCDEF", "not-mapped"],
    ["AWSReservedSSO_Admin_ReadOnly_0123456789abcdef", "not-mapped"],
    ["AWSReservedSSO_admin_0123456789abcdef", "not-mapped"],
    ["xAWSReservedSSO_Admin_0123456789abcdef", "not-mapped"],
  ])("permission set: %s", (role, line) => {
    expect(lineOf(sessionOf(role), map(entry(1, sso)))).toBe(line);
  });

  test("permission set: another account is another set", () => {
    expect(lineOf(sessionOf(ssoRole, "444455556666"), map(entry(1, sso)))).toBe("not-mapped");
  });

  test("refusal: says where it looked", () => {
    expect(detailOf(sessionOf("Admin"), map())).toBe(
      `${roleArn} is in no mapRoles, mapUsers or mapAccounts entry of f.yaml`,
    );
  });

  test.each([
    ["a role with its path", `arn:aws:iam::${account}:role/team/Admin`],
    ["a session's ARN", `arn:aws:sts::${account}:assumed-role/Admin/alice`],
  ])("near miss: %s is pointed at, with what to write", (_, written) => {
    const detail = detailOf(sessionOf("Admin"), map(entry(7, arn(written))));
    expect(detail).toContain(`f.yaml:7 names ${written}: write ${roleArn}`);
  });

  test("near miss: the same name in another account", () => {
    const other = `arn:aws:iam::444455556666:role/Admin`;
    expect(detailOf(sessionOf("Admin"), map(entry(7, arn(other))))).toContain(`f.yaml:7 names ${other}`);
  });

  test("near miss: a permission set's role from before it was provisioned anew", () => {
    const old = `arn:aws:iam::${account}:role/AWSReservedSSO_Admin_fedcba9876543210`;
    expect(detailOf(sessionOf(ssoRole), map(entry(7, arn(old))))).toContain(`f.yaml:7 names ${old}`);
  });

  test("near miss: a user of the same name is none", () => {
    const user = entry(7, arn(`arn:aws:iam::${account}:user/Admin`), "mapUsers");
    expect(detailOf(sessionOf("Admin"), map(user))).not.toContain("f.yaml:7");
  });

  test("speed: a lookup does not grow with the map", () => {
    const many = Array.from({ length: 50_000 }, (_, line) => entry(line, arn(`arn:aws:iam::${account}:role/R${line}`)));
    const mappings = map(...many);
    match(sessionOf("R0"), mappings);
    const principal = sessionOf("R49999");
    const start = performance.now();
    for (let count = 0; count < 10_000; count++) match(principal, mappings);
    // A scan of the map would take minutes.
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
