import type { Lab } from "./lab.ts";
import type { Report } from "./report.ts";

/** How long and how often to measure. */
export interface Amount {
  /** Rounds of a slice for each webhook; each benchmark has a default of its own where absent. */
  readonly slices: number | undefined;
  readonly seconds: number | undefined;
  readonly minutes: number;
}

/** A benchmark of the webhooks. */
export interface WebhookBenchmark {
  readonly name: string;
  readonly run: (lab: Lab, amount: Amount) => Promise<Report>;
}
