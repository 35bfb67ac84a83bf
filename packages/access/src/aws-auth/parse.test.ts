import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAwsAuth, type AwsAuth } from "./parse.ts";

const HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: aws-auth, namespace: kube-system }\ndata:\n";
const role = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
const json = (data: Record<string, string>): string =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "aws-auth" }, data });
const parse = (mapRoles: string): AwsAuth => parseAwsAuth(json({ mapRoles }), "aws-auth.json");

/** Where a finding stands, and what stands there. */
function at(text: string, rule: string): string | undefined {
  const found = parseAwsAuth(text, "f").findings.find((each) => each.rule === rule);
  if (found === undefined) return undefined;
  const { line, column } = found.place;
  return `${line}:${column} ${text.split(/\r?\n/)[line - 1]?.slice(column - 1, column + 11)}`;
}

test("parseAwsAuth: a tab that indents is called a tab, in the manifest and in a section, at its place", () => {
  const manifest = parseAwsAuth("apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: aws-auth\n", "m.yaml");
  expect(manifest.findings[0]).toMatchObject({ rule: "manifest-syntax", place: { line: 4, column: 1 } });
  expect(manifest.findings[0]?.message).toContain("a tab indents this line");
  const head =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata:\n  mapUsers: |\n";
  const section = parseAwsAuth(`${head}    - userarn: arn:aws:iam::111122223333:user/a\n    \tusername: a\n`, "m.yaml");
  expect(section.findings[0]).toMatchObject({ rule: "section-syntax", place: { line: 7, column: 5 } });
  expect(section.findings[0]?.message).toContain("a tab indents this line");
});

describe("places: a finding in a section stands at its line and column in the file", () => {
  const bad = `- rolearn: ${role("team/Admin")}\n  username: admin\n`;
  const block = (text: string, indent: string): string => text.replaceAll(/^/gm, indent).trimEnd() + "\n";

  test.each([
    ["a literal block", `${HEAD}  mapRoles: |\n${block(bad, "    ")}`, "6:16 arn:aws:iam:"],
    ["a stripped literal block", `${HEAD}  mapRoles: |-\n${block(bad, "   ")}`, "6:15 arn:aws:iam:"],
    [
      "a block with an explicit indentation",
      `${HEAD}  mapRoles: |2+ # c\n${block(bad, "    ")}\n\n`,
      "6:16 arn:aws:iam:",
    ],
    ["a block after blank lines", `${HEAD}  mapRoles: |\n\n   \n${block(bad, "    ")}`, "8:16 arn:aws:iam:"],
    ["a block with CRLF", `${HEAD}  mapRoles: |\n${block(bad, "    ")}`.replaceAll("\n", "\r\n"), "6:16 arn:aws:iam:"],
    ["a block at the end of the file", `${HEAD}  mapRoles: |\n${block(bad, "    ").trimEnd()}`, "6:16 arn:aws:iam:"],
    ["a double-quoted string", `${HEAD}  mapRoles: ${JSON.stringify(bad)}\n`, "5:25 arn:aws:iam:"],
    ["JSON escapes", `${HEAD}  mapRoles: "#\\u00e9\\t\\\\\\n${bad.replaceAll("\n", "\\n")}"\n`, "5:38 arn:aws:iam:"],
    [
      "a single-quoted string",
      `${HEAD}  mapRoles: '[{rolearn: "${role("team/Admin")}", username: it''s}]'\n`,
      '5:25 "arn:aws:iam',
    ],
    ["a plain scalar", `${HEAD}  mapUsers: hello\n`.replace("mapUsers: hello", "mapRoles: hello"), undefined],
    [
      "a folded block: where it begins",
      `${HEAD}  mapRoles: >\n    [{rolearn: "${role("team/Admin")}",\n    username: a}]\n`,
      "5:13 >",
    ],
    [
      "a folded string: where it begins",
      `${HEAD}  mapRoles: "[{rolearn:\n    '${role("team/Admin")}'}]"\n`,
      '5:13 "[{rolearn:',
    ],
    ["a byte order mark", `\uFEFF${HEAD}  mapRoles: |\n${block(bad, "    ")}`, "6:16 arn:aws:iam:"],
  ])("%s", (_, text, place) => {
    expect(at(text, "role-path")).toBe(place);
  });

  test("tabs and astral characters count as editors count them", () => {
    const text = `${HEAD}  mapRoles: |\n    # 😀\n    - {username: "😀", rolearn: "${role("team/Admin")}"}\n`;
    expect(at(text, "role-path")).toBe('7:33 "arn:aws:iam');
  });

  test("a JSON manifest on many lines", () => {
    const text = JSON.stringify(JSON.parse(json({ mapRoles: bad })), undefined, 2);
    expect(at(text, "role-path")).toBe("8:29 arn:aws:iam:");
  });

  test("the manifest's own syntax", () => {
    expect(parseAwsAuth(`${HEAD}  mapRoles: [\n`, "f").findings[0]).toMatchObject({
      rule: "manifest-syntax",
      place: { source: "f", line: 6 },
    });
  });

  test("any indentation of any block: exact", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 12 }),
        fc.nat(5),
        fc.nat(5),
        fc.constantFrom("|", "|-", "|+"),
        (indent, comments, blanks, header) => {
          const inner = `${"# c\n".repeat(comments)}${"\n".repeat(blanks)}${bad}`;
          const text = `${HEAD}  mapRoles: ${header}\n${block(inner, " ".repeat(indent))}`;
          expect(at(text, "role-path")).toBe(`${6 + comments + blanks}:${indent + 12} arn:aws:iam:`);
        },
      ),
    );
  });
});

