import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownEnvironment } from "../../e2e/lib/environment.ts";
import { freePort, isListening } from "../../e2e/lib/ports.ts";
import type { LoadTarget } from "../load/messages.ts";
import { CLUSTER_ID, SIGNER } from "../load/signer.ts";
import { type Child, startServer } from "./children.ts";
import { pinned } from "./cores.ts";

/** A webhook under test, alone on its core. */
export interface Webhook extends Child, LoadTarget {
  readonly logPath: string;
}

/** What every webhook is started with. */
export interface WebhookOptions {
  readonly folder: string;
  readonly core: number;
  /** The stub's address and the authority of its certificate. */
  readonly sts: { readonly port: number; readonly caPem: string };
}

/** As many roles as an organisation maps; the one that decides comes last. */
const ROLES = [
  ...Array.from({ length: 49 }, (_, index) => roleMapping(`arn:aws:iam::${SIGNER.account}:role/Other${index}`)),
  roleMapping(SIGNER.roleArn),
];

/** How a webhook reaches the stub: as the host that tokens name, or by flags that send it elsewhere. */
export type WayToSts =
  | { readonly kind: "named"; readonly wrap: (command: readonly string[]) => readonly string[] }
  | { readonly kind: "dialled" };

/** Starts `iamgate serve`, compiled. */
export async function startIamgate(
  path: string,
  { folder, core, sts, flags, way }: WebhookOptions & { readonly flags: readonly string[]; readonly way: WayToSts },
): Promise<Webhook> {
  const state = join(folder, "iamgate-state");
  // Apart from the log: the mapping's folder is watched.
  const config = join(folder, "iamgate-config");
  mkdirSync(config);
  const files = {
    map: join(config, "aws-auth.yaml"),
    ca: join(config, "sts-ca.pem"),
    logPath: join(folder, "iamgate.log"),
  };
  writeFileSync(files.ca, sts.caPem);
  writeFileSync(files.map, JSON.stringify(awsAuth()));
  const port = await freePort();
  const what = ["--cluster-id", CLUSTER_ID, "--aws-auth", files.map, "--state-dir", state];
  const where = ["--listen", `127.0.0.1:${port}`, "--operations", "off"];
  const dial = way.kind === "named" ? [] : ["--sts-dial", `127.0.0.1:${sts.port}`, "--sts-ca", files.ca];
  const command = pinned(core, [path, "serve", ...what, ...where, ...dial, ...flags]);
  const child = await startServer({
    name: "iamgate serve",
    command: way.kind === "named" ? way.wrap(command) : command,
    env: { ...ownEnvironment(join(folder, "home")), NODE_EXTRA_CA_CERTS: files.ca },
    cwd: folder,
    logPath: files.logPath,
    isReady: () => isListening(port),
  });
  return { ...child, port, caPem: readFileSync(join(state, "ca.pem"), "utf8"), logPath: files.logPath };
}

/** Starts the Go authenticator, with GOMAXPROCS=1 as it has one core. */
export async function startAuthenticator(
  path: string,
  { folder, core, sts, wrap }: WebhookOptions & { readonly wrap: (command: readonly string[]) => readonly string[] },
): Promise<Webhook> {
  const state = join(folder, "authenticator-state");
  mkdirSync(state);
  const files = {
    config: join(state, "config.yaml"),
    ca: join(state, "sts-ca.pem"),
    logPath: join(folder, "authenticator.log"),
  };
  const port = await freePort();
  writeFileSync(files.ca, sts.caPem);
  writeFileSync(files.config, JSON.stringify({ clusterID: CLUSTER_ID, server: { mapRoles: ROLES } }));
  const certificate = join(state, "cert.pem");
  const what = ["--config", files.config, "--backend-mode", "MountedFile", "--state-dir", state];
  const where = ["--port", String(port), "--generate-kubeconfig", join(state, "kubeconfig.yaml")];
  const child = await startServer({
    name: "aws-iam-authenticator server",
    command: wrap(pinned(core, [path, "server", ...what, ...where])),
    env: {
      ...ownEnvironment(join(folder, "home")),
      GOMAXPROCS: "1",
      SSL_CERT_FILE: files.ca,
      // It asks for its region at the start, and waits for a metadata address that answers slowly.
      AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:1/",
    },
    cwd: folder,
    logPath: files.logPath,
    isReady: async () => existsSync(certificate) && (await isListening(port)),
  });
  return { ...child, port, caPem: readFileSync(certificate, "utf8"), logPath: files.logPath };
}

function roleMapping(rolearn: string) {
  return { rolearn, username: "dev:{{SessionName}}", groups: ["developers"] };
}

/** JSON is YAML. */
function awsAuth() {
  const metadata = { name: "aws-auth", namespace: "kube-system" };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { mapRoles: JSON.stringify(ROLES) } };
}
