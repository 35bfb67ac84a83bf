import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GATE_DEFAULTS } from "@iamgate/webhook";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, temporaryDirectory, type World, world } from "../../test/world.ts";
import { readArgs } from "../args.ts";
import { CliError } from "../errors.ts";
import { NO_SERVE_FLAGS, readServeSettings, SERVE_FLAGS } from "./read-settings.ts";
import type { ServeSettings } from "./settings.ts";

afterAll(cleanUp);

const directory = temporaryDirectory();

function file(text: string, name = "iamgate.yaml"): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

function read(args: readonly string[], here: World = world()): Promise<ServeSettings> {
  return readServeSettings(readArgs({ name: "serve", flags: SERVE_FLAGS }, args, {}).flags, here.deps);
}

/** `exit code: message | hint`. */
async function refusal(args: readonly string[]): Promise<string> {
  try {
    await read(args);
  } catch (error) {
    if (error instanceof CliError) return `${error.exitCode}: ${error.message} | ${error.hint}`;
    throw error;
  }
  throw new Error("the settings were taken");
}

const CLUSTER = "clusters: [{ id: prod, awsAuth: aws-auth.yaml }]\n";
const BOTH = "clusters: [{ id: a, awsAuth: a.yaml }, { id: b c, awsAuth: b.yaml }]\n";

