import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { cleanUp, runHere, temporaryDirectory, world } from "../../test/world.ts";
import { NO_SERVE_FLAGS, readServeSettings } from "../serving/read-settings.ts";

afterAll(cleanUp);

function init(directory: string, more: readonly string[] = []) {
  return runHere(["init", "--config", join(directory, "iamgate.yaml"), ...more]);
}

function first(directory: string, more: readonly string[] = []) {
  return init(directory, ["--cluster-id", "prod", "--state-dir", join(directory, "state"), ...more]);
}

describe("iamgate init", () => {
  test("an empty directory: settings, mapping, certificate and kubeconfig, and what to tell kube-apiserver", async () => {
    const directory = temporaryDirectory();
    const { code, stdout } = await first(directory);
    expect(code).toBe(0);
    expect(stdout).toBe(`iamgate init: ready
  settings         ${directory}/iamgate.yaml (written now)
  mapping          ${directory}/aws-auth.yaml (written now, lets nobody in)
  state directory  ${directory}/state
  certificate      ${directory}/state/cert.pem
  kubeconfig       ${directory}/state/kubeconfig.yaml

flags for kube-apiserver:
  --authentication-token-webhook-config-file=${directory}/state/kubeconfig.yaml
  --authentication-token-webhook-version=v1

next:
  iamgate config check ${directory}/iamgate.yaml
  iamgate serve --config ${directory}/iamgate.yaml
`);
    const settings = await readServeSettings(
      { ...NO_SERVE_FLAGS, config: join(directory, "iamgate.yaml") },
      world().deps,
    );
    expect(settings).toMatchObject({ stateDir: join(directory, "state"), clusters: [{ id: "prod" }] });
    const kubeconfig: unknown = parse(readFileSync(join(directory, "state/kubeconfig.yaml"), "utf8"));
    expect(kubeconfig).toMatchObject({
      clusters: [
        {
          cluster: {
            server: "https://127.0.0.1:21362/authenticate",
            "certificate-authority-data": readFileSync(join(directory, "state/ca.pem")).toString("base64"),
          },
        },
      ],
    });
    for (const name of readdirSync(join(directory, "state"))) {
      expect(statSync(join(directory, "state", name)).mode & 0o077).toBe(0);
    }
    expect((await runHere(["config", "check", join(directory, "iamgate.yaml")])).code).toBe(0);
  });

  test("again: changes nothing that is there, makes what is missing, prints the same", async () => {
    const directory = temporaryDirectory();
    await first(directory);
    const read = (name: string): string => readFileSync(join(directory, name), "utf8");
    const ca = read("state/ca.pem");
    writeFileSync(join(directory, "aws-auth.yaml"), `${read("aws-auth.yaml")}# mine\n`);
    writeFileSync(join(directory, "iamgate.yaml"), read("iamgate.yaml").replace("127.0.0.1:21362", "127.0.0.2:8443"));
    const { code, stdout } = await init(directory);
    expect(code).toBe(0);
    expect(stdout).toContain(`${directory}/iamgate.yaml (was there, not changed)`);
    expect(read("aws-auth.yaml")).toContain("# mine");
    expect(read("state/ca.pem")).toBe(ca);
    expect(read("state/kubeconfig.yaml")).toContain("server: https://127.0.0.2:8443/authenticate");
  });

  test("a file of the user's: is never overwritten, and flags beside it are refused", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "aws-auth.yaml"), "mine");
    await first(directory);
    expect(readFileSync(join(directory, "aws-auth.yaml"), "utf8")).toBe("mine");
    for (const flag of [
      ["-i", "x"],
      ["--aws-auth", "x"],
      ["--listen", "127.0.0.1:1"],
      ["--state-dir", "x"],
    ]) {
      const { code, stdout, stderr } = await init(directory, flag);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(`: "${directory}/iamgate.yaml" is there already, and init does not change it\n`);
    }
    writeFileSync(join(directory, "iamgate.yaml"), "lisen: x\n");
    const { code, stderr } = await init(directory);
    expect(code).toBe(1);
    expect(stderr).toContain(`reading --config: ${directory}/iamgate.yaml:1:1: `);
    expect(readFileSync(join(directory, "iamgate.yaml"), "utf8")).toBe("lisen: x\n");
  });

  test("several clusters: a kubeconfig for each", async () => {
    const directory = temporaryDirectory();
    writeFileSync(
      join(directory, "iamgate.yaml"),
      "clusters: [{ id: a, awsAuth: a.yaml }, { id: b, awsAuth: b.yaml }]\nstateDir: state\n",
    );
    const { stdout } = await init(directory);
    for (const id of ["a", "b"]) {
      expect(stdout).toContain(
        `flags for kube-apiserver of ${id}:\n  --authentication-token-webhook-config-file=${directory}/state/kubeconfig-${id}.yaml\n`,
      );
      expect(readFileSync(join(directory, `state/kubeconfig-${id}.yaml`), "utf8")).toContain(`/authenticate/${id}\n`);
    }
  });

  test("a certificate of one's own: is served and trusted, none is made", async () => {
    const made = temporaryDirectory();
    await first(made);
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "state"));
    writeFileSync(
      join(directory, "iamgate.yaml"),
      `clusters: [{ id: a, awsAuth: a.yaml }]\nstateDir: state\ntls: { cert: ${made}/state/cert.pem, key: ${made}/state/key.pem }\n`,
    );
    const { code, stdout } = await init(directory);
    expect(code).toBe(0);
    expect(stdout).toContain(`  certificate      ${made}/state/cert.pem\n`);
    expect(readdirSync(join(directory, "state"))).toEqual(["kubeconfig.yaml"]);
  });

  test.each(["kubeadm", "k3s", "systemd"])(
    "--for %s: a service that serves these settings, and the flags",
    async (platform) => {
      const directory = temporaryDirectory();
      const { stdout } = await first(directory, ["--for", platform]);
      expect(stdout).toContain(`for ${platform}:\n\n1. `);
      expect(stdout).toContain(`ExecStart=/usr/local/bin/iamgate serve --config ${directory}/iamgate.yaml\n`);
      expect(stdout).toContain(`ReadWritePaths=${directory}/state\n`);
      expect(stdout).toContain(
        `$ chown -R iamgate: ${directory}/iamgate.yaml ${directory}/aws-auth.yaml ${directory}/state\n`,
      );
      expect([...stdout.matchAll(/^(\d)\. /gm)].map(([, number]) => number)).toEqual(["1", "2", "3", "4"]);
    },
  );

  test("--for kubeadm and k3s: what they print is YAML with both flags", async () => {
    const directory = temporaryDirectory();
    const block = (stdout: string, name: string): unknown =>
      parse(stdout.split(`--- ${name}\n`)[1]?.split("\n   ---")[0] ?? "");
    const kubeadm = block((await first(directory, ["--for", "kubeadm"])).stdout, "cluster-configuration.yaml");
    const kubeconfig = join(directory, "state/kubeconfig.yaml");
    expect(kubeadm).toMatchObject({
      kind: "ClusterConfiguration",
      apiServer: {
        extraArgs: [
          { name: "authentication-token-webhook-config-file", value: kubeconfig },
          { name: "authentication-token-webhook-version", value: "v1" },
        ],
        // Not the directory, in which private keys are.
        extraVolumes: [{ hostPath: kubeconfig, mountPath: kubeconfig, pathType: "File", readOnly: true }],
      },
    });
    const k3s = block((await init(directory, ["--for", "k3s"])).stdout, "/etc/rancher/k3s/config.yaml.d/iamgate.yaml");
    expect(k3s).toEqual({
      "kube-apiserver-arg+": [
        `authentication-token-webhook-config-file=${kubeconfig}`,
        "authentication-token-webhook-version=v1",
      ],
    });
  });

  test("--for kops: no state on this machine, and a cluster spec that brings settings, mapping and service", async () => {
    const directory = temporaryDirectory();
    const { code, stdout } = await first(directory, ["--for", "kops"]);
    expect(code).toBe(0);
    expect(readdirSync(directory).toSorted()).toEqual(["aws-auth.yaml", "iamgate.yaml"]);
    const spec = stdout.split("--- iamgate.cluster-spec.yaml\n")[1]?.split("\n   ---")[0] ?? "";
    const { spec: made } = parse(spec) as {
      spec: { fileAssets: { path: string; content: string }[]; hooks: { manifest: string }[] };
    };
    expect(made.fileAssets.map(({ path }) => path)).toEqual([
      "/etc/iamgate/iamgate.yaml",
      "/etc/iamgate/aws-auth.yaml",
    ]);
    expect(made.fileAssets[0]?.content).toBe(readFileSync(join(directory, "iamgate.yaml"), "utf8"));
    expect(made.hooks[0]?.manifest).toContain(
      "ExecStartPre=+/usr/local/bin/iamgate init --config /etc/iamgate/iamgate.yaml\n",
    );
    expect(made.hooks[0]?.manifest).toContain(
      `${join(directory, "state")}/kubeconfig.yaml /srv/kubernetes/kube-apiserver/`,
    );
  });

  test("what it refuses: the flag, the value and what was expected", async () => {
    const directory = temporaryDirectory();
    expect((await init(directory)).stderr).toBe(
      `iamgate: error: flag --cluster-id: is required\niamgate: hint: add --cluster-id ID; there is no "${directory}/iamgate.yaml" yet that names one\n`,
    );
    expect((await init(directory, ["--for", "eks"])).stderr).toContain(
      'flag --for "eks": expected one of kubeadm, kops, k3s, systemd',
    );
    const port = await first(directory, ["--listen", "127.0.0.1:0"]);
    expect(port.stderr).toContain('address "127.0.0.1:0": kube-apiserver has to know the port beforehand');
    expect(readdirSync(directory)).toEqual([]);
    await first(directory);
    const inFile = await runHere(["init", "-i", "x", "--config", join(directory, "iamgate.yaml/sub/iamgate.yaml")]);
    expect(inFile.code).toBe(1);
    expect(inFile.stderr).toMatch(/^iamgate: error: writing ".+": it cannot be made \(E[A-Z]+\)\niamgate: hint: .+\n$/);
  });
});
