import { describe, expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const NAMES = ["cluster-id", "listen", "state-dir", "sts", "serve"];

describe("nearest", () => {
  test("a slip of the fingers: missing, doubled, swapped or wrong letter finds the name", () => {
    expect(nearest("clster-id", NAMES)).toBe("cluster-id");
    expect(nearest("listten", NAMES)).toBe("listen");
    expect(nearest("sevre", NAMES)).toBe("serve");
    expect(nearest("CLUSTER_ID", NAMES)).toBe("cluster-id");
  });

  test("the beginning of a name: finds it", () => {
    expect(nearest("clus", NAMES)).toBe("cluster-id");
  });

  test("something else altogether: finds nothing", () => {
    expect(nearest("frobnicate", NAMES)).toBeUndefined();
    expect(nearest("", NAMES)).toBeUndefined();
    expect(nearest("x".repeat(100_000), NAMES)).toBeUndefined();
  });
});
