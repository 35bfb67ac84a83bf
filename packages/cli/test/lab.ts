import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSts, credentialsOf, type Iam, parseIam } from "@iamgate/sts";
import { allStsHosts, mintToken } from "@iamgate/token";
import { GATE_DEFAULTS } from "@iamgate/webhook";
import type { ServeSettings } from "../src/serving/settings.ts";
import { openStateDir, type ServerState } from "../src/state-dir.ts";
import { type Listener, listen } from "../src/tls/listen.ts";
import { serverNamesFor } from "../src/tls/server-names.ts";
import { temporaryDirectory, world } from "./world.ts";

/** A local STS with the example's identities, for servers under test. */
export interface Lab {
  readonly sts: Listener;
  readonly stsState: ServerState;
  /** Calls that STS was asked. */
  readonly calls: () => number;
  readonly mint: (name: string, clusterId?: string) => string;
  /** While this runs, STS takes requests and answers none. */
  readonly whileSilent: (action: () => Promise<void>) => Promise<void>;
  /** Settings that serve with it on free ports; a map with alice, in a state directory of its own. */
  readonly settings: (changes?: Partial<ServeSettings>) => ServeSettings;
  readonly stop: () => Promise<void>;
}

/** A map of one user: `alice` by default. */
export function mapText(user = "alice"): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: aws-auth
  namespace: kube-system
data:
  mapUsers: |
    - userarn: arn:aws:iam::111122223333:user/${user}
      username: ${user}
      groups: [admins]
`;
}

/** A file with such a map. */
export function mapFile(user?: string): string {
  const path = join(temporaryDirectory(), "map.yaml");
  writeFileSync(path, mapText(user));
  return path;
}

export async function startLab(): Promise<Lab> {
  const { deps } = world();
  const parsed = parseIam(readFileSync(join(import.meta.dir, "../../sts/iam.example.yaml"), "utf8"), "iam.yaml");
  if (!parsed.ok) throw new Error(parsed.errors[0].message);
  const iam: Iam = parsed.iam;
  const names = allStsHosts().map(({ host }) => host);
  const stsState = await openStateDir(temporaryDirectory(), serverNamesFor("127.0.0.1", names), deps);
  const answer = createSts({ iam: () => iam, now: Date.now, requestId: () => "request" });
  let calls = 0;
  let silence: Promise<void> | undefined;
  const sts = listen(
    async (request) => {
      calls += 1;
      await silence;
      return await answer(request);
    },
    {
      address: { host: "127.0.0.1", port: 0 },
      certPem: stsState.certPem,
      keyPem: stsState.keyPem,
      maxRequestBodyBytes: 65_536,
      onDefect: (error) => {
        throw error;
      },
      timers: deps.timers,
    },
  );
  return {
    sts,
    stsState,
    calls: () => calls,
    mint: (name, clusterId = "demo") =>
      mintToken({ clusterId, credentials: credentialsOf(iam, name), region: "us-west-2" }).token,
    whileSilent: async (action) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      silence = promise;
      try {
        await action();
      } finally {
        silence = undefined;
        resolve();
      }
    },
    settings: (changes = {}) => ({
      listen: { host: "127.0.0.1", port: 0 },
      operations: { host: "127.0.0.1", port: 0 },
      stateDir: temporaryDirectory(),
      certificate: undefined,
      clientCa: undefined,
      clusters: [{ id: "demo", awsAuth: { path: mapFile(), flag: "--aws-auth" }, path: "/authenticate" }],
      partition: "aws",
      regions: [],
      stsHosts: [],
      unsafeStsDial: {
        address: { host: "127.0.0.1", port: sts.port },
        ca: { path: stsState.paths.ca, flag: "--sts-ca" },
      },
      futureSkewSeconds: 300,
      gate: GATE_DEFAULTS,
      drainSeconds: 5,
      ...changes,
    }),
    stop: sts.stop,
  };
}

/** A TokenReview as kube-apiserver sends it. */
export function reviewBody(token: string): string {
  return JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token } });
}

/** The status of the TokenReview that comes back. */
export async function review(
  url: string,
  token: string,
  tls: { readonly ca: string; readonly cert?: string; readonly key?: string },
): Promise<{ readonly authenticated: boolean; readonly user?: { readonly username: string } }> {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: reviewBody(token), tls, keepalive: false });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return ((await response.json()) as { status: { authenticated: boolean } }).status;
}
