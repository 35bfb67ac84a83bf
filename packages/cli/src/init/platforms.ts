import { basename, dirname } from "node:path";
import { shellWord } from "../lib/shell-word.ts";
import { type InstallPaths, PROGRAM, SERVICE_USER, systemdUnit } from "./systemd-unit.ts";

/** A file of an installation: where it goes, and what is in it. */
export interface InstallFile {
  readonly path: string;
  readonly text: string;
}

/** A thing to do: in words, and the commands and files that do it. */
export interface InstallStep {
  readonly does: string;
  readonly commands?: readonly string[];
  readonly file?: InstallFile;
}

/** What `--for` takes. */
export const PLATFORM_NAMES = ["kubeadm", "kops", "k3s", "systemd"] as const;

/** One of {@link PLATFORM_NAMES}. */
export type PlatformName = (typeof PLATFORM_NAMES)[number];

/** Where a service keeps its settings and its state (Filesystem Hierarchy Standard 3.0). */
export const INSTALLED = { config: "/etc/iamgate/iamgate.yaml", stateDir: "/var/lib/iamgate" };

/** The flags of kube-apiserver, without dashes. */
export function apiServerFlags(kubeconfig: string): readonly (readonly [name: string, value: string])[] {
  return [
    ["authentication-token-webhook-config-file", kubeconfig],
    ["authentication-token-webhook-version", "v1"],
  ];
}

/**
 * What to do, in order.
 *
 * @param paths - where things are on the host.
 * @param assets - the settings and mappings, for a platform that brings files to hosts by itself.
 */
export function stepsFor(
  platform: PlatformName,
  paths: InstallPaths,
  assets: readonly InstallFile[],
): readonly InstallStep[] {
  switch (platform) {
    case "kubeadm":
      return [...serviceSteps(paths), ...kubeadmSteps(paths)];
    case "k3s":
      return [...serviceSteps(paths), ...k3sSteps(paths)];
    case "systemd":
      return [...serviceSteps(paths), ...plainSteps()];
    case "kops":
      return kopsSteps(paths, assets);
  }
}

function serviceSteps(paths: InstallPaths): readonly InstallStep[] {
  return [
    {
      does: "say who is let in, in the file that awsAuth names, and check the settings",
      commands: [`iamgate config check ${shellWord(paths.config)}`],
    },
    {
      does: `install the program as ${PROGRAM}, with a user of its own that owns its files`,
      commands: [
        `useradd --system --no-create-home --shell /usr/sbin/nologin ${SERVICE_USER}`,
        `chown -R ${SERVICE_USER}: ${[...ownFiles(paths), paths.stateDir].map(shellWord).join(" ")}`,
      ],
    },
    {
      does: "make it a service",
      file: { path: "/etc/systemd/system/iamgate.service", text: systemdUnit(paths) },
      commands: ["systemctl daemon-reload", "systemctl enable --now iamgate"],
    },
  ];
}

/** All of a directory that is iamgate's alone, else just the files. */
function ownFiles({ config, mappings }: InstallPaths): readonly string[] {
  const directory = dirname(INSTALLED.config);
  return dirname(config) === directory
    ? [directory, ...mappings.filter((path) => dirname(path) !== directory)]
    : [config, ...mappings];
}

function kubeadmSteps(paths: InstallPaths): readonly InstallStep[] {
  const flags = apiServerFlags(paths.kubeconfig).flatMap(([name, value]) => [
    `    - name: ${name}`,
    `      value: ${JSON.stringify(value)}`,
  ]);
  const text = [
    "# The one file is mounted, not the state directory, which holds private keys.",
    "apiVersion: kubeadm.k8s.io/v1beta4",
    "kind: ClusterConfiguration",
    "apiServer:",
    "  extraArgs:",
    ...flags,
    "  extraVolumes:",
    "    - name: iamgate-kubeconfig",
    `      hostPath: ${JSON.stringify(paths.kubeconfig)}`,
    `      mountPath: ${JSON.stringify(paths.kubeconfig)}`,
    "      pathType: File",
    "      readOnly: true",
    "",
  ].join("\n");
  return [
    {
      does: "tell kube-apiserver, on every control-plane node: merge this into the cluster's ClusterConfiguration",
      file: { path: "cluster-configuration.yaml", text },
      commands: [
        "kubeadm init --config cluster-configuration.yaml  # a new cluster",
        "kubeadm init phase control-plane apiserver --config cluster-configuration.yaml  # one that is there",
      ],
    },
  ];
}

