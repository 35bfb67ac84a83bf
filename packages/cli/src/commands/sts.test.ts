import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { credentialsOf, parseIam } from "@iamgate/sts";
import { allStsHosts, mintToken } from "@iamgate/token";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, runHere, spawnIamgate, temporaryDirectory, type World, world } from "../../test/world.ts";
import { run } from "../run.ts";

afterAll(cleanUp);

const EXAMPLE = readFileSync(join(import.meta.dir, "../../../sts/iam.example.yaml"), "utf8");

function made(text: string): string {
  const path = join(temporaryDirectory(), "iam.yaml");
  writeFileSync(path, text);
  return path;
}

/** The presigned GetCallerIdentity of a declared identity. */
function presigned(name: string, host = "sts.us-west-2.amazonaws.com"): URL {
  const parsed = parseIam(EXAMPLE, "iam.yaml");
  if (!parsed.ok) throw new Error(parsed.errors[0].message);
  const { token } = mintToken({ clusterId: "demo", credentials: credentialsOf(parsed.iam, name), host });
  return new URL(Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString());
}

/** Asks a server of ours as the host that the URL names. */
function ask(server: string, url: URL, ca: string): Promise<Response> {
  const headers = { Host: url.host, "x-k8s-aws-id": "demo", Accept: "application/json" };
  return fetch(new URL(url.search, server).href, { headers, tls: { ca, serverName: url.hostname } });
}

async function serving(iam: string, here: World, directory = temporaryDirectory()) {
  const ended = run(["sts", "--iam", iam, "--listen", "127.0.0.1:0", "--state-dir", directory], here.deps);
  await Promise.race([here.until("stdout", "AWS_CA_BUNDLE"), ended]);
  const [, url = ""] = /AWS_ENDPOINT_URL_STS=(\S+)/.exec(here.stdout()) ?? [];
  const [, caPath = ""] = /AWS_CA_BUNDLE=(\S+)/.exec(here.stdout()) ?? [];
  return { url, caPath, ca: readFileSync(caPath, "utf8"), ended };
}

test("--example: prints a file that --iam takes", async () => {
  const { code, stdout } = await runHere(["sts", "--example"]);
  expect(code).toBe(0);
  expect(parseIam(stdout, "iam.yaml").ok).toBe(true);
});

test("neither --iam nor --example: says how to begin", async () => {
  const { code, stderr } = await runHere(["sts"]);
  expect(code).toBe(2);
  expect(stderr).toBe(
    "iamgate: error: flag --iam: is required\niamgate: hint: add --iam FILE; `iamgate sts --example` prints a file to begin with\n",
  );
});

