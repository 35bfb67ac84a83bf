import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSts, credentialsOf, type Iam, parseIam } from "@iamgate/sts";
import { allStsHosts, mintToken } from "@iamgate/token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cleanUp, type Ran, runHere, temporaryDirectory, type World, world } from "../../test/world.ts";
import { run } from "../run.ts";
import { openStateDir, type ServerState } from "../state-dir.ts";
import { type Listener, listen } from "../tls/listen.ts";
import { serverNamesFor } from "../tls/server-names.ts";

afterAll(cleanUp);

const MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: aws-auth
  namespace: kube-system
data:
  mapRoles: |
    - rolearn: arn:aws:iam::111122223333:role/Developer
      username: dev:{{SessionName}}
      groups: [developers]
  mapUsers: |
    - userarn: arn:aws:iam::111122223333:user/alice
      username: alice
      groups: [admins]
`;

let iam: Iam;
let sts: Listener;
let stsState: ServerState;
const { deps } = world();

beforeAll(async () => {
  const parsed = parseIam(readFileSync(join(import.meta.dir, "../../../sts/iam.example.yaml"), "utf8"), "iam.yaml");
  if (!parsed.ok) throw new Error(parsed.errors[0].message);
  iam = parsed.iam;
  const names = serverNamesFor(
    "127.0.0.1",
    allStsHosts().map(({ host }) => host),
  );
  stsState = await openStateDir(temporaryDirectory(), names, deps);
  sts = listen(createSts({ iam: () => iam, now: Date.now, requestId: () => "request" }), {
    address: { host: "127.0.0.1", port: 0 },
    certPem: stsState.certPem,
    keyPem: stsState.keyPem,
    maxRequestBodyBytes: 65_536,
    onDefect: (error) => {
      throw error;
    },
    timers: deps.timers,
  });
});

afterAll(async () => {
  await sts.stop();
});

function mapFile(text = MAP): string {
  const path = join(temporaryDirectory(), "map.yaml");
  writeFileSync(path, text);
  return path;
}

function flags(map: string, stateDir: string): string[] {
  const own = ["--cluster-id", "demo", "--aws-auth", map, "--listen", "127.0.0.1:0", "--state-dir", stateDir];
  return [
    "serve",
    ...own,
    "--operations",
    "127.0.0.1:0",
    "--sts-dial",
    `127.0.0.1:${sts.port}`,
    "--sts-ca",
    stsState.paths.ca,
  ];
}

async function serving(here: World, map = mapFile(), directory = temporaryDirectory()) {
  const ended = run(flags(map, directory), here.deps);
  await Promise.race([here.until("stdout", "--authentication-token-webhook-version"), ended]);
  const [, url = ""] = /listening on (\S+)/.exec(here.stdout()) ?? [];
  return { url, map, directory, ca: readFileSync(join(directory, "ca.pem"), "utf8"), ended };
}

function mint(name: string, clusterId = "demo"): string {
  return mintToken({ clusterId, credentials: credentialsOf(iam, name), region: "us-west-2" }).token;
}

/** The status of the TokenReview that comes back. */
async function review(at: { url: string; ca: string }, token: string): Promise<Record<string, unknown>> {
  const body = JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token } });
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(at.url, { method: "POST", body, headers, tls: { ca: at.ca } });
  return ((await response.json()) as { status: Record<string, unknown> }).status;
}

function refusalOf({ code, stdout, stderr }: Ran): [code: number, stderr: string] {
  expect(stdout).toBe("");
  const said = stderr.split("\n").filter((line) => !/^iamgate: (notice|warning): /.test(line));
  expect(said.length).toBe(3);
  return [code, said.join("\n")];
}

describe("iamgate serve", () => {
  test("the whole way: a user, a role session, somebody unmapped, another cluster's token", async () => {
    const here = world();
    const at = await serving(here);
    expect(await review(at, mint("alice"))).toMatchObject({
      authenticated: true,
      user: { username: "alice", groups: ["admins"] },
    });
    expect(await review(at, mint("Developer/carol@example.com"))).toMatchObject({
      authenticated: true,
      user: { username: "dev:carol-example.com", groups: ["developers"] },
    });
    expect(await review(at, mint("mallory"))).toMatchObject({ authenticated: false });
    expect(await review(at, mint("alice", "other"))).toMatchObject({ authenticated: false });
    here.askToStop();
    expect(await at.ended).toBe(0);
  });

  test("what it prints: address, cluster, mapping, state directory, kubeconfig, flags to paste", async () => {
    const here = world();
    const { url, map, directory, ca, ended } = await serving(here);
    const [, operations = ""] = /operations {7}(http:\/\/127\.0\.0\.1:\d+)\/readyz/.exec(here.stdout()) ?? [];
    expect(here.stdout()).toBe(`iamgate serve: listening on ${url}
  cluster id       demo
  mapping          ${map}: 2 entries
  state directory  ${directory}
  kubeconfig       ${directory}/kubeconfig.yaml
  operations       ${operations}/readyz, /metrics

