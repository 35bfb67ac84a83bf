import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type ControlPlaneOptions, startControlPlane } from "./control-plane.ts";
import { ROOT } from "./environment.ts";
import { CLUSTER_ID } from "./identities.ts";
import { type Iamgate, startIamgate } from "./iamgate.ts";
import { type Kubectl, kubectlFor, type Login } from "./kubectl.ts";
import { currentRun } from "./run.ts";
import type { Tools } from "./tools.ts";

/** A test file's own cluster: kube-apiserver, whose webhook is `iamgate serve`, which asks `iamgate sts`. */
export interface Lab {
  readonly tools: Tools;
  readonly iamgate: Iamgate;
  readonly kubectl: Kubectl;
  /** Whom kube-apiserver takes a login for. @throws Error with what kubectl said when it lets nobody in. */
  whoami(login: Login): Promise<UserInfo>;
  stop(): Promise<void>;
}

/** `status.userInfo` of a SelfSubjectReview (`authentication.k8s.io/v1`). */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** The longest that starting a lab takes, for `beforeAll`. */
export const LAB_START_MILLISECONDS = 60_000;

/** Starts a lab and puts `fixtures/rbac.yaml` into it. */
export async function startLab({ webhookVersion }: Pick<ControlPlaneOptions, "webhookVersion">): Promise<Lab> {
  const run = currentRun();
  const folder = mkdtempSync(join(run.folder, `${webhookVersion}-`));
  const kubeconfigs = join(folder, "kubectl");
  mkdirSync(kubeconfigs);

  const iamgate = await startIamgate(run, folder, CLUSTER_ID);
  try {
    const { webhookKubeconfig } = iamgate;
    const controlPlane = await startControlPlane(run, folder, { webhookKubeconfig, webhookVersion });
    const stop = async (): Promise<void> => {
      await controlPlane.stop();
      await iamgate.kill();
    };
    const kubectl = kubectlFor(run.tools.kubectl, kubeconfigs, controlPlane);
    const lab: Lab = { tools: run.tools, iamgate, kubectl, whoami: (login) => whoami(kubectl, login), stop };
    const admin = { token: controlPlane.adminToken };
    const applied = await kubectl(admin, "apply", "--filename", join(ROOT, "e2e/fixtures/rbac.yaml"));
    if (applied.exitCode === 0) return lab;
    await stop();
    throw new Error(`apply e2e/fixtures/rbac.yaml: ${applied.stderr}`);
  } catch (error) {
    await iamgate.kill();
    throw error;
  }
}

async function whoami(kubectl: Kubectl, login: Login): Promise<UserInfo> {
  const { exitCode, stdout, stderr } = await kubectl(login, "auth", "whoami", "--output", "json");
  if (exitCode !== 0) throw new Error(`kubectl auth whoami: exit code ${exitCode}: ${stderr}`);
  return (JSON.parse(stdout) as { readonly status: { readonly userInfo: UserInfo } }).status.userInfo;
}