describe("iamgate sts", () => {
  test("serves: each identity by its signature, under every STS name, and prints what to paste", async () => {
    const here = world();
    const directory = temporaryDirectory();
    const { url, caPath, ca, ended } = await serving(made(EXAMPLE), here, directory);
    expect(caPath).toBe(join(directory, "ca.pem"));
    expect(here.stdout().split("\n")[0]).toBe(`iamgate sts: listening on ${url}`);
    const answer = await ask(url, presigned("Developer/carol@example.com"), ca);
    expect(await answer.json()).toMatchObject({
      GetCallerIdentityResponse: {
        GetCallerIdentityResult: { Arn: "arn:aws:sts::111122223333:assumed-role/Developer/carol@example.com" },
      },
    });
    for (const [name, host, status] of [
      ["alice", "sts.amazonaws.com", 200],
      ["mei", "sts.cn-north-1.amazonaws.com.cn", 200],
      // Another partition's: known by certificate, unknown by key.
      ["alice", allStsHosts().at(-1)?.host ?? "", 403],
    ] as const) {
      expect((await ask(url, presigned(name, host), ca)).status).toBe(status);
    }
    here.askToStop();
    expect(await ended).toBe(0);
    expect(here.stderr().split("\n").at(-2)).toBe("iamgate: notice: stopping: SIGTERM");
    await expect(fetch(url, { tls: { ca } })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("audit: a line of JSON for each call, on stderr", async () => {
    const here = world();
    const { url, ca, ended } = await serving(made(EXAMPLE), here);
    await ask(url, presigned("alice"), ca);
    here.askToStop();
    await ended;
    const lines = here.stderr().split("\n");
    const [line = ""] = lines.filter((each) => each.startsWith("{"));
    expect(JSON.parse(line)).toMatchObject({
      message: "answered",
      action: "GetCallerIdentity",
      accessKeyId: "AKIAALICEEXAMPLE0001",
      arn: "arn:aws:iam::111122223333:user/alice",
    });
  });

  test("the file is edited: what is right is taken over, what is wrong is said and not", async () => {
    const here = world();
    const path = made(EXAMPLE);
    const { url, ca, ended } = await serving(path, here);
    const edit = (text: string): void => {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    };
    edit(EXAMPLE.replace("name: alice", "nmae: alice"));
    await here.until("stderr", `iamgate: warning: --iam "${path}": keeping what it said before (10 access keys)`);
    expect(here.stderr()).toMatch(/iamgate: warning: reading --iam again: \S+iam\.yaml:\d+:\d+: .*nmae/);
    expect((await ask(url, presigned("alice"), ca)).status).toBe(200);
    edit(EXAMPLE.replaceAll("AKIAALICEEXAMPLE0001", "AKIAALICEEXAMPLE0009"));
    await here.until("stderr", `--iam "${path}": is right again, taken over (10 access keys, before `);
    expect((await ask(url, presigned("alice"), ca)).status).toBe(403);
    here.askToStop();
    await ended;
  });

  test("bad files: file, line and column are named, and nothing listens", async () => {
    const cases: [content: string | Uint8Array, expected: RegExp][] = [
      ["accounts: [", /^iamgate: error: reading --iam: F:1:\d+: /],
      ["account: []\n", /^iamgate: error: reading --iam: F:1:1: .*account.*\niamgate: hint: correct the line/],
      ["", /^iamgate: error: reading --iam "F": the file is empty\n/],
      [Uint8Array.of(1, 0), /^iamgate: error: reading --iam "F": is not text: byte 2 is NUL\n/],
    ];
    for (const [content, expected] of cases) {
      const path = join(temporaryDirectory(), "iam.yaml");
      writeFileSync(path, content);
      const { code, stdout, stderr } = await runHere(["sts", "--iam", path, "--state-dir", temporaryDirectory()]);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr.replaceAll(path, "F")).toMatch(expected);
      expect(stderr.match(/\n/g)?.length).toBe(2);
    }
  });

  test("secrets: no key or session token of the file is printed, when it is wrong either", async () => {
    const here = world();
    const path = made(EXAMPLE);
    const { ended } = await serving(path, here);
    writeFileSync(
      path,
      EXAMPLE.replaceAll(/(secretAccessKey|sessionToken): /g, "$1: [oops, ").replaceAll(/EXAMPLE(=*)$/gm, "EXAMPLE$1]"),
    );
    await here.until("stderr", "keeping what it said before");
    here.askToStop();
    await ended;
    expect(here.stdout() + here.stderr()).not.toMatch(/fake\/secret|FakeSessionToken/);
  });
});

describe("iamgate sts as a process", () => {
  const [token17k, head] = [`X-Amz-Security-Token=${"A".repeat(17_000)}`, "heads over 16384 bytes"];

  test("heads of 17 KB: pass with the shebang's flag; without it a warning says that they will not", async () => {
    for (const [bunFlags, expected] of [
      [["--max-http-header-size=32768"], 400],
      [[], 431],
    ] as const) {
      const directory = temporaryDirectory();
      const args = ["sts", "--iam", made(EXAMPLE), "--listen", "127.0.0.1:0", "--state-dir", directory];
      const child = spawnIamgate(args, { bunFlags });
      const reader = child.stdout.getReader();
      let said = "";
      while (!said.includes("AWS_CA_BUNDLE")) said += new TextDecoder().decode((await reader.read()).value);
      const [, url = ""] = /AWS_ENDPOINT_URL_STS=(\S+)/.exec(said) ?? [];
      const ca = readFileSync(join(directory, "ca.pem"), "utf8");
      expect((await fetch(`${url}/?Action=GetCallerIdentity&${token17k}`, { tls: { ca } })).status).toBe(expected);
      child.kill("SIGTERM");
      expect(await child.exited).toBe(0);
      const stderr = await new Response(child.stderr).text();
      expect(stderr.includes("answered 431")).toBe(expected === 431);
      expect(stderr.includes(head.replace("heads", "a head"))).toBe(expected === 431);
      reader.releaseLock();
    }
  });
});
