import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, runHere, temporaryDirectory } from "../../test/world.ts";

afterAll(cleanUp);

const MAP = `apiVersion: v1
kind: ConfigMap
metadata: { name: aws-auth, namespace: kube-system }
data:
  mapUsers: |
    - userarn: arn:aws:iam::111122223333:user/alice
      username: alice
`;

function place(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

const SETTINGS = "clusters:\n  - { id: prod, awsAuth: map.yaml }\nstateDir: state\n";

describe("iamgate config check", () => {
  test("a good file: what would be in force, exit code 0", async () => {
    const directory = place({ "map.yaml": MAP, "iamgate.yaml": SETTINGS });
    expect(await runHere(["config", "check", join(directory, "iamgate.yaml")])).toEqual({
      code: 0,
      stderr: "",
      stdout: `${directory}/iamgate.yaml: iamgate's own settings

in force:
  listen           127.0.0.1:21362
  operations       127.0.0.1:21363
  state directory  ${directory}/state
  certificate      made by iamgate
  client CA        none: any client is answered
  partition        aws
  more regions     none
  more STS hosts   none
  STS              AWS, at the host that a token names
  future skew      5m
  gate             callsPerSecondPerPair 50, callsPerSecond 5000, pairs 16384, verifiedEntries 16384, refusedEntries 16384, lifetime 1m, callsInFlight 240, callsInFlightPerHost 160, waiting 2048, wait 1s, failuresToOpen 10, open 2s
  drain            10s

clusters:
  prod: /authenticate, mapping ${directory}/map.yaml (1 entry)
`,
    });
  });

  test("a wrong file: every problem with its place and what to do, exit code 1", async () => {
    const directory = place({ "iamgate.yaml": `${SETTINGS}lisen: x\ndrain: 10\n` });
    const path = join(directory, "iamgate.yaml");
    const { code, stdout, stderr } = await runHere(["config", "check", path]);
    expect(code).toBe(1);
    expect(stdout).toBe(`${path}: iamgate's own settings

problems:
  ${path}:4:1: setting "lisen": there is none of that name
    did you mean listen? here are clusters, listen, operations, stateDir, drain, tls, sts, gate
  ${path}:5:8: drain "10": expected a whole number and a unit (ms, s, m or h), for example 10s, from 0s to 1h
    correct it; text that looks like a number needs quotes, and a number none (docs/configuration.md)
`);
    expect(stderr).toBe(
      `iamgate: error: checking "${path}": 2 problems\niamgate: hint: each stands above with its place; correct them and check again\n`,
    );
  });

  test("files that it names: are read, and named by setting and place where they cannot be", async () => {
    const tls = "tls: { cert: cert.pem, key: key.pem, clientCa: ca.pem }\n";
    const dial = "sts: { unsafeDial: { address: 127.0.0.1:1, ca: sts.pem } }\n";
    const directory = place({ "iamgate.yaml": SETTINGS + tls + dial, "ca.pem": "x" });
    const path = join(directory, "iamgate.yaml");
    const { code, stdout } = await runHere(["config", "check", path]);
    expect(code).toBe(1);
    expect(stdout).toContain(`prod: /authenticate, mapping ${directory}/map.yaml (cannot be read)`);
    expect(stdout).toContain(`UNSAFE: 127.0.0.1:1, trusting ${directory}/sts.pem`);
    expect(stdout.split("\n").filter((line) => line.startsWith("  reading "))).toEqual([
      `  reading tls.cert (${path}:4:14) "${directory}/cert.pem": there is no such file`,
      `  reading tls.clientCa (${path}:4:48) "${directory}/ca.pem": holds no certificate`,
      `  reading sts.unsafeDial.ca (${path}:5:48) "${directory}/sts.pem": there is no such file`,
      `  reading clusters[0].awsAuth (${path}:2:26) "${directory}/map.yaml": there is no such file`,
    ]);
  });

  test("the Go authenticator's file: what became of each setting, and its mapping", async () => {
    const directory = place({
      "go.yaml": `clusterID: prod
server:
  port: 8443
  generateKubeconfig: /k
  stateDir: /nonexistent/go
  mapUsers:
  - userARN: arn:aws:iam::111122223333:user/alice
    username: alice
`,
    });
    const path = join(directory, "go.yaml");
    const { code, stdout } = await runHere(["config", "check", path]);
    expect(code).toBe(0);
    expect(stdout).toContain(`${path}: the Go authenticator's settings

what became of each:
  ${path}:1:1: clusterID "prod": taken: tokens must be signed for it
  ${path}:3:3: server.port "8443": taken: the webhook listens there
  ${path}:4:3: server.generateKubeconfig "/k": ignored: iamgate writes kubeconfig.yaml`);
    expect(stdout).toContain("  listen           127.0.0.1:8443\n");
    expect(stdout).toContain("  state directory  /nonexistent/go/iamgate\n");
    expect(stdout).toContain(`  prod: /authenticate, mapping ${path} (1 entry)\n`);

    writeFileSync(path, "clusterID: prod\nserver:\n  backendMode: CRD\n  port: http\n  master: x\n");
    const refused = await runHere(["config", "check", path]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(
      `${path}:5:3: server.master "x": ignored: it is for the backends CRD and EKSConfigMap`,
    );
    expect(refused.stdout).toContain(
      `  ${path}:3:3: server.backendMode "CRD": iamgate has no backend "CRD", only MountedFile\n`,
    );
    expect(refused.stderr).toContain("2 problems");
  });

  test("json: the same for programs", async () => {
    const directory = place({ "map.yaml": MAP, "iamgate.yaml": SETTINGS });
    const path = join(directory, "iamgate.yaml");
    const { code, stdout } = await runHere(["config", "check", path, "--output", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      file: path,
      kind: "iamgate",
      problems: [],
      outcomes: [],
      settings: { listen: { host: "127.0.0.1", port: 21_362 }, clusters: [{ id: "prod" }] },
      mappings: ["1 entry"],
    });
    writeFileSync(path, "x: 1\n");
    const wrong = await runHere(["config", "check", path, "-o", "json"]);
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      settings: null,
      problems: [
        { message: `${path}:1:1: clusters: is missing` },
        { message: `${path}:1:1: setting "x": there is none of that name` },
      ],
    });
  });

  test("command lines that are wrong, and files that cannot be read: nothing on standard output", async () => {
    const cases: [args: string[], code: number, expected: string][] = [
      [["config"], 2, "argument check: is missing"],
      [["config", "check"], 2, "argument FILE: is missing"],
      [["config", "chekc", "x"], 2, 'argument "chekc": iamgate config can only check'],
      [["config", "check", "/nonexistent/x"], 1, 'reading FILE "/nonexistent/x": there is no such file'],
    ];
    for (const [args, code, expected] of cases) {
      const ran = await runHere(args);
      expect([ran.code, ran.stdout]).toEqual([code, ""]);
      expect(ran.stderr).toContain(`iamgate: error: ${expected}`);
    }
  });

  test("what is printed: one line for each thing, whatever the file says", async () => {
    const directory = place({
      "iamgate.yaml": 'clusters: [{ id: a, awsAuth: x }]\nlisten: "a\\nb\\u001b[2J\\u202e"\n',
    });
    const { stdout } = await runHere(["config", "check", join(directory, "iamgate.yaml")]);
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
    expect(stdout.split("\n").length).toBe(6);
  });
});
