import { METRICS } from "./definitions.ts";
import { Counter, createFamily, type Family, Gauge } from "./series.ts";

/** What a process has used up to now. */
export interface ProcessUsage {
  /** User and system time. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

/** The process itself, under the names that Prometheus' client libraries agree on; its build and its certificate. */
export interface ProcessMetrics {
  readonly certificate: (notAfter: number) => void;
  /** Reads what the process has used; to be called before rendering. */
  readonly read: () => void;
  readonly families: readonly Family<Counter | Gauge>[];
}

/** The certificate's end has no series until one is served: 0 would be one that ended in 1970. */
export function createProcessMetrics(options: {
  readonly version: string;
  readonly runtime: string;
  readonly usage: () => ProcessUsage;
}): ProcessMetrics {
  const { version, runtime } = options;
  const gauge = (): Gauge => new Gauge();
  const expiry = createFamily(METRICS.certificateExpiry, gauge);
  const buildInfo = createFamily(METRICS.buildInfo, gauge, { version: [version], runtime: [runtime] });
  const cpu = createFamily(METRICS.processCpu, () => new Counter());
  const residentMemory = createFamily(METRICS.processResidentMemory, gauge);
  const start = createFamily(METRICS.processStart, gauge);
  buildInfo.of(version, runtime).value = 1;
  return {
    certificate: (notAfter) => {
      expiry.of().value = notAfter / 1000;
    },
    read: () => {
      const { cpuSeconds, residentBytes, startedAt } = options.usage();
      cpu.of().value = cpuSeconds;
      residentMemory.of().value = residentBytes;
      start.of().value = startedAt / 1000;
    },
    families: [expiry, buildInfo, cpu, residentMemory, start],
  };
}
