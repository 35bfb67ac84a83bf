import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownEnvironment } from "./environment.ts";
import { freePort } from "./ports.ts";
import type { Run } from "./run.ts";
import { type Server, startServer } from "./server.ts";

const READY_SECONDS = 30;

/** A kube-apiserver with its etcd. */
export interface ControlPlane {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly caPath: string;
  /** A static token of the group system:masters, for what a test prepares. */
  readonly adminToken: string;
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** For `--authentication-token-webhook-config-file`. */
  readonly webhookKubeconfig: string;
  /** The version of the reviews that it sends: `authentication.k8s.io/<version>`. */
  readonly webhookVersion: "v1" | "v1beta1";
}

/** Starts both in a folder, on free loopback ports. */
export async function startControlPlane(run: Run, folder: string, options: ControlPlaneOptions): Promise<ControlPlane> {
  const etcd = await startEtcd(run, folder);
  try {
    return await startApiserver(run, folder, { ...options, etcd });
  } catch (error) {
    await etcd.server.kill();
    throw error;
  }
}

interface Etcd {
  readonly server: Server;
  readonly url: string;
}

async function startEtcd(run: Run, folder: string): Promise<Etcd> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const server = await startServer(run, {
    name: "etcd",
    command: [
      run.tools.etcd,
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      "--listen-peer-urls=http://127.0.0.1:0",
      "--unsafe-no-fsync",
    ],
    env: ownEnvironment(join(folder, "home")),
    cwd: folder,
    logPath: join(folder, "etcd.log"),
    isReady: async () => (await fetch(`${url}/health`, { proxy: false, signal: AbortSignal.timeout(1000) })).ok,
    readySeconds: READY_SECONDS,
  });
  return { server, url };
}

async function startApiserver(
  run: Run,
  folder: string,
  { etcd, webhookKubeconfig, webhookVersion }: ControlPlaneOptions & { readonly etcd: Etcd },
): Promise<ControlPlane> {
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const certificates = join(folder, "apiserver");
  mkdirSync(certificates);
  const serviceAccountKey = join(certificates, "service-account.key");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(serviceAccountKey, privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  const adminToken = randomUUID();
  const tokens = join(certificates, "tokens.csv");
  writeFileSync(tokens, `${adminToken},admin,admin,system:masters\n`, { mode: 0o600 });

  // kube-apiserver signs itself a certificate for its bind address, and leaves the chain here.
  const caPath = join(certificates, "apiserver.crt");
  const server = await startServer(run, {
    name: "kube-apiserver",
    command: [
      run.tools.apiserver,
      `--etcd-servers=${etcd.url}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--cert-dir=${certificates}`,
      `--service-account-key-file=${serviceAccountKey}`,
      `--service-account-signing-key-file=${serviceAccountKey}`,
      "--service-account-issuer=https://e2e.iamgate.test",
      "--authorization-mode=RBAC",
      `--token-auth-file=${tokens}`,
      `--authentication-token-webhook-config-file=${webhookKubeconfig}`,
      `--authentication-token-webhook-version=${webhookVersion}`,
      "--service-cluster-ip-range=10.0.0.0/24",
      "--disable-admission-plugins=ServiceAccount",
    ],
    env: ownEnvironment(join(folder, "home")),
    cwd: folder,
    logPath: join(folder, "kube-apiserver.log"),
    isReady: async () => {
      const ca = readFileSync(caPath, "utf8");
      const answer = await fetch(`${url}/readyz`, { tls: { ca }, proxy: false, signal: AbortSignal.timeout(2000) });
      return (await answer.text()) === "ok";
    },
    readySeconds: READY_SECONDS,
  });
  return {
    url,
    caPath,
    adminToken,
    // Killed, not asked: once its etcd is gone kube-apiserver no longer ends on SIGTERM, and the data is thrown away.
    async stop() {
      await server.kill();
      await etcd.server.kill();
    },
  };
}
