import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, OWN_ENVIRONMENT, runAlone, spawnIamgate, temporaryDirectory } from "../test/world.ts";

afterAll(cleanUp);

describe("the process", () => {
  test("wrong command line: one line of error, one of hint, exit code 2, nothing on standard output", async () => {
    const { code, stdout, stderr } = await runAlone(["serve", "--cluster-id"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      "iamgate: error: flag --cluster-id: has no value, expected a name without control characters, without blanks at its ends or several in a row\n" +
        "iamgate: hint: write --cluster-id ID\n",
    );
  });

  test("failure: exit code 1", async () => {
    const { code, stderr } = await runAlone(["sts", "--iam", "nowhere.yaml"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'iamgate: error: reading --iam "nowhere.yaml": there is no such file\niamgate: hint: correct the path, or make the file\n',
    );
  });

  test("a reader that has gone away: no word of it, and the exit code of SIGPIPE", async () => {
    const script = `{ sleep 0.2; "$0" --conditions=source "$1" help; echo "code $?" >&2; } | true`;
    const child = Bun.spawn(["sh", "-c", script, process.execPath, join(import.meta.dir, "main.ts")], {
      env: OWN_ENVIRONMENT,
      stderr: "pipe",
      stdin: "ignore",
    });
    expect(await new Response(child.stderr).text()).toBe("code 141\n");
  });

  test("a full output: all of it arrives though the process exits at once", async () => {
    const child = spawnIamgate(["help"]);
    await Bun.sleep(300);
    expect(await new Response(child.stdout).text()).toContain("`iamgate --version` prints the version.\n");
  });

  test("a defect: is told in two lines, without stack or source, exit code 1", async () => {
    const directory = temporaryDirectory();
    const iam = join(import.meta.dir, "../../sts/iam.example.yaml");
    const served = ["sts", "--iam", iam, "--listen", "127.0.0.1:0", "--state-dir", directory];
    const defects: [plant: string, args: string[]][] = [
      ["Object.hasOwn = () => { throw new TypeError('planted\\n    at secret.ts:1'); };", ["sts", "--iam", iam]],
      ["setTimeout(() => { throw new TypeError('planted'); }, 50);", served],
      ["setTimeout(() => void Promise.reject(new TypeError('planted')), 50);", served],
      ["setTimeout(() => void Promise.reject('planted'), 50);", served],
    ];
    for (const [plant, args] of defects) {
      const preload = join(directory, "plant.ts");
      writeFileSync(preload, plant);
      const { code, stderr } = await runAlone(args, { bunFlags: ["--preload", preload] });
      const said = stderr.split("\n").filter((line) => !/^iamgate: (notice|warning): /.test(line));
      expect(said).toEqual([
        expect.stringMatching(/^iamgate: error: unexpected failure: (TypeError: planted( at secret.ts:1)?|string)$/),
        expect.stringMatching(/^iamgate: hint: this is a defect of iamgate/),
        "",
      ]);
      expect(code).toBe(1);
    }
  });
});
