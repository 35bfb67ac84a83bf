import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A Go program that a module below this folder pins. */
export interface KubeProgram {
  readonly name: "etcd" | "kube-apiserver" | "kubectl" | "aws-iam-authenticator";
  /** Folder of the go.mod that pins it, below tools/kube. */
  readonly folder: "etcd" | "control-plane" | "authenticator";
  /** Go import path of its main package. */
  readonly package: string;
  /** The required module whose version is the program's. */
  readonly module: string;
  /** Minutes that a first build takes on two cores, to say so beforehand. */
  readonly firstBuildMinutes: number;
  /** The linker's `-X` variable that holds the program's own idea of its version. */
  readonly versionVariable?: string;
}

// Without it the server calls itself v0.0.0-master+$Format:%H$, which kubectl's version check refuses.
const KUBERNETES_VERSION_VARIABLE = "k8s.io/component-base/version.gitVersion";

/** The control plane and the peer that `e2e/` and `bench/` run. */
export const KUBE_PROGRAMS = {
  etcd: {
    name: "etcd",
    folder: "etcd",
    package: "go.etcd.io/etcd/server/v3",
    module: "go.etcd.io/etcd/server/v3",
    firstBuildMinutes: 1,
  },
  apiserver: {
    name: "kube-apiserver",
    folder: "control-plane",
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    module: "k8s.io/kubernetes",
    firstBuildMinutes: 5,
    versionVariable: KUBERNETES_VERSION_VARIABLE,
  },
  kubectl: {
    name: "kubectl",
    folder: "control-plane",
    package: "k8s.io/kubernetes/cmd/kubectl",
    module: "k8s.io/kubernetes",
    firstBuildMinutes: 1,
    versionVariable: KUBERNETES_VERSION_VARIABLE,
  },
  authenticator: {
    name: "aws-iam-authenticator",
    folder: "authenticator",
    package: "sigs.k8s.io/aws-iam-authenticator/cmd/aws-iam-authenticator",
    module: "sigs.k8s.io/aws-iam-authenticator",
    firstBuildMinutes: 2,
  },
} as const satisfies Record<string, KubeProgram>;

/** What is pinned for a program: its version and how it is linked. */
export interface Pin {
  /** As in go.mod, such as `v1.36.3`. */
  readonly version: string;
  readonly ldflags: string;
  /** Changes whenever another binary would come out: go.mod, go.sum, linker flags or platform. */
  readonly fingerprint: string;
}

/**
 * Reads a program's pin from its go.mod, the one place where versions are written.
 *
 * @throws Error when go.mod requires no such module.
 */
export function pinOf(program: KubeProgram): Pin {
  const folder = join(import.meta.dirname, program.folder);
  const goMod = readFileSync(join(folder, "go.mod"), "utf8");
  const version = requiredVersion(goMod, program.module);
  if (version === undefined) {
    throw new Error(`read "${folder}/go.mod": requires no ${program.module}; add it with go get`);
  }
  const ldflags = program.versionVariable === undefined ? "-s -w" : `-s -w -X ${program.versionVariable}=${version}`;
  const fingerprint = createHash("sha256")
    .update([process.platform, process.arch, ldflags, goMod, readFileSync(join(folder, "go.sum"), "utf8")].join("\0"))
    .digest("hex")
    .slice(0, 12);
  return { version, ldflags, fingerprint };
}

/**
 * The version that a go.mod requires of a module, in either form of `require`; replacements are not looked at.
 *
 * @returns the version, or undefined when the module is not required.
 * @internal
 */
export function requiredVersion(goMod: string, module: string): string | undefined {
  for (const line of goMod.split("\n")) {
    const words = line.trim().split(/\s+/);
    const [path, version] = words[0] === "require" ? words.slice(1) : words;
    if (path === module && version?.startsWith("v") === true) return version;
  }
  return undefined;
}