describe("what stays in force", () => {
  const good = json({ mapRoles: `- {rolearn: "${role("Admin")}", username: admin}`, mapAccounts: '- "444455556666"' });
  const previous = parseAwsAuth(good, "aws-auth.json").mappings;
  const sections = ({ mappings }: AwsAuth): string[] => mappings.entries.map(({ section }) => section);

  test("a section that does not parse keeps its previous entries, the others are the new ones", () => {
    const read = parseAwsAuth(json({ mapRoles: "- [", mapAccounts: "[]" }), "f", { previous });
    expect(read).toMatchObject({ ok: true, failedSections: ["mapRoles"] });
    expect(read.mappings.entries).toEqual(previous.entries.filter(({ section }) => section === "mapRoles"));
  });

  test("a section that does not parse is empty where nothing was before", () => {
    expect(sections(parseAwsAuth(json({ mapRoles: "- [" }), "f"))).toEqual([]);
  });

  test("a section that is gone, empty or comments only is empty at once", () => {
    expect(sections(parseAwsAuth(json({}), "f", { previous }))).toEqual([]);
    expect(sections(parseAwsAuth(json({ mapRoles: "" }), "f", { previous }))).toEqual([]);
    expect(sections(parseAwsAuth(json({ mapRoles: "# none" }), "f", { previous }))).toEqual([]);
  });

  test.each([
    ["no YAML", "data: ["],
    ["an empty file", ""],
    ["comments only", "# nothing\n"],
    ["another ConfigMap", good.replace("aws-auth", "aws-other")],
    ["a list", "[]"],
    ["a scalar", "hello"],
    ["too large", good.replace("admin", "a".repeat(1_048_577))],
    ["far too large", "a".repeat(5_000_000)],
  ])("%s: the previous snapshot itself stays", (_, text) => {
    const read = parseAwsAuth(text, "f", { previous });
    expect(read.ok).toBe(false);
    expect(read.mappings).toBe(previous);
    expect(read.findings).toHaveLength(1);
    expect(read.failedSections).toEqual(["mapRoles", "mapUsers", "mapAccounts"]);
  });

  test("order: mapRoles, mapUsers, mapAccounts, whatever the file's order", () => {
    const text = json({ mapAccounts: '- "444455556666"', mapRoles: `- {rolearn: "${role("A")}"}` });
    expect(sections(parseAwsAuth(text, "f"))).toEqual(["mapRoles", "mapAccounts"]);
  });
});

