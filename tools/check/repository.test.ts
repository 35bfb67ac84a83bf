import { describe, expect, test } from "vitest";
import { checkRepository } from "./repository.ts";
import { lines, makeFixture } from "./test/fixture.ts";

// Put together, so that this very file passes the check.
const [home, root, registry] = ["/home", "/root", "registry.npmjs"] as const;

function findings(files: Record<string, string>): string[] {
  return lines(checkRepository(makeFixture(files).root));
}

describe("repository: size", () => {
  test("400 lines pass, 401 do not, tests are not counted", () => {
    const files = { "a.ts": "1;\n".repeat(400), "b.ts": "1;\n".repeat(401), "c.test.ts": "1;\n".repeat(500) };
    expect(findings(files)).toEqual(["b.ts: has 401 lines, over 400; it holds two concepts: give each a file"]);
  });
});

describe("repository: links", () => {
  test("links to files, directories, headings and other sites that are there: pass", () => {
    const text =
      "# A title: `x`, and more\n[a](docs/b.md) [b](docs/) [c](#a-title-x-and-more) [d](https://example.com/x) [e](docs/b.md#two-words)";
    expect(findings({ "README.md": text, "docs/b.md": "## Two words\n[up](../README.md)\n" })).toEqual([]);
  });

  test("links to what is not there: named with their line", () => {
    const text = "# T\n\n[a](gone.md), [b](#gone) and [c](docs/b.md#gone)\n";
    expect(findings({ "README.md": text, "docs/b.md": "[out](../../x.md)" })).toEqual([
      'README.md:3: links to "gone.md", which is not there; correct the link',
      'README.md:3: links to "#gone": no such heading; correct the link',
      'README.md:3: links to "docs/b.md#gone": no such heading; correct the link',
      'docs/b.md:1: links to "../../x.md", which is not there; correct the link',
    ]);
  });

  test("code is no link", () => {
    expect(findings({ "README.md": "`[a](gone.md)`\n```\n[a](gone.md)\n```\n" })).toEqual([]);
  });
});

describe("repository: what is of one machine", () => {
  test.each([
    [`see ${home}/ann/notes.txt`, "names a path of one machine"],
    [`cd '${root}/project'`, "names a path of one machine"],
    [`file://${root}/project`, "names a path of one machine"],
    [`"https://${registry}.org/yaml"`, "names a package registry"],
  ])("%s: refused", (text, problem) => {
    expect(findings({ "a.txt": `fine\n${text}\n` })[0]).toContain(`a.txt:2: ${problem}`);
  });

  test.each([
    ["arn:aws:iam::111122223333:role/team/root/x"],
    ["/tmp/x"],
    ["https://example.com/home/ann/"],
    ["$HOME/x"],
  ])("%s: allowed", (text) => {
    expect(findings({ "a.txt": text })).toEqual([]);
  });

  test("a lock file that names hosts: refused", () => {
    const lock = `{\n  "resolved": "https://mirror.example/yaml.tgz"\n}`;
    expect(findings({ "package-lock.json": lock })[0]).toContain("package-lock.json:2: names the host");
  });
});
