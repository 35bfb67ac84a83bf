import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type MetricDefinition, METRICS } from "@iamgate/webhook";
import { describe, expect, test } from "vitest";

const text = readFileSync(fileURLToPath(new URL("../../docs/metrics.md", import.meta.url)), "utf8");
const sections = new Map(
  text
    .split(/^(?=##+ )/m)
    .flatMap((section) => [...section.matchAll(/^### `([^`]+)`\n/g)].map(([, name = ""]) => [name, section] as const)),
);
const definitions: readonly MetricDefinition[] = Object.values(METRICS);

describe("docs/metrics.md", () => {
  test("has a section for every metric, and none for what is no metric", () => {
    expect([...sections.keys()].toSorted()).toEqual(definitions.map(({ name }) => name).toSorted());
  });

  for (const { name, type, labels } of definitions) {
    test(`${name}: type, labels and their values`, () => {
      const section = sections.get(name) ?? "";
      expect(section).toMatch(new RegExp(`\\n${type[0]?.toUpperCase()}${type.slice(1)}[,.]`));
      const told = [...section.matchAll(/^\| `(\w+)` \|(.*)\|$/gm)].map(([, label = "", values = ""]) => ({
        label,
        values,
      }));
      expect(told.map(({ label }) => label)).toEqual(labels.map((label) => label.name));
      for (const [at, { values }] of labels.entries()) {
        if (values === "given" || told[at]?.values.includes("errors.md")) continue;
        const named = [...(told[at]?.values ?? "").matchAll(/`([^`]+)`/g)].map(([, value = ""]) => value);
        expect(named.toSorted()).toEqual([...values].toSorted());
      }
    });
  }
});
