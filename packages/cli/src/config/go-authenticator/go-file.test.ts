import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanUp, temporaryDirectory } from "../../../test/world.ts";
import { type Files, realFiles } from "../../files.ts";
import { readGoFile } from "./go-file.ts";
import { FATES } from "./rules.ts";

afterAll(cleanUp);

/** No certificate of the Go authenticator's anywhere, whatever this machine has. */
const NO_FILES: Files = {
  ...realFiles,
  stat: () => Promise.reject(Object.assign(new Error("none"), { code: "ENOENT" })),
};

function read(text: string, { hasMapping = false, files = NO_FILES } = {}) {
  return readGoFile(text, "go.yaml", { hasMapping, files });
}

/** `line:column: text` of each outcome, then `! line:column: text | hint` of each problem. */
async function told(text: string, options = {}): Promise<readonly string[]> {
  const result = await read(text, options);
  const short = (place: string): string => place.replace("go.yaml:", "");
  return [
    ...result.outcomes.map((each) => `${short(each.place)}: ${each.text}${each.loses ? " (loses)" : ""}`),
    ...(result.ok ? [] : result.problems.map((each) => `! ${short(each.place)}: ${each.text} | ${each.hint}`)),
  ];
}

describe("readGoFile", () => {
  test("what it maps: cluster, address, partition, mapping; whatever the case of the letters", async () => {
    const result = await read(`clusterid: prod
SERVER:
  Port: 8443
  address: 0.0.0.0
  partition: aws-cn
  stateDir: /srv/go
  backendMode: [MountedFile]
  mapRoles:
    - roleARN: arn:aws-cn:iam::111122223333:role/A
      username: a
`);
    expect(result).toMatchObject({
      ok: true,
      layer: {
        listen: { value: { host: "0.0.0.0", port: 8443 }, name: "SERVER.address", place: "go.yaml:4:3" },
        partition: { value: "aws-cn" },
        stateDir: { value: "/srv/go/iamgate" },
        clusters: [{ id: { value: "prod" }, awsAuth: { value: { path: "go.yaml", format: "aws-iam-authenticator" } } }],
      },
    });
  });

  test("each setting: is taken, ignored or refused with a sentence, in the order of the file", async () => {
    expect(
      await told(`clusterID: prod
defaultRole: arn:aws:iam::111122223333:role/A
server:
  port: 21362
  hostname: localhost
  stateDir: /srv/go
  generateKubeconfig: /etc/kubernetes/kubeconfig.yaml
  ec2DescribeInstancesQps: 15
  backendMode:
  - MountedFile
  mapUsers:
  - userARN: arn:aws:iam::111122223333:user/A
    username: a
  mapAccounts:
  mapRols: []
`),
    ).toEqual([
      '1:1: clusterID "prod": taken: tokens must be signed for it',
      '2:1: defaultRole "arn:aws:iam::111122223333:role/A": ignored: it is for `aws-iam-authenticator token`, not for the server',
      '4:3: server.port "21362": taken: the webhook listens there',
      `5:3: server.hostname "localhost": ignored: iamgate's kubeconfig for kube-apiserver names the address that it listens at`,
      '6:3: server.stateDir "/srv/go": taken: iamgate keeps its own files in the directory iamgate below it',
      `7:3: server.generateKubeconfig "/etc/kubernetes/kubeconfig.yaml": ignored: iamgate writes kubeconfig.yaml into its state directory: point kube-apiserver's --authentication-token-webhook-config-file there (loses)`,
      '8:3: server.ec2DescribeInstancesQps "15": ignored: iamgate does not ask EC2, and whoever is mapped with {{EC2PrivateDNSName}} is refused (loses)',
      "9:3: server.backendMode: taken: the mapping is that of this file",
      "11:3: server.mapUsers: taken: it is the mapping; read again when the file changes",
      "14:3: server.mapAccounts: taken: it is the mapping; read again when the file changes",
      "15:3: server.mapRols: ignored: the Go authenticator reads no such setting (perhaps server.maproles is meant) (loses)",
    ]);
  });

  test("settings of the Go authenticator 0.7.18: none is without a rule", () => {
    // viper's keys in cmd/aws-iam-authenticator/{root,server,init,token,verify}.go, and defaultRole of its README.
    const bound = `clusterID server.partition server.ec2DescribeInstancesRoleARN server.sourceARN server.port server.hostname
      server.generateKubeconfig server.kubeconfigPregenerated server.stateDir server.address server.kubeconfig server.master
      server.backendMode server.ec2DescribeInstancesQps server.ec2DescribeInstancesBurst server.scrubbedAccounts
      server.dynamicfilepath server.dynamicfileUserIDStrict server.dynamicBackendModePath server.mapRoles server.mapUsers
      server.mapAccounts server.reservedPrefixConfig log-verbosity feature-gates region role externalID tokenOnly
      forwardSessionName sessionName cache token output partition defaultRole`;
    expect([...FATES.keys()].toSorted()).toEqual(bound.toLowerCase().split(/\s+/).toSorted());
  });

  test("what iamgate cannot do: is refused, with what to do instead", async () => {
    const cases: [setting: string, expected: string][] = [
      [
        "backendMode: [EKSConfigMap, MountedFile]",
        '! 3:3: server.backendMode: iamgate has no backend "EKSConfigMap", only MountedFile | write the manifest',
      ],
      ["backendMode: CRD", '! 3:3: server.backendMode "CRD": iamgate has no backend "CRD"'],
      [
        "dynamicfilepath: /x.json",
        '! 3:3: server.dynamicfilepath "/x.json": iamgate reads its mapping from this file or from a manifest',
      ],
      ["dynamicBackendModePath: /x", "! 3:3: server.dynamicBackendModePath"],
      [
        'scrubbedAccounts: ["111122223333"]',
        "! 3:3: server.scrubbedAccounts: iamgate's log names the ARN of everybody who logs in | take the setting out",
      ],
      ["port: http", '! 3:3: server.port "http": expected a port from 0 to 65535'],
      ["port: 65536", "! 3:3: server.port"],
      ["address: example.com", '! 3:3: server.address "example.com": expected an IP address or localhost'],
      ["partition: AWS", '! 3:3: server.partition "AWS": expected one of aws, aws-cn'],
      ["stateDir: [x]", "! 3:3: server.stateDir: expected a directory's path"],
      [
        "reservedPrefixConfig: yes",
        "! 3:25: server.reservedPrefixConfig: expected a list of entries with backendMode and",
      ],
      ["mapRoles: { a: b }", "! 3:13: server.mapRoles is no list"],
      ["mapRoles:\n  - &a [*a]", "! 4:9: mapRoles is no"],
      ["mapRoles: []\n  MAPROLES: []", '! 4:3: setting "server.MAPROLES": is there twice'],
    ];
    for (const [setting, expected] of cases) {
      const all = await told(`clusterID: prod\nserver:\n  ${setting}\n`);
      expect(all.filter((line) => line.startsWith("!")).join("\n")).toContain(expected);
    }
    expect((await told("clusterID: prod\nserver: x\n")).at(-1)).toContain("! 2:1: server: is no mapping of settings");
  });

  test("a mapping that a flag names: other backends are ignored then, and the file gives none", async () => {
    const text = "clusterID: prod\nserver:\n  backendMode: [EKSConfigMap]\n  dynamicfilepath: /x\n  mapRoles: 3\n";
    const result = await read(text, { hasMapping: true });
    expect(result).toMatchObject({ ok: true, layer: { clusters: [{ awsAuth: undefined }] } });
    expect((await told(text, { hasMapping: true })).slice(1)).toEqual([
      "3:3: server.backendMode: ignored: a flag names the mapping",
      '4:3: server.dynamicfilepath "/x": ignored: a flag names the mapping',
      '5:3: server.mapRoles "3": ignored: a flag names the mapping (loses)',
    ]);
  });

  test("its certificate: is served where it is there, and nothing of its directory is written to", async () => {
    const directory = temporaryDirectory();
    for (const name of ["cert.pem", "key.pem"]) writeFileSync(join(directory, name), "");
    const text = `clusterID: prod\nserver:\n  stateDir: ${directory}\n  generateKubeconfig: /k\n`;
    const result = await read(text, { files: realFiles });
    expect(result).toMatchObject({
      layer: {
        cert: { value: join(directory, "cert.pem") },
        key: { value: join(directory, "key.pem") },
        stateDir: { value: join(directory, "iamgate") },
      },
    });
    expect(result.outcomes.slice(1).map(({ text: said, loses }) => [said.replace(/^.*?: /, ""), loses])).toEqual([
      [
        "taken: iamgate keeps its own files in the directory iamgate below it, and serves the certificate there, so that kube-apiserver's kubeconfig stays good",
        false,
      ],
      ["ignored: iamgate does not write it; it stays good with the certificate that is served", false],
    ]);
    const other = temporaryDirectory();
    mkdirSync(join(other, "sub"));
    writeFileSync(join(other, "cert.pem"), "");
    const lonely = await read(`clusterID: prod\nserver: { stateDir: ${other} }\n`, { files: realFiles });
    expect(lonely).toMatchObject({ ok: true, layer: { stateDir: { value: join(other, "iamgate") } } });
    expect(lonely.ok && lonely.layer.cert).toBeUndefined();
  });

  test("any text: never throws; each setting has one outcome", async () => {
    const word = fc.constantFrom(
      "clusterID: a\n",
      "server:\n",
      "  mapRoles:\n",
      "  - rolearn: x\n",
      "    groups: [a]\n",
      "  port: 1\n",
      "  mapUsers: [",
      "]\n",
      "  backendMode: CRD\n",
      "  reservedPrefixConfig:\n",
      "  - backendMode: MountedFile\n",
      "    usernamePrefixReserveList: [a]\n",
      "{",
      "}",
      "&a ",
      "*a",
      "\n",
      "<<: *a\n",
      "  stateDir: x\n",
      "? ",
      "'",
      '"',
      "  mapAccounts: &b\n",
      "  - 1\n",
      "\r\n",
      "---\n",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 16 }).map((words) => words.join("")),
        ),
        async (text) => {
          const result = await read(text);
          const places = result.outcomes.map(({ place, text: said }) => `${place} ${said}`);
          expect(new Set(places).size).toBe(places.length);
          if (!result.ok) expect(result.problems[0].text).not.toBe("");
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
