import { writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, runHere, temporaryDirectory, world } from "../../test/world.ts";
import { run } from "../run.ts";

afterAll(cleanUp);

describe("iamgate demo", () => {
  test("--once: four journeys over real sockets, two let in and two refused, exit code 0", async () => {
    const { code, stdout, stderr } = await runHere(["demo", "--once", "--state-dir", temporaryDirectory()]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.match(/→ kube-apiserver is told: .*/g)).toEqual([
      "→ kube-apiserver is told: authenticated as alice",
      "→ kube-apiserver is told: authenticated as dev:carol-example.com",
      "→ kube-apiserver is told: not authenticated",
      "→ kube-apiserver is told: not authenticated",
    ]);
    expect(stdout).toContain("✗ map       not-mapped:");
    expect(stdout).toContain("✗ sts       signature-does-not-match:");
    expect(stdout).not.toContain("\u001b[");
  });

  test("on a terminal: in colour, unless NO_COLOR is set", async () => {
    const coloured = world();
    const terminal = { ...coloured.deps, stdout: { ...coloured.deps.stdout, isTerminal: true } };
    await run(["demo", "--once", "--state-dir", temporaryDirectory()], terminal);
    expect(coloured.stdout()).toContain("\u001b[32m✓");
    const plain = world();
    const deps = { ...plain.deps, env: { NO_COLOR: "1" }, stdout: { ...plain.deps.stdout, isTerminal: true } };
    await run(["demo", "--once", "--state-dir", temporaryDirectory()], deps);
    expect(plain.stdout()).not.toContain("\u001b[");
  });

  test("--output json: one document with the four journeys", async () => {
    const { stdout } = await runHere(["demo", "--once", "--output", "json", "--state-dir", temporaryDirectory()]);
    const { journeys } = JSON.parse(stdout) as { journeys: { status: { authenticated: boolean } }[] };
    expect(journeys.map(({ status }) => status.authenticated)).toEqual([true, true, false, false]);
    expect(journeys[2]).toMatchObject({ who: "eve", result: "refused", stage: "map", reason: "not-mapped" });
    expect(journeys[3]).toMatchObject({ clusterId: "staging", result: "refused", reason: "signature-does-not-match" });
  });

  test("serving on: the commands that it prints work, and an edit of the map lets eve in", async () => {
    const here = world();
    const directory = temporaryDirectory();
    const ended = run(["demo", "--state-dir", directory], here.deps);
    await here.until("stdout", "What comes to the webhook is shown here");
    const [, dial = ""] = /--sts-dial (\S+)/.exec(here.stdout()) ?? [];
    const keys = readFileSync(join(directory, "eve.env"), "utf8");
    const env = Object.fromEntries(
      [...keys.matchAll(/^export (\w+)='?([^'\n]*)'?$/gm)].map(([, name = "", value = ""]) => [name, value]),
    );
    const minted = await runHere(["token", "-i", "demo"], world({ env }));
    const verifyEve = async (): Promise<string> => {
      const readStdin = (): Uint8Array => new TextEncoder().encode(minted.stdout);
      const trust = ["--sts-dial", dial, "--sts-ca", join(directory, "ca.pem")];
      const ran = await runHere(
        ["verify", "-i", "demo", ...trust, "--aws-auth", join(directory, "aws-auth.yaml")],
        world({ readStdin }),
      );
      return ran.stdout;
    };
    expect(await verifyEve()).toContain("not-mapped");
    const [command = ""] = /^ *printf .*$/m.exec(here.stdout()) ?? [];
    expect(Bun.spawnSync(["sh", "-c", command]).exitCode).toBe(0);
    expect(await verifyEve()).toContain("✓ user      eve, in no groups");
    here.askToStop();
    expect(await ended).toBe(0);
  });

  test("files that somebody edited: begin anew, the edited ones kept and told", async () => {
    const directory = temporaryDirectory();
    await runHere(["demo", "--once", "--state-dir", directory]);
    const path = join(directory, "aws-auth.yaml");
    writeFileSync(path, "mine");
    const { code, stderr } = await runHere(["demo", "--once", "--state-dir", directory]);
    expect(code).toBe(0);
    expect(stderr).toBe(
      `iamgate: notice: ${path} was edited: it begins anew, and the edited one is kept as ${path}.edited\n`,
    );
    expect(readFileSync(`${path}.edited`, "utf8")).toBe("mine");
  });

  test("output: no secret key and no session token of anybody", async () => {
    const here = world();
    const ended = run(["demo", "--state-dir", temporaryDirectory()], here.deps);
    await here.until("stdout", "What comes to the webhook is shown here");
    here.askToStop();
    await ended;
    for (const secret of ["fake/secret", "FakeSessionToken", "X-Amz-Signature"])
      expect(here.stdout()).not.toContain(secret);
  });
});
