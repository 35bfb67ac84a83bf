import { identify, match, render } from "@iamgate/access";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMountedFile } from "./mounted-file.ts";

const FILE = `clusterID: prod
server:
  mapRoles:
  # administrators
  - roleARN: arn:aws:iam::111122223333:role/Admin
    username: admin:{{SessionName}}
    groups:
    - system:masters
  - rolearn: arn:aws:iam::111122223333:role/Admin
    username: "other:{{SessionName}}"
    groups: [a, b]
  port: 21362
  mapUsers:
    - userARN: arn:aws:iam::111122223333:user/team/alice
      username: alice
      groups: [developers]
    - userarn: nonsense
      username: x
  mapAccounts: ['444455556666', 1, '777788889999']
`;

/** Who somebody becomes, and the line that decided it. */
function whoIs(text: string, arn: string, userId: string): string {
  const { mappings } = parseMountedFile(text, "go.yaml");
  const principal = identify({ account: arn.split(":")[4] ?? "", arn, userId }, "aws");
  if (!principal.ok) return principal.reason;
  const entry = match(principal, mappings);
  if (!entry.ok) return entry.reason;
  const user = render(entry, principal, {});
  return user.ok ? `${user.username} [${user.groups.join()}] by line ${entry.place.line}` : user.reason;
}

const ADMIN = ["arn:aws:sts::111122223333:assumed-role/Admin/bob", "AROAEXAMPLEADMIN0001:bob"] as const;
const ALICE = ["arn:aws:iam::111122223333:user/team/alice", "AIDAEXAMPLEALICE0001"] as const;

