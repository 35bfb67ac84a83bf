import { GATE_DEFAULTS } from "@iamgate/webhook";
import { describe, expect, test } from "vitest";
import { mergeSettings } from "./changes.ts";
import type { ServeSettings } from "./settings.ts";

const file = (path: string) => ({ path, flag: "f" });
const SETTINGS: ServeSettings = {
  listen: { host: "127.0.0.1", port: 1 },
  operations: undefined,
  stateDir: "/s",
  certificate: undefined,
  clientCa: undefined,
  clusters: [
    { id: "a", awsAuth: file("a.yaml"), path: "/authenticate/a" },
    { id: "b", awsAuth: file("b.yaml"), path: "/authenticate/b" },
  ],
  partition: "aws",
  regions: [],
  stsHosts: [],
  unsafeStsDial: undefined,
  futureSkewSeconds: 300,
  gate: GATE_DEFAULTS,
  drainSeconds: 10,
};

/** For every setting another value. */
const OTHER: ServeSettings = {
  listen: { host: "::1", port: 1 },
  operations: { host: "127.0.0.1", port: 2 },
  stateDir: "/t",
  certificate: { cert: file("c"), key: file("k") },
  clientCa: file("ca"),
  clusters: [{ id: "b", awsAuth: file("b2.yaml"), path: "/authenticate/b" }],
  partition: "aws-cn",
  regions: ["eu-west-9"],
  stsHosts: [{ authority: "h:1" }],
  unsafeStsDial: { address: { host: "h", port: 1 }, ca: file("ca") },
  futureSkewSeconds: 1,
  gate: { ...GATE_DEFAULTS, waitMs: 1 },
  drainSeconds: 1,
};

describe("mergeSettings", () => {
  test("nothing has changed: nothing is to be said or done", () => {
    expect(mergeSettings(SETTINGS, structuredClone(SETTINGS))).toEqual({ settings: SETTINGS, needRestart: [] });
  });

  test("each setting alone: is either in force or named, never both and never neither", () => {
    for (const name of Object.keys(OTHER) as (keyof ServeSettings)[]) {
      if (name === "clusters") continue;
      const next = { ...SETTINGS, [name]: OTHER[name] };
      const { settings, needRestart } = mergeSettings(SETTINGS, next);
      expect([settings, needRestart]).toEqual(Bun.deepEquals(settings, next) ? [next, []] : [SETTINGS, [name]]);
    }
  });

  test("clusters: mapping files are taken over by id, others stay; other clusters need a restart", () => {
    const { settings, needRestart } = mergeSettings(SETTINGS, OTHER);
    expect(settings.clusters).toEqual([
      SETTINGS.clusters[0],
      { id: "b", awsAuth: file("b2.yaml"), path: "/authenticate/b" },
    ]);
    expect(needRestart).toContain("clusters");
    const moved = {
      ...SETTINGS,
      clusters: [{ ...SETTINGS.clusters[0], awsAuth: file("z") }, ...SETTINGS.clusters.slice(1)],
    } as const;
    expect(mergeSettings(SETTINGS, moved)).toEqual({ settings: moved, needRestart: [] });
  });
});
