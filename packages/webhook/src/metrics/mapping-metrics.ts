import type { Mappings } from "@iamgate/access";
import { METRICS } from "./definitions.ts";
import { createFamily, type Family, Gauge } from "./series.ts";

/** The mapping of each cluster. */
export interface MappingMetrics {
  readonly loaded: (clusterId: string, mappings: Mappings) => void;
  readonly kept: (clusterId: string) => void;
  readonly families: readonly Family<Gauge>[];
}

/** Begins with no mapping in force for any cluster. */
export function createMappingMetrics(options: {
  readonly clusters: readonly string[];
  readonly now: () => number;
}): MappingMetrics {
  const gauge = (): Gauge => new Gauge();
  const given = { cluster: options.clusters };
  const entries = createFamily(METRICS.mappingEntries, gauge, given);
  const lastSuccess = createFamily(METRICS.mappingLastSuccess, gauge, given);
  const lastReload = createFamily(METRICS.mappingLastReloadSuccessful, gauge, given);
  const families = [entries, lastSuccess, lastReload];
  for (const cluster of options.clusters) for (const family of families) family.of(cluster);
  return {
    loaded: (clusterId, mappings) => {
      entries.of(clusterId).value = mappings.entries.length;
      lastSuccess.of(clusterId).value = options.now() / 1000;
      lastReload.of(clusterId).value = 1;
    },
    kept: (clusterId) => {
      lastReload.of(clusterId).value = 0;
    },
    families,
  };
}
