import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { identify } from "./identify.ts";
import type { Facts, MappingEntry, ReservedPrefixes } from "./mappings.ts";
import type { Principal } from "./principal.ts";
import { render } from "./render.ts";

const account = "111122223333";

function principalOf(arn: string, userId: string): Principal {
  const principal = identify({ account, arn, userId }, "aws");
  if (!principal.ok) throw new Error(principal.detail);
  return principal;
}

const session = (name: string): Principal =>
  principalOf(`arn:aws:sts::${account}:assumed-role/Node/${name}`, `AROAEXAMPLE:${name}`);
const user = principalOf(`arn:aws:iam::${account}:user/team/alice`, "AIDAEXAMPLE");
const federated = principalOf(`arn:aws:sts::${account}:federated-user/carol`, `${account}:carol`);

interface Written {
  readonly username?: string;
  readonly groups?: readonly string[];
  readonly section?: MappingEntry["section"];
  readonly reservedPrefixes?: ReservedPrefixes;
}

function rendered(written: Written, principal: Principal, facts: Facts = {}): string | readonly string[] {
  const entry: MappingEntry = {
    ok: true,
    section: "mapRoles",
    matcher: { kind: "arn", arn: principal.canonicalArn },
    groups: [],
    place: { source: "f.yaml", line: 7, column: 5 },
    ...written,
  };
  const result = render(entry, principal, facts);
  return result.ok ? [result.username, ...result.groups] : result.reason;
}

describe("render", () => {
  test("templates: each is filled", () => {
    const username = "{{AccountID}} {{SessionName}} {{SessionNameRaw}} {{AccessKeyID}}";
    expect(rendered({ username, groups: ["g:{{AccountID}}"] }, session("a@b"), { accessKeyId: "ASIAX" })).toEqual([
      `${account} a-b a@b ASIAX`,
      `g:${account}`,
    ]);
  });

  test("templates: filled once, so what is put in is no template", () => {
    const facts = { accessKeyId: "{{AccountID}}" };
    expect(rendered({ username: "{{AccessKeyID}}" }, session("a"), facts)).toEqual(["{{AccountID}}"]);
  });

  test("templates: unknown ones stay", () => {
    expect(rendered({ username: "{{Nobody}}{{ SessionName }}" }, session("a"))).toEqual([
      "{{Nobody}}{{ SessionName }}",
    ]);
  });

  test.each([
    ["a user", user],
    ["a federated user", federated],
  ])("session name: %s has none", (_, principal) => {
    expect(rendered({ username: "x:{{SessionName}}", groups: ["{{SessionName}}", "g"] }, principal)).toEqual([
      "x:",
      "g",
    ]);
    expect(rendered({ username: "{{SessionNameRaw}}" }, principal)).toBe("empty-username");
  });

  test.each(["i-01234567", "i-0123456789abcdef0"])("instance: %s gets its name", (id) => {
    const facts = { ec2PrivateDnsName: "ip-10-0-0-1.ec2.internal" };
    expect(rendered({ username: "system:node:{{EC2PrivateDNSName}}" }, session(id), facts)).toEqual([
      "system:node:ip-10-0-0-1.ec2.internal",
    ]);
  });

  test.each(["alice", "i-0123456", "i-0123456789abcdef01", "i-0123456789abcdefg", "xi-01234567"])(
    "instance: %s is none, and is refused",
    (name) => {
      const facts = { ec2PrivateDnsName: "ip-10-0-0-1.ec2.internal" };
      expect(rendered({ username: "system:node:{{EC2PrivateDNSName}}" }, session(name), facts)).toBe("not-an-instance");
      expect(rendered({ username: "n", groups: ["{{EC2PrivateDNSName}}"] }, session(name), facts)).toBe(
        "not-an-instance",
      );
    },
  );

  test("facts: one that is not known refuses rather than renders as nothing", () => {
    const written = { username: "system:node:{{EC2PrivateDNSName}}" };
    expect(rendered(written, session("i-01234567"))).toBe("missing-fact");
    expect(rendered(written, session("i-01234567"), { ec2PrivateDnsName: "" })).toBe("missing-fact");
    expect(rendered({ username: "k:{{AccessKeyID}}" }, session("a"))).toBe("missing-fact");
  });

  test("default name: an access entry's", () => {
    expect(rendered({}, session("a@b"))).toEqual([`arn:aws:sts::${account}:assumed-role/Node/a-b`]);
    expect(rendered({}, user)).toEqual([user.arn]);
    expect(rendered({}, federated)).toEqual([federated.arn]);
  });

  test("default name: an account's is the canonical ARN", () => {
    expect(rendered({ section: "mapAccounts" }, session("a"))).toEqual([`arn:aws:iam::${account}:role/Node`]);
  });

  test("reserved names: judged as rendered", () => {
    const reservedPrefixes = { usernames: ["111122223333:"], groups: ["system:"] };
    expect(rendered({ username: "{{AccountID}}:x", reservedPrefixes }, session("a"))).toBe("reserved-name");
    expect(rendered({ username: "x", groups: ["system:masters"], reservedPrefixes }, session("a"))).toBe(
      "reserved-name",
    );
    expect(rendered({ username: "system:x", groups: ["x"], reservedPrefixes }, session("a"))).toEqual([
      "system:x",
      "x",
    ]);
  });

  test("any entry: deterministic, never an empty name, never more groups than written", () => {
    const text = fc.array(
      fc.constantFrom("{{SessionName}}", "{{AccountID}}", "{{EC2PrivateDNSName}}", "{{", "}}", "a", "system:", "@"),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(
        text,
        fc.array(text, { maxLength: 4 }),
        fc.constantFrom(user, federated, session("i-01234567")),
        (u, g, who) => {
          const written = { username: u.join(""), groups: g.map((each) => each.join("")) };
          const once = rendered(written, who, { ec2PrivateDnsName: "ip" });
          expect(rendered(written, who, { ec2PrivateDnsName: "ip" })).toEqual(once);
          if (typeof once === "string") return;
          expect(once.length).toBeLessThanOrEqual(1 + g.length);
          expect(once).not.toContain("");
        },
      ),
    );
  });
});