describe("readServeSettings", () => {
  test("flags alone: the defaults of everything else are those of the Go authenticator where it has them", async () => {
    expect(await read(["-i", "prod", "--aws-auth", "map.yaml"])).toEqual({
      listen: { host: "127.0.0.1", port: 21_362 },
      operations: { host: "127.0.0.1", port: 21_363 },
      stateDir: "/nonexistent/.local/state/iamgate/serve",
      certificate: undefined,
      clientCa: undefined,
      clusters: [{ id: "prod", awsAuth: { path: "map.yaml", flag: "--aws-auth" }, path: "/authenticate" }],
      partition: "aws",
      regions: [],
      stsHosts: [],
      unsafeStsDial: undefined,
      futureSkewSeconds: 300,
      gate: GATE_DEFAULTS,
      drainSeconds: 10,
    });
  });

  test("every flag: is heard", async () => {
    const cluster = ["-i", "prod", "--aws-auth", "map.yaml", "--listen", "127.0.0.1:1", "--operations", "off"];
    const tls = ["--state-dir", "s", "--cert", "c", "--key", "k", "--client-ca", "ca", "--drain", "2s"];
    const sts = ["--partition", "aws-cn", "--sts-host", "h=cn-north-1", "--sts-dial", "h:1", "--sts-ca", "sts"];
    expect(await read([...cluster, ...tls, ...sts])).toMatchObject({
      listen: { port: 1 },
      operations: undefined,
      stateDir: "s",
      certificate: { cert: { path: "c", flag: "--cert" }, key: { path: "k", flag: "--key" } },
      clientCa: { path: "ca", flag: "--client-ca" },
      drainSeconds: 2,
      partition: "aws-cn",
      stsHosts: [{ authority: "h", region: "cn-north-1" }],
      unsafeStsDial: { address: { host: "h", port: 1 }, ca: { path: "sts", flag: "--sts-ca" } },
    });
  });

  test("NO_SERVE_FLAGS: is what an empty command line gives", () => {
    expect(readArgs({ name: "serve", flags: SERVE_FLAGS }, [], {}).flags).toEqual(NO_SERVE_FLAGS);
  });

  test("a file: is heard where a flag is absent, and overridden where one is given", async () => {
    const path = file(`${CLUSTER}listen: 127.0.0.1:1
operations: off
stateDir: state
drain: 1s
tls: { cert: c, key: k, clientCa: ca }
sts: { partition: aws-cn, regions: [cn-east-9], hosts: [h=cn-north-1], futureSkew: 1s, unsafeDial: { address: "h:1", ca: x } }
gate: { pairs: 7, lifetime: 1s }
`);
    const fromFile = await read(["-c", path]);
    expect(fromFile).toEqual({
      listen: { host: "127.0.0.1", port: 1 },
      operations: undefined,
      stateDir: join(directory, "state"),
      certificate: {
        cert: { path: join(directory, "c"), flag: `tls.cert (${path}:6:14)` },
        key: { path: join(directory, "k"), flag: `tls.key (${path}:6:22)` },
      },
      clientCa: { path: join(directory, "ca"), flag: `tls.clientCa (${path}:6:35)` },
      clusters: [
        {
          id: "prod",
          awsAuth: { path: join(directory, "aws-auth.yaml"), flag: `clusters[0].awsAuth (${path}:1:33)` },
          path: "/authenticate",
        },
      ],
      partition: "aws-cn",
      regions: ["cn-east-9"],
      stsHosts: [{ authority: "h", region: "cn-north-1" }],
      unsafeStsDial: {
        address: { host: "h", port: 1 },
        ca: { path: join(directory, "x"), flag: `sts.unsafeDial.ca (${path}:7:122)` },
      },
      futureSkewSeconds: 1,
      gate: { ...GATE_DEFAULTS, pairs: 7, lifetimeMs: 1_000 },
      drainSeconds: 1,
    });
    const flags = ["-i", "other", "--aws-auth", "m", "--listen", "127.0.0.1:2", "--operations", "127.0.0.1:3"];
    const more = ["--state-dir", "s", "--drain", "2s", "--cert", "C", "--key", "K", "--client-ca", "CA"];
    const sts = ["--sts-host", "g", "--sts-dial", "g:2", "--sts-ca", "Y"];
    expect(await read(["-c", path, ...flags, ...more, ...sts])).toMatchObject({
      listen: { port: 2 },
      operations: { port: 3 },
      stateDir: "s",
      certificate: { cert: { path: "C" }, key: { path: "K" } },
      clientCa: { path: "CA" },
      clusters: [{ id: "other", awsAuth: { path: "m", flag: "--aws-auth" } }],
      stsHosts: [{ authority: "g" }],
      unsafeStsDial: { address: { host: "g", port: 2 }, ca: { path: "Y" } },
      drainSeconds: 2,
    });
    expect(await refusal(["-c", path, "--partition", "aws"])).toBe(
      `1: reading --config: ${path}:7:37: sts.regions[0] "cn-east-9": is not of partition aws | name regions of partition aws, or choose the region's partition`,
    );
  });

  test("several clusters: each has its path; ids and paths are all different; flags cannot say which", async () => {
    const settings = await read(["-c", file(BOTH)]);
    expect(settings.clusters.map(({ id, path }) => [id, path])).toEqual([
      ["a", "/authenticate/a"],
      ["b c", "/authenticate/b%20c"],
    ]);
    const path = file(BOTH);
    expect(await refusal(["-c", path, "-i", "x"])).toBe(
      `2: flag --cluster-id: "${path}" names 2 clusters, and the flag cannot say which it is for | leave the flag away, or correct the file`,
    );
    expect(await refusal(["-c", path, "--aws-auth", "x"])).toContain("2: flag --aws-auth: ");
    const same = file("clusters:\n  - { id: a, awsAuth: x }\n  - { id: a, awsAuth: y }\n");
    expect(await refusal(["-c", same])).toContain(
      `1: reading --config: ${same}:3:11: clusters[1].id "a": is named twice`,
    );
    const shared = file("clusters:\n  - { id: a, awsAuth: x }\n  - { id: b, awsAuth: y, path: /authenticate/a }\n");
    expect(await refusal(["-c", shared])).toContain('clusters[1].path "/authenticate/a": another cluster has the path');
    const dots = file('clusters:\n  - { id: a, awsAuth: x }\n  - { id: "..", awsAuth: y }\n');
    expect(await refusal(["-c", dots])).toContain('3:11: clusters[1].id "..": cannot be part of a path | add a path');
  });

  test("what goes together: is told with its place", async () => {
    const lone = file(`${CLUSTER}tls: { cert: c }\n`);
    expect(await refusal(["-c", lone])).toBe(
      `1: reading --config: ${lone}:2:14: tls.cert: is taken only together with tls.key | add tls.key, or leave tls.cert away to serve with a certificate that iamgate makes`,
    );
    const pair = file(`${CLUSTER}tls: { cert: c, key: k }\n`);
    expect(await refusal(["-c", pair, "--cert", "other"])).toBe(
      "2: flag --cert: is taken only together with --key | add --key, or leave --cert away to serve with a certificate that iamgate makes",
    );
    const cases: [args: string[], expected: string][] = [
      [["--sts-dial", "h:1"], "2: flag --sts-dial: is taken only together with --sts-ca | add --sts-ca"],
      [["--sts-ca", "x"], "2: flag --sts-ca: is taken only together with --sts-dial"],
      [["--sts-host", "h=cn-north-1"], '2: flag --sts-host "h=cn-north-1": its region is of partition aws-cn'],
      [
        ["--listen", "127.0.0.1:5", "--operations", "127.0.0.1:5"],
        '2: flag --operations "127.0.0.1:5": is where the webhook itself listens',
      ],
      [
        ["--listen", "127.0.0.1:21363"],
        '2: flag --operations (default) "127.0.0.1:21363": is where the webhook itself',
      ],
      [
        ["--drain", "10"],
        '2: flag --drain "10": expected a whole number and a unit (ms, s, m or h), for example 10s, at most 1h',
      ],
      [["--drain", "61m"], '2: flag --drain "61m": expected'],
      [["--operations", "no"], '2: flag --operations "no": expected HOST:PORT'],
    ];
    for (const [args, expected] of cases) expect(await refusal(["-c", file(CLUSTER), ...args])).toContain(expected);
    expect(
      (await read(["-c", file(CLUSTER), "--listen", "127.0.0.1:0", "--operations", "127.0.0.1:0"])).listen.port,
    ).toBe(0);
  });

  test("what is missing: the flag is named, and the file where there is one", async () => {
    expect(await refusal([])).toBe(
      "2: flag --cluster-id: is required | add --cluster-id ID, or name it in a file with --config FILE",
    );
    expect(await refusal(["-i", "a"])).toContain("2: flag --aws-auth: is required | add --aws-auth FILE, or name it");
    const go = file("server:\n  port: 1\n", "go.yaml");
    expect(await refusal(["-c", go])).toBe(`2: flag --cluster-id: is required | add --cluster-id ID or to "${go}"`);
  });

  test("unreadable files: named, exit code 1", async () => {
    expect(await refusal(["-c", "/nonexistent/x.yaml"])).toContain(
      '1: reading --config "/nonexistent/x.yaml": there is no such file',
    );
    mkdirSync(join(directory, "d"), { recursive: true });
    expect(await refusal(["-c", join(directory, "d")])).toContain("is a directory");
    const empty = file(" \n");
    expect(await refusal(["-c", empty])).toContain(`1: reading --config "${empty}": the file is empty`);
    const wrong = file("lisen: x\n");
    expect(await refusal(["-c", wrong])).toBe(
      `1: reading --config: ${wrong}:1:1: clusters: is missing (and 1 more) | add clusters; docs/configuration.md tells every setting`,
    );
  });

  test("the Go authenticator's file: is told apart by its content, and what becomes of each setting is said", async () => {
    const here = world();
    const path = file(
      "clusterID: prod\nserver:\n  port: 8443\n  sourceARN: x\n  stateDir: /srv/go\n  mapUsers:\n  - userarn: arn:aws:iam::111122223333:user/a\n    username: a\n",
      "go.yaml",
    );
    expect(await read(["--config", path, "--operations", "off"], here)).toMatchObject({
      listen: { host: "127.0.0.1", port: 8443 },
      stateDir: "/srv/go/iamgate",
      clusters: [
        { id: "prod", path: "/authenticate", awsAuth: { path, flag: "--config", format: "aws-iam-authenticator" } },
      ],
    });
    expect(here.stderr().split("\n")).toEqual([
      `iamgate: notice: ${path}:1:1: clusterID "prod": taken: tokens must be signed for it`,
      `iamgate: notice: ${path}:3:3: server.port "8443": taken: the webhook listens there`,
      `iamgate: warning: ${path}:4:3: server.sourceARN "x": ignored: iamgate does not ask EC2, and whoever is mapped with {{EC2PrivateDNSName}} is refused`,
      `iamgate: notice: ${path}:5:3: server.stateDir "/srv/go": taken: iamgate keeps its own files in the directory iamgate below it`,
      `iamgate: notice: ${path}:6:3: server.mapUsers: taken: it is the mapping; read again when the file changes`,
      "",
    ]);
    const refused = file("clusterID: prod\nserver: { backendMode: [CRD] }\n", "go.yaml");
    expect(await refusal(["-c", refused])).toBe(
      `1: reading --config: ${refused}:2:11: server.backendMode: iamgate has no backend "CRD", only MountedFile | write the manifest of the ConfigMap aws-auth to a file and name it with --aws-auth FILE`,
    );
    expect(await read(["-c", refused, "--aws-auth", "m"])).toMatchObject({
      clusters: [{ id: "prod", awsAuth: { path: "m", flag: "--aws-auth" } }],
    });
  });

  test("any file: gives settings or one error of the file in one line, never anything else", async () => {
    const line = fc.constantFrom(
      CLUSTER,
      BOTH,
      "listen: 127.0.0.1:1\n",
      "operations: off\n",
      "tls: { cert: a }\n",
      "sts: { regions: [x] }\n",
      "sts: { hosts: [h=cn-north-1] }\n",
      "gate: { pairs: 1 }\n",
      "clusterID: a\n",
      "server:\n",
      "  mapRoles: []\n",
      "  port: 1\n",
      "drain: 1s\n",
      "x: 1\n",
      "{",
      "\u0000",
      "- ",
      "stateDir: /s\n",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(line, { maxLength: 6 }).map((lines) => lines.join("")),
    );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(text, async (written) => {
        const path = file(written, `any-${count++ % 8}.yaml`);
        try {
          expect((await read(["-c", path])).clusters.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof CliError)) throw error;
          expect(error.code).toMatch(/^(invalid-file|usage)$/);
          expect(error.message).not.toMatch(/[\n\r\0]/);
          expect(error.hint).not.toBe("");
        }
      }),
      { numRuns: 300 },
    );
  });
});
