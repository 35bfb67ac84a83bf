import { renameSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, temporaryDirectory, world } from "../test/world.ts";
import { CliError } from "./errors.ts";
import { openMappingFile } from "./mapping-file.ts";

afterAll(cleanUp);

const ROLE = "arn:aws:iam::111122223333:role/Developer";
const USER = "arn:aws:iam::111122223333:user/alice";

function manifest(mapRoles: string, mapUsers = ""): string {
  const block = (text: string): string => text.replaceAll(/^/gm, "    ");
  const users = mapUsers === "" ? "" : `  mapUsers: |\n${block(mapUsers)}\n`;
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: aws-auth\n  namespace: kube-system\ndata:\n  mapRoles: |\n${block(mapRoles)}\n${users}`;
}

const GOOD = manifest(`- rolearn: ${ROLE}\n  username: dev\n  groups: [developers]`);
const BOTH = manifest(`- rolearn: ${ROLE}\n  username: dev`, `- userarn: ${USER}\n  username: alice`);
const BROKEN_ROLES = manifest(`- rolearn: ${ROLE}\n  username: [dev`, `- userarn: ${USER}\n  username: alicia`);

function made(text: string): string {
  const path = join(temporaryDirectory(), "map.yaml");
  writeFileSync(path, text);
  return path;
}

function replaced(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** `message | hint` of the error that the first reading gives, with the path left out. */
async function refusal(text: string | Uint8Array): Promise<string> {
  const path = join(temporaryDirectory(), "map.yaml");
  writeFileSync(path, text);
  const opening = openMappingFile({ path, flag: "--aws-auth" }, world().deps);
  const error = await opening.then(
    (file) => file.stop(),
    (cause: unknown) => cause,
  );
  if (!(error instanceof CliError)) throw new Error(`opened, or another error: ${String(error)}`);
  expect(error.exitCode).toBe(1);
  return `${error.message} | ${error.hint}`.replaceAll(path, "F");
}

describe("openMappingFile, the first reading", () => {
  test("a good file: its entries; its oddities are said once, with place, rule and cost", async () => {
    const here = world();
    const path = made(manifest(`- rolearn: arn:aws:iam::111122223333:role/team/Developer\n  username: dev`));
    const file = await openMappingFile({ path, flag: "--aws-auth" }, here.deps);
    expect(file.current().entries.map((entry) => entry.username)).toEqual(["dev"]);
    expect(here.stderr().match(/\n/g)?.length).toBe(1);
    expect(here.stderr().startsWith(`iamgate: warning: ${path}:8:`)).toBe(true);
    expect(here.stderr()).toContain(": role-path: ");
    expect(here.stderr()).toContain(" on EKS.");
    await Bun.sleep(600);
    expect(here.stderr().match(/\n/g)?.length).toBe(1);
    file.stop();
  });

  test("no YAML, or another object: file, line, column, and what to do", async () => {
    expect(await refusal("data: [")).toMatch(/^reading --aws-auth: F:1:\d+: manifest-syntax: .+ \| .+/);
    expect(await refusal("- 1")).toMatch(
      /^reading --aws-auth: F:1:1: not-aws-auth: .+ \| Give the manifest of the ConfigMap/,
    );
    expect(await refusal("apiVersion: v1\nkind: Secret\n")).toMatch(
      /^reading --aws-auth: F:2:7: not-aws-auth: kind is "Secret"/,
    );
    expect(await refusal(GOOD.replace("name: aws-auth", "name: aws-authn"))).toMatch(
      /^reading --aws-auth: F:4:9: not-aws-auth: /,
    );
    expect(await refusal("# nothing\n")).toMatch(/^reading --aws-auth: F:1:1: empty-manifest: /);
  });

  test("a section that does not parse: is an error too, since there is nothing to keep", async () => {
    expect(await refusal(BROKEN_ROLES)).toMatch(
      /^reading --aws-auth: F:\d+:\d+: section-syntax: .+ \| correct "F" there$/,
    );
  });

  test("empty, binary, UTF-16: are named", async () => {
    expect(await refusal("")).toContain('reading --aws-auth "F": the file is empty');
    expect(await refusal(Uint8Array.of(0, 1, 2))).toContain("is not text: byte 1 is NUL");
    expect(await refusal(Buffer.from(`\ufeff${GOOD}`, "utf16le"))).toContain("is UTF-16 text");
  });

  test("a byte order mark: does no harm", async () => {
    const file = await openMappingFile({ path: made(`\ufeff${GOOD}`), flag: "--aws-auth" }, world().deps);
    expect(file.current().entries.length).toBe(1);
    file.stop();
  });
});

describe("openMappingFile, later readings", () => {
  test.concurrent("a good file: is taken over and said", async () => {
    const here = world();
    const path = made(GOOD);
    const file = await openMappingFile({ path, flag: "--aws-auth" }, here.deps);
    replaced(path, BOTH);
    await here.until("stderr", `iamgate: notice: --aws-auth "${path}": taken over (2 entries, before 1 entry)\n`);
    expect(file.current().entries.map((entry) => entry.username)).toEqual(["dev", "alice"]);
    file.stop();
  });

  test.concurrent("a file that no longer parses, is gone or empty: keeps what it said, loudly, and recovers", async () => {
    const here = world();
    const path = made(GOOD);
    const file = await openMappingFile({ path, flag: "--aws-auth" }, here.deps);
    const first = file.current();
    const kept = `iamgate: warning: --aws-auth "${path}": keeping what it said before (1 entry): changes in it have no effect until it is right again, and whom it named before is still let in\n`;

    replaced(path, "data: [");
    await here.until("stderr", kept);
    expect(here.stderr()).toMatch(
      /^iamgate: warning: reading --aws-auth again: \S+map\.yaml:1:\d+: manifest-syntax: .+ Lost: the section, here and on EKS\. .+\n/,
    );
    expect(file.current()).toBe(first);

    unlinkSync(path);
    await here.until(
      "stderr",
      `iamgate: warning: reading --aws-auth "${path}": there is no such file; correct the path, or make the file\n${kept}`,
    );
    writeFileSync(path, "");
    await here.until("stderr", `"${path}": the file is empty; `);
    expect(file.current()).toBe(first);

    replaced(path, GOOD);
    await here.until(
      "stderr",
      `iamgate: notice: --aws-auth "${path}": is right again, taken over (1 entry, before 1 entry)\n`,
    );
    file.stop();
  });

  test.concurrent("one section that no longer parses: keeps its entries, the other section is taken over", async () => {
    const here = world();
    const path = made(BOTH);
    const file = await openMappingFile({ path, flag: "--aws-auth" }, here.deps);
    replaced(path, BROKEN_ROLES);
    await here.until("stderr", "keeping what that part said before (now 2 entries)");
    expect(here.stderr()).toMatch(/again: \S+map\.yaml:\d+:\d+: section-syntax: /);
    expect(file.current().entries.map((entry) => entry.username)).toEqual(["dev", "alicia"]);
    replaced(path, BOTH);
    await here.until("stderr", "is right again, taken over (2 entries, before ");
    expect(file.current().entries.map((entry) => entry.username)).toEqual(["dev", "alice"]);
    file.stop();
  });

  test.concurrent("an entry that is taken out: is gone at once", async () => {
    const here = world();
    const path = made(BOTH);
    const file = await openMappingFile({ path, flag: "--aws-auth" }, here.deps);
    replaced(path, GOOD);
    await here.until("stderr", "taken over (1 entry, before ");
    expect(file.current().entries.some((entry) => entry.username === "alice")).toBe(false);
    file.stop();
  });
});
