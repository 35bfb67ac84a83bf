import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ran, runProgram } from "../../tools/kube/run-program.ts";
import type { ControlPlane } from "./control-plane.ts";
import { ownEnvironment } from "./environment.ts";

/** How kubectl says who it is: a token as it is, or a plugin that makes one. */
export type Login =
  | { readonly token: string }
  | {
      readonly command: readonly [string, ...string[]];
      readonly env: Readonly<Record<string, string>>;
      /** Of the ExecCredential that kubectl asks for; v1 when absent. */
      readonly version?: "v1" | "v1beta1";
    };

/** What kubectl says to somebody whom kube-apiserver does not let in. */
export const UNAUTHORIZED: Ran = {
  exitCode: 1,
  stdout: "",
  stderr: "error: You must be logged in to the server (Unauthorized)\n",
};

/** Runs kubectl with a login and arguments. */
export type Kubectl = (login: Login, ...args: string[]) => Promise<Ran>;

const KUBECTL_SECONDS = 30;

/** kubectl for a control plane; each call has a kubeconfig file of its own in `folder`. */
export function kubectlFor(path: string, folder: string, { url, caPath }: ControlPlane): Kubectl {
  const env = ownEnvironment(join(folder, "home"));
  let calls = 0;
  return async (login, ...args) => {
    calls += 1;
    const kubeconfig = join(folder, `kubeconfig-${calls}.json`);
    writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(login, url, caPath), undefined, 2), { mode: 0o600 });
    return runProgram([path, "--kubeconfig", kubeconfig, ...args], {
      cwd: folder,
      env,
      timeoutSeconds: KUBECTL_SECONDS,
    });
  };
}

function kubeconfigOf(login: Login, server: string, caPath: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "e2e", cluster: { server, "certificate-authority": caPath } }],
    users: [{ name: "e2e", user: userOf(login) }],
    contexts: [{ name: "e2e", context: { cluster: "e2e", user: "e2e" } }],
    "current-context": "e2e",
  };
}

function userOf(login: Login): object {
  if ("token" in login) return login;
  const [command, ...args] = login.command;
  return {
    exec: {
      apiVersion: `client.authentication.k8s.io/${login.version ?? "v1"}`,
      command,
      args,
      env: Object.entries(login.env).map(([name, value]) => ({ name, value })),
      interactiveMode: "Never",
    },
  };
}
