import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ledger } from "./ledger.ts";
import type { Tools } from "./tools.ts";

/** What `main.ts` hands to the test files through the environment. */
export interface Run {
  readonly tools: Tools;
  /** Everything that the run writes is below this folder. */
  readonly folder: string;
}

const VARIABLE = "IAMGATE_E2E_RUN";

/** Makes a run's folder, in a place of its own below the system's temporary folder. */
export function newRun(tools: Tools): Run {
  return { tools, folder: mkdtempSync(join(tmpdir(), "iamgate-e2e-")) };
}

/** The environment by which a test process finds its run. */
export function environmentOf(run: Run): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(run) };
}

/**
 * The run that this test process is part of.
 *
 * @throws Error when the file was not started by `main.ts`, which finds and builds the tools.
 */
export function currentRun(): Run {
  const text = process.env[VARIABLE];
  if (text === undefined) {
    throw new Error(`${VARIABLE}: not set; run the file through the ring: npm run e2e -- login`);
  }
  return JSON.parse(text) as Run;
}

/** The run's list of live processes. */
export function ledgerOf(run: Run): Ledger {
  return new Ledger(join(run.folder, "processes"));
}