describe("parseMountedFile", () => {
  test("roles, users and accounts: are mapped, and the deciding line is one of this file", () => {
    expect(whoIs(FILE, ...ADMIN)).toBe("other:bob [a,b] by line 9");
    expect(whoIs(FILE, ...ALICE)).toBe("alice [developers] by line 14");
    expect(whoIs(FILE, "arn:aws:iam::777788889999:user/x", "AIDAEXAMPLEUSERX0001")).toBe(
      "arn:aws:iam::777788889999:user/x [] by line 19",
    );
    expect(whoIs(FILE, "arn:aws:iam::111122223333:user/eve", "AIDAEXAMPLEEVE000001")).toBe("not-mapped");
  });

  test("findings: stand at their place in this file, lines in sentences too, and say nothing of Amazon EKS", () => {
    const { findings, ok } = parseMountedFile(FILE, "go.yaml");
    expect(ok).toBe(true);
    expect(
      findings.map(({ rule, place, message, effect }) => [rule, `${place.line}:${place.column}`, message, effect]),
    ).toEqual([
      [
        "duplicate-arn",
        "5:5",
        "arn:aws:iam::111122223333:role/Admin is named again in line 9, which wins.",
        { iamgate: "entry", eks: "nothing" },
      ],
      [
        "malformed-arn",
        "17:16",
        '"nonsense" is no ARN of a user or a role, and matches nobody.',
        { iamgate: "entry", eks: "nothing" },
      ],
      ["malformed-account", "19:33", '"1" is no account id, and maps nobody.', { iamgate: "entry", eks: "nothing" }],
    ]);
  });

  test("the ARN of a session: stands for its role, as the Go authenticator 0.7.18 takes it in this file", () => {
    const text = "server:\n  mapRoles:\n  - rolearn: arn:aws:sts::111122223333:assumed-role/Admin/x\n    username: a\n";
    expect(whoIs(text, ...ADMIN)).toBe("a [] by line 3");
    expect(parseMountedFile(text, "go.yaml").findings).toEqual([]);
  });

  test("every layout: places are those of the file", () => {
    const role = "arn:aws:iam::111122223333:role/Admin";
    const layouts: [text: string, place: string][] = [
      [`server:\n  mapRoles:\n  - rolearn: ${role}\n`, "3:5"],
      [`server:\n mapRoles:\n - rolearn: ${role}\n`, "3:4"],
      [`server:\n    mapRoles:\n\n        -   rolearn: ${role}\n`, "4:13"],
      [`clusterID: x\r\nserver:\r\n  mapRoles:\r\n  - rolearn: ${role}\r\n`, "4:5"],
      [`clusterID: x\nserver:\n  mapRoles: [{ rolearn: "${role}" }]\n`, "3:14"],
      [`server:\n  mapAccounts: ['1''2', '']\n  mapRoles: [ { "ro''learn": 1, rolearn: '${role}' } ]\n`, "3:15"],
      [`server:\n  mapUsers: []\n  mapAccounts: []\n  mapRoles:\n    - rolearn: ${role}\n`, "5:7"],
      [
        `{\n  "clusterID": "x",\n  "server": {\n    "mapRoles": [\n      { "rolearn": "${role}" }\n    ]\n  }\n}\n`,
        "5:7",
      ],
    ];
    for (const [text, place] of layouts) {
      const [entry] = parseMountedFile(text, "go.yaml").mappings.entries;
      expect(`${entry?.place.line}:${entry?.place.column}`).toBe(place);
    }
  });

  test("a layout that leaves no line for a section's key: is refused, with what to write", () => {
    for (const [text, place] of [
      ['{"server": {"mapRoles": []}}', "1:25"],
      ["server:\n  mapRoles: [\n  ]", "2:13"],
      ["x: 1\nserver: { mapRoles: [], mapUsers: [] }", "2:35"],
      ["x: 1\nserver:\n  mapUsers: []\n  mapRoles: [\n  ]", "4:13"],
    ] as const) {
      const read = parseMountedFile(text, "go.yaml");
      expect(read).toMatchObject({ ok: false, failedSections: ["mapRoles", "mapUsers", "mapAccounts"] });
      expect(`${read.findings[0]?.place.line}:${read.findings[0]?.place.column}`).toBe(place);
      expect(read.findings[0]?.hint).toBe('write each of its entries on a line of its own, after "- "');
    }
  });

  test("reserved prefixes: refuse usernames of MountedFile, not groups, not another backend's", () => {
    const reserve = (backend: string, prefix: string): string =>
      `${FILE}  reservedPrefixConfig:\n  - backendMode: ${backend}\n    usernamePrefixReserveList: ["${prefix}"]\n`;
    expect(whoIs(reserve("MountedFile", "alice"), ...ALICE)).toBe("reserved-name");
    expect(whoIs(reserve("MountedFile", "dev"), ...ALICE)).toContain("alice [developers]");
    expect(whoIs(reserve("CRD", "alice"), ...ALICE)).toContain("alice [developers]");
  });

  test("no longer readable: what it said before stays, place and all; what is taken out acts at once", () => {
    const before = parseMountedFile(FILE, "go.yaml").mappings;
    for (const broken of ["server: [", `${FILE}server: 1\n`, "", "server:\n  mapRoles: 3\n"]) {
      expect(parseMountedFile(broken, "go.yaml", { previous: before })).toMatchObject({ ok: false, mappings: before });
    }
    const half = parseMountedFile(FILE.replace("groups: [developers]", "groups: ]developers"), "go.yaml", {
      previous: before,
    });
    expect(half.mappings.entries).toEqual(before.entries);
    const section =
      "x:\n- &a 1\nserver:\n  mapRoles:\n  - rolearn: *a\n  mapUsers:\n  - userarn: arn:aws:iam::111122223333:user/eve\n";
    const part = parseMountedFile(section, "go.yaml", { previous: before });
    expect(part.failedSections).toEqual(["mapRoles"]);
    expect(part.mappings.entries.map(({ place }) => `${place.line}:${place.column}`)).toEqual(["5:5", "9:5", "7:5"]);
    expect(parseMountedFile("clusterID: prod\n", "go.yaml", { previous: before })).toMatchObject({
      ok: true,
      mappings: { entries: [] },
    });
  });

  test("any text: never throws, and each place is one in the text", () => {
    const word = fc.constantFrom(
      "server:\n",
      "  mapRoles:\n",
      "  mapUsers:\n",
      "  - rolearn: arn:aws:iam::111122223333:role/A\n",
      "    username: a\n",
      "    groups:\n",
      "    - b\n",
      "  mapAccounts: [",
      "1",
      "]\n",
      "  mapRoles: [{",
      "}]\n",
      "\t",
      "\r\n",
      "\n",
      "# c\n",
      "|\n",
      "&a ",
      "*a",
      "'",
      '"',
      "  mapAccounts:\n",
      "  - '111122223333'\n",
      "\u2028",
      "\u0007",
      "x: 1\n",
      "---\n",
    );
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 24 }).map((words) => words.join("")),
        (text) => {
          const { findings, mappings } = parseMountedFile(text, "go.yaml");
          const lines = text.split("\n");
          for (const { place } of [...findings, ...mappings.entries]) {
            expect(place.line).toBeGreaterThan(0);
            expect(place.line).toBeLessThanOrEqual(lines.length + 1);
            expect(place.column).toBeGreaterThan(0);
            expect(place.column).toBeLessThanOrEqual((lines[place.line - 1]?.length ?? 0) + 2);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
