import type { ServeSettings } from "./settings.ts";

/** What the webhook was built around: it takes a restart to change it. */
const FIXED = [
  "listen",
  "operations",
  "stateDir",
  "partition",
  "regions",
  "stsHosts",
  "unsafeStsDial",
  "futureSkewSeconds",
] as const satisfies readonly (keyof ServeSettings)[];

/**
 * What comes of new settings while the server runs: certificates, mapping files, limits and the drain time are taken over,
 * everything else stays as it is.
 *
 * @returns what is to be in force, and the names of the settings that need a restart.
 */
export function mergeSettings(
  current: ServeSettings,
  next: ServeSettings,
): { readonly settings: ServeSettings; readonly needRestart: readonly string[] } {
  const needRestart: string[] = FIXED.filter((name) => !Bun.deepEquals(current[name], next[name], true));
  const places = (of: ServeSettings): unknown => of.clusters.map(({ id, path }) => [id, path]);
  if (!Bun.deepEquals(places(current), places(next))) needRestart.push("clusters");
  const [first, ...others] = current.clusters.map((cluster) => ({
    ...cluster,
    awsAuth: next.clusters.find(({ id }) => id === cluster.id)?.awsAuth ?? cluster.awsAuth,
  }));
  return {
    settings: {
      ...current,
      clusters: first === undefined ? current.clusters : [first, ...others],
      certificate: next.certificate,
      clientCa: next.clientCa,
      gate: next.gate,
      drainSeconds: next.drainSeconds,
    },
    needRestart,
  };
}