function k3sSteps(paths: InstallPaths): readonly InstallStep[] {
  const args = apiServerFlags(paths.kubeconfig).map(([name, value]) => `  - ${JSON.stringify(`${name}=${value}`)}`);
  return [
    {
      does: "tell kube-apiserver, on every server node",
      file: {
        path: "/etc/rancher/k3s/config.yaml.d/iamgate.yaml",
        text: [
          "# The plus sign adds to what other files of the directory say.",
          "kube-apiserver-arg+:",
          ...args,
          "",
        ].join("\n"),
      },
      commands: ["systemctl restart k3s"],
    },
  ];
}

function plainSteps(): readonly InstallStep[] {
  return [
    {
      does: "add the flags above to the unit of kube-apiserver, and restart it",
      commands: ["systemctl edit --full kube-apiserver", "systemctl restart kube-apiserver"],
    },
  ];
}

/** In kube-apiserver's pod of a kops cluster this directory is mounted (nodeup/pkg/model/kube_apiserver.go of kops). */
const KOPS_KUBECONFIG = "/srv/kubernetes/kube-apiserver/iamgate.kubeconfig.yaml";

function kopsSteps(paths: InstallPaths, assets: readonly InstallFile[]): readonly InstallStep[] {
  // Nodes of kops begin empty, so each makes its own state before it serves.
  const prepare = [
    `/bin/sh -c 'id ${SERVICE_USER} >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin ${SERVICE_USER}'`,
    `${PROGRAM} init --config ${paths.config}`,
    `/bin/chown -R ${SERVICE_USER}: ${paths.stateDir}`,
    `/usr/bin/install -D -m 0600 ${paths.kubeconfig} ${KOPS_KUBECONFIG}`,
  ];
  const text = [
    "# Merge below spec: of `kops edit cluster`. kops calls the webhook with v1beta1, which iamgate answers too.",
    "spec:",
    "  kubeAPIServer:",
    `    authenticationTokenWebhookConfigFile: ${KOPS_KUBECONFIG}`,
    "  fileAssets:",
    ...assets.flatMap(asset),
    "  hooks:",
    "    - name: iamgate.service",
    "      roles: [ControlPlane]",
    "      before: [kubelet.service]",
    "      useRawManifest: true",
    "      manifest: |",
    ...indented(systemdUnit(paths, prepare), 8),
    "",
  ].join("\n");
  return [
    {
      does: `bring the program to control-plane nodes as ${PROGRAM}: into their image, or with a hook that fetches it`,
    },
    {
      does: "say who is let in, in the file that awsAuth names, then tell the cluster; each node makes its own certificate",
      file: { path: "iamgate.cluster-spec.yaml", text },
      commands: ["kops edit cluster", "kops update cluster --yes", "kops rolling-update cluster --yes"],
    },
  ];
}

function asset({ path, text }: InstallFile): readonly string[] {
  return [
    `    - name: ${basename(path).replaceAll(/[^A-Za-z0-9.-]/g, "-")}`,
    `      path: ${JSON.stringify(path)}`,
    "      roles: [ControlPlane]",
    '      mode: "0444"',
    "      content: |",
    ...indented(text, 8),
  ];
}

function indented(text: string, by: number): readonly string[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `${" ".repeat(by)}${line}`));
}
