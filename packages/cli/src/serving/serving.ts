import type { Mappings } from "@iamgate/access";
import { acceptedHosts } from "@iamgate/token";
import { createHealth, createMetrics, type Metrics, type StsDial } from "@iamgate/webhook";
import manifest from "../../package.json" with { type: "json" };
import type { Deps } from "../deps.ts";
import { formatAddress } from "../lib/address.ts";
import { notice, warn, warnOfDefect } from "../notices.ts";
import { MAX_WEBHOOK_BODY_BYTES } from "../start-webhook.ts";
import { lockStateDir } from "../state-dir.ts";
import { HttpServer, type TlsIdentity } from "../tls/http-server.ts";
import { listenRotating } from "../tls/listen-rotating.ts";
import { readCaFile } from "../tls/read-ca-file.ts";
import { reachableAt } from "../tls/server-names.ts";
import { warnOfDial } from "../verifier-flags.ts";
import { mergeSettings } from "./changes.ts";
import { openClusters } from "./clusters.ts";
import { placesOf, type ServedPlace, writeKubeconfigs } from "./kubeconfigs.ts";
import { openLiveTls, type ServedTls } from "./live-tls.ts";
import { createRouter } from "./router.ts";
import type { ServeSettings } from "./settings.ts";

/** A webhook that serves. */
export interface Serving {
  readonly clusters: readonly (ServedPlace & { readonly mappings: () => Mappings })[];
  /** `http://127.0.0.1:21363`, where health and metrics are; `undefined` for nowhere. */
  readonly operationsUrl: string | undefined;
  /** Takes over what can be taken over while it runs, and says what needs a restart. When it throws, everything is as it was. */
  readonly reload: (next: ServeSettings) => Promise<void>;
  /** Lets nobody new in and answers what was taken, for as long as the settings allow; returns how many were cut off. */
  readonly drain: () => Promise<number>;
  /** Ends everything at once. */
  readonly stop: () => Promise<void>;
}

/** Somebody who asks for health last is answered. */
const OPERATIONS_GRACE_MS = 500;

/**
 * Starts the webhook with all that belongs to it: mappings, gates, certificates, health, metrics, kubeconfigs.
 *
 * @throws CliError for what the user can put right; nothing is left running then.
 */
export async function startServing(first: ServeSettings, deps: Deps): Promise<Serving> {
  let settings = first;
  await using opened = new AsyncDisposableStack();
  const unlock = opened.adopt(await lockStateDir(settings.stateDir, deps), (release) => release());

  const hosts = acceptedHosts({
    partition: settings.partition,
    extraRegions: settings.regions,
    extraAuthorities: settings.stsHosts,
  });
  const metrics = metricsOf(settings, hosts, deps);
  let served: ServedTls | undefined;
  let isDraining = false;
  const health = createHealth({
    isMappingLoaded: () => true,
    certificate: () => served?.certificate.validity,
    isDraining: () => isDraining,
    metrics,
    now: deps.now,
  });

  const unsafeStsDial = await openDial(settings.unsafeStsDial, deps);
  const { partition, futureSkewSeconds } = settings;
  const shared = { hosts, partition, futureSkewSeconds, unsafeStsDial, metrics, health };
  const clusters = opened.adopt(await openClusters(settings, shared, deps), ({ stop }) => stop());

  const show = async (next: ServedTls): Promise<void> => {
    listener.rotate(identityOf(next));
    await told(next);
  };
  const told = async (next: ServedTls): Promise<void> => {
    served = next;
    metrics.certificate(next.certificate.validity.notAfter);
    await writeKubeconfigs(places, { base, trustPem: next.certificate.trustPem }, deps);
  };
  const tls = opened.adopt(await openLiveTls(settings, show, deps), ({ stop }) => stop());
  const common = {
    maxRequestBodyBytes: MAX_WEBHOOK_BODY_BYTES,
    onDefect: warnOfDefect(deps),
    timers: deps.timers,
  };
  const listener = opened.adopt(
    await listenRotating(createRouter(clusters.all), {
      ...common,
      address: settings.listen,
      tls: identityOf(tls.current()),
    }),
    async ({ finish }) => void (await finish(0)),
  );
  const base = `https://${formatAddress({ host: reachableAt(settings.listen.host), port: listener.port })}`;
  const places = placesOf(settings.clusters, { base, stateDir: settings.stateDir });
  await told(tls.current());

  const operations =
    settings.operations &&
    opened.adopt(
      new HttpServer(health, { ...common, address: settings.operations, flag: "--operations", sharesPort: false }),
      async (server) => void (await server.finish(0)),
    );

  const running = opened.move();
  return {
    clusters: places.map((place, index) => ({
      ...place,
      mappings: () => clusters.all[index]?.mappings() ?? NO_MAPPINGS,
    })),
    operationsUrl:
      settings.operations &&
      operations &&
      `http://${formatAddress({ host: reachableAt(settings.operations.host), port: operations.port })}`,
    reload: async (next) => {
      const merged = mergeSettings(settings, next);
      const mappings = await clusters.reopen(merged.settings);
      try {
        await tls.reload(merged.settings);
      } catch (cause) {
        mappings.discard();
        throw cause;
      }
      mappings.take();
      settings = merged.settings;
      for (const name of merged.needRestart)
        warn(deps, `setting ${name}: has changed, which takes effect at a restart`);
      notice(deps, "settings, mappings and certificates were read again and are in force");
    },
    drain: async () => {
      isDraining = true;
      const deadline = deps.monotonicNow() + settings.drainSeconds * 1000;
      if (settings.drainSeconds > 0) await listener.close();
      unlock();
      const cutOff = await listener.finish(deadline - deps.monotonicNow());
      await operations?.finish(OPERATIONS_GRACE_MS);
      return cutOff;
    },
    stop: () => running.disposeAsync(),
  };
}

const NO_MAPPINGS: Mappings = { source: "", entries: [] };

function metricsOf(settings: ServeSettings, hosts: ReturnType<typeof acceptedHosts>, deps: Deps): Metrics {
  return createMetrics({
    version: manifest.version,
    runtime: `bun ${Bun.version}`,
    clusters: settings.clusters.map(({ id }) => id),
    hosts,
    usage: deps.usage,
    now: deps.now,
  });
}

async function openDial(dial: ServeSettings["unsafeStsDial"], deps: Deps): Promise<StsDial | undefined> {
  if (dial === undefined) return undefined;
  const opened = { ...dial.address, ca: await readCaFile(dial.ca, deps.files) };
  warnOfDial(deps, opened, dial.ca.path);
  return opened;
}

function identityOf({ certificate: { certPem, keyPem }, clientCaPem }: ServedTls): TlsIdentity {
  return clientCaPem === undefined ? { certPem, keyPem } : { certPem, keyPem, clientCaPem };
}