flags for kube-apiserver:
  --authentication-token-webhook-config-file=${directory}/kubeconfig.yaml
  --authentication-token-webhook-version=v1

`);
    const kubeconfig = Bun.YAML.parse(readFileSync(join(directory, "kubeconfig.yaml"), "utf8"));
    expect(kubeconfig).toMatchObject({
      kind: "Config",
      clusters: [{ cluster: { server: url, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
      "current-context": "webhook",
    });
    here.askToStop();
    await ended;
  });

  test("the root of trust is replaced: is said loudly at every start", async () => {
    const directory = temporaryDirectory();
    for (let start = 0; start < 2; start++) {
      const here = world();
      const { ended } = await serving(here, mapFile(), directory);
      expect(here.stderr()).toContain(
        `iamgate: warning: --sts-dial 127.0.0.1:${sts.port} with --sts-ca "${stsState.paths.ca}" REPLACES AWS AS THE ROOT OF TRUST: `,
      );
      here.askToStop();
      await ended;
    }
  });

  test("the mapping is edited: works within 2 s; while it is broken the last good one works", async () => {
    const here = world();
    const at = await serving(here);
    const edit = (text: string): void => {
      writeFileSync(`${at.map}.new`, text);
      renameSync(`${at.map}.new`, at.map);
    };
    edit(MAP.replace("user/alice", "user/eve"));
    await here.until("stderr", "taken over (2 entries, before ");
    expect(await review(at, mint("eve"))).toMatchObject({ authenticated: true });
    expect(await review(at, mint("alice"))).toMatchObject({ authenticated: false });
    edit("data: [");
    await here.until("stderr", "keeping what it said before");
    expect(await review(at, mint("eve"))).toMatchObject({ authenticated: true });
    here.askToStop();
    await at.ended;
  });

  test("log: one line of JSON for each decision, of listed fields, without token, signature or secret", async () => {
    const here = world();
    const at = await serving(here);
    const token = mint("Developer/carol@example.com");
    await review(at, token);
    await review(at, mint("alice", "other"));
    await fetch(at.url, { tls: { ca: at.ca } });
    here.askToStop();
    await at.ended;
    const lines = here
      .stderr()
      .split("\n")
      .filter((line) => line.startsWith("{"));
    const [granted, refused, rejected] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.length).toBe(3);
    expect(granted).toMatchObject({
      message: "authentication granted",
      accessKeyId: "ASIACAROLEXAMPLE0001",
      arn: "arn:aws:sts::111122223333:assumed-role/Developer/carol@example.com",
      username: "dev:carol-example.com",
      groups: ["developers"],
      entry: `${at.map}:8`,
    });
    expect(Object.keys(granted ?? {})[0]).toBe("time");
    expect(refused).toMatchObject({
      message: "authentication refused",
      stage: "sts",
      reason: "signature-does-not-match",
    });
    expect(rejected).toMatchObject({ message: "request rejected", status: 405 });
    const url = Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString();
    const { searchParams } = new URL(url);
    const credentials = credentialsOf(iam, "Developer/carol@example.com");
    const said = here.stderr() + here.stdout();
    for (const secret of [
      token.slice(11, 60),
      searchParams.get("X-Amz-Signature"),
      credentials.sessionToken,
      credentials.secretAccessKey,
    ]) {
      expect(said).not.toContain(secret ?? "missing");
    }
  });

  test("started again: same authority, so that kube-apiserver's kubeconfig stays good", async () => {
    const directory = temporaryDirectory();
    const authorities: string[] = [];
    for (let start = 0; start < 2; start++) {
      const here = world();
      const { ca, ended } = await serving(here, mapFile(), directory);
      authorities.push(ca);
      here.askToStop();
      await ended;
      expect(here.stderr().includes("made a new")).toBe(start === 0);
    }
    expect(authorities[0]).toBe(authorities[1] ?? "");
  });
});

describe("iamgate serve, what it refuses", () => {
  const required = (map: string): string[] => [
    "serve",
    "-i",
    "demo",
    "--aws-auth",
    map,
    "--state-dir",
    temporaryDirectory(),
  ];

  test("flags: each names the flag, the value and what was expected, exit code 2", async () => {
    const map = mapFile();
    const cases: [args: string[], expected: string][] = [
      [["serve", "--aws-auth", map], "flag --cluster-id: is required"],
      [["serve", "-i", "a"], "flag --aws-auth: is required"],
      [["serve", "-i", "a\u0007b", "--aws-auth", map], String.raw`flag --cluster-id "a\u0007b": expected a name`],
      [["serve", "-i", " a", "--aws-auth", map], 'flag --cluster-id " a": expected a name'],
      [
        [...required(map), "--listen", "21362"],
        'flag --listen "21362": expected HOST:PORT with an IP address or localhost',
      ],
      [[...required(map), "--listen", "example.com:1"], 'flag --listen "example.com:1": expected HOST:PORT'],
      [[...required(map), "--partition", "AWS"], 'flag --partition "AWS": expected one of aws, aws-cn, aws-us-gov'],
      [
        [...required(map), "--sts-host", "STS.example.com"],
        'flag --sts-host "STS.example.com": expected a lower-case HOST',
      ],
      [[...required(map), "--sts-host", "h:8443=nowhere-1"], 'flag --sts-host "h:8443=nowhere-1": expected'],
      [
        [...required(map), "--sts-host", "h=cn-north-1"],
        'flag --sts-host "h=cn-north-1": its region is of partition aws-cn',
      ],
      [[...required(map), "--sts-dial", "127.0.0.1:1"], "flag --sts-dial: is taken only together with --sts-ca"],
      [[...required(map), "--sts-ca", "ca.pem"], "flag --sts-ca: is taken only together with --sts-dial"],
      [
        [...required(map), "--sts-dial", "127.0.0.1:0", "--sts-ca", "x"],
        'flag --sts-dial "127.0.0.1:0": expected HOST:PORT',
      ],
      [[...required(map), "--aws-autn", "x"], 'flag "--aws-autn": iamgate serve has no such flag'],
    ];
    for (const [args, expected] of cases) {
      const [code, said] = refusalOf(await runHere(args));
      expect([code, said]).toEqual([2, expect.stringMatching(/^iamgate: error: .+\niamgate: hint: .+\n$/)]);
      expect(said).toContain(`iamgate: error: ${expected}`);
    }
  });

  test("files: each names the file and what is wrong with it, exit code 1", async () => {
    const map = mapFile();
    const directory = temporaryDirectory();
    const junk = join(directory, "junk.pem");
    writeFileSync(junk, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    const dial = ["--sts-dial", "127.0.0.1:1", "--sts-ca"];
    const cases: [args: string[], expected: string][] = [
      [required("/nonexistent/map.yaml"), 'reading --aws-auth "/nonexistent/map.yaml": there is no such file'],
      [required(directory), `reading --aws-auth "${directory}": is a directory`],
      [required(mapFile("data: [")), "manifest-syntax"],
      [
        [...required(map), ...dial, "/nonexistent/ca.pem"],
        'reading --sts-ca "/nonexistent/ca.pem": there is no such file',
      ],
      [[...required(map), ...dial, map], `reading --sts-ca "${map}": holds no certificate`],
      [[...required(map), ...dial, junk], `reading --sts-ca "${junk}": certificate 1 in it cannot be read`],
    ];
    for (const [args, expected] of cases) {
      const [code, said] = refusalOf(await runHere(args));
      expect(code).toBe(1);
      expect(said).toContain(expected);
      expect(said).toContain("\niamgate: hint: ");
    }
  });

  test("an occupied port: names address and next step; the kubeconfig is not touched", async () => {
    const directory = temporaryDirectory();
    const map = mapFile();
    const taken = [
      "serve",
      "-i",
      "demo",
      "--aws-auth",
      map,
      "--state-dir",
      directory,
      "--listen",
      `127.0.0.1:${sts.port}`,
    ];
    const [code, said] = refusalOf(await runHere(taken));
    expect(code).toBe(1);
    expect(said).toContain(`listening on "127.0.0.1:${sts.port}": the port is in use by another program`);
    expect(await Bun.file(join(directory, "kubeconfig.yaml")).exists()).toBe(false);
  });

  test("a corrupt certificate: names the file and what to do", async () => {
    const directory = temporaryDirectory();
    await openStateDir(directory, serverNamesFor("127.0.0.1"), deps);
    writeFileSync(join(directory, "cert.pem"), "junk");
    const [code, said] = refusalOf(await runHere(flags(mapFile(), directory)));
    expect(code).toBe(1);
    expect(said).toBe(
      `iamgate: error: reading "${directory}/cert.pem": is not a certificate in PEM form\n` +
        `iamgate: hint: delete "${directory}/cert.pem" and "${directory}/key.pem": iamgate makes new ones\n`,
    );
  });
});