describe("any text", () => {
  test("never throws, and says why nothing is read", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const read = parseAwsAuth(text, "f");
        if (!read.ok) expect(read.findings.length).toBeGreaterThan(0);
      }),
    );
  });

  const piece = fc.constantFrom(
    ..."- |: |\n|\n  |  |    |{|}|[|]|,|'|\"|#|&a |*a|*b|<<: *a|? |!!str |!x |> |>-\n|---\n|...\n|\t|%|@|`|~|null|yes|é|\u2028".split(
      "|",
    ),
    "|",
    `rolearn: ${role("Admin")}\n`,
    "username: admin\n",
    "groups:\n",
    "- devs\n",
    "{{SessionName}}",
    "__proto__: ",
    "\uD800",
    "\0",
  );

  test("any section: never throws, the same every time, never more groups than written", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const section = pieces.join("");
        const read = parse(section);
        expect(parse(section)).toEqual(read);
        for (const { groups } of read.mappings.entries) {
          for (const group of groups) {
            expect(group).not.toBe("");
            // As a name is written it stands in the text; folds and escapes apart, which these pieces cannot make.
            expect(group.length).toBeLessThanOrEqual(section.length);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test("groups: every group is one of the items written", () => {
    const item = fc.oneof(
      fc
        .stringMatching(/^[a-z:]{1,8}$/)
        .map((text) => ({ written: JSON.stringify(text), group: text as string | undefined })),
      fc.constantFrom("[x]", "{x: y}", "", "''", "~", "{{X}}").map((written) => ({ written, group: undefined })),
    );
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), (items) => {
        const list = items.map(({ written }) => `  - ${written}\n`).join("");
        const read = parse(`- rolearn: ${role("Admin")}\n  username: a\n  groups:\n${list}`);
        expect(read.mappings.entries[0]?.groups).toEqual(items.flatMap(({ group }) => group ?? []));
      }),
    );
  });

  test.each([
    ["flow nesting", "[".repeat(150_000)],
    ["block nesting", "- ".repeat(150_000)],
    ["key nesting", "? ".repeat(100_000)],
    ["a bomb", `- &a [${"x,".repeat(1000)}]\n${"- [*a, *a, *a, *a, *a, *a, *a, *a]\n".repeat(2_000)}`],
    ["a bomb of merge keys", mergeBomb()],
    ["many aliases", `- &a x\n${"- *a\n".repeat(100_000)}`],
    ["anchors in anchors", `${"&a [".repeat(90)}${"]".repeat(90)}`],
  ])("hostile: %s ends within seconds", (_, section) => {
    const start = performance.now();
    parse(section);
    expect(performance.now() - start).toBeLessThan(8_000);
  });

  test("expansion: groups shared by many entries are followed as far as the bound", () => {
    const entries = (count: number): string =>
      `- {rolearn: "${role("Admin")}", groups: &g [${"devs, ".repeat(200)}]}\n` +
      Array.from({ length: count }, (_, n) => `- {rolearn: "${role(`R${n}`)}", username: a, groups: *g}\n`).join("");
    expect(parse(entries(100)).mappings.entries[100]?.groups).toHaveLength(200);
    expect(parse(entries(6_000)).findings.map(({ rule }) => rule)).toContain("expansion-too-large");
  });
});

describe("findings", () => {
  test("one oddity behind an alias is told once", () => {
    const section = `- {rolearn: "${role("A")}", username: a, groups: &g [""]}\n- {rolearn: "${role("B")}", username: b, groups: *g}\n`;
    expect(parse(section).findings.filter(({ rule }) => rule === "empty-group")).toHaveLength(1);
  });

  test("strict: what is refused says so", () => {
    const text = json({ mapRoles: `- {rolearn: "${role("A")}", username: 123}` });
    expect(parseAwsAuth(text, "f").findings[0]?.effect).toEqual({ iamgate: "nothing", eks: "field" });
    const strict = parseAwsAuth(text, "f", { strict: true });
    expect(strict.mappings.entries).toEqual([]);
    expect(strict.findings[0]?.effect).toEqual({ iamgate: "entry", eks: "field" });
  });

  test("messages are one line, whatever is written", () => {
    const section = `- {rolearn: "a\\nb\\u0007", username: "x\\ny", "k\\ney": 1, groups: ["\\n"]}`;
    for (const { message, hint } of parse(section).findings) expect(message + hint).not.toMatch(/\p{Cc}/u);
  });
});

function mergeBomb(): string {
  const levels = Array.from({ length: 20 }, (_, n) => `- &m${n + 1} {<<: [${Array(9).fill(`*m${n}`).join(", ")}]}\n`);
  return `- &m0 {username: a}\n${levels.join("")}- {<<: *m20, rolearn: "${role("Admin")}"}\n`;
}
