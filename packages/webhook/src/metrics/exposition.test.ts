import fc from "fast-check";
import { Counter as PromCounter, Gauge as PromGauge, Histogram as PromHistogram, Registry } from "prom-client";
import { expect, test } from "vitest";
import { readSamples } from "../../test/samples.ts";
import type { MetricDefinition } from "./definitions.ts";
import { formatMetrics } from "./exposition.ts";
import { Counter, createFamily, Gauge, Histogram } from "./series.ts";

const labelled = (type: MetricDefinition["type"], values: readonly string[] | "given"): MetricDefinition => ({
  name: `m_${type}`,
  type,
  help: "Some help",
  labels: [{ name: "a", values }],
});

test("formatMetrics: samples, help and type as prom-client writes them, whatever the label values hold", async () => {
  const label = fc.oneof(fc.string(), fc.constantFrom('"', "\\", "\n", '\\"', "\\n", "é", ""));
  const numbers = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.tuple(label, numbers), { selector: ([a]) => a, maxLength: 5 }), async (rows) => {
      const registry = new Registry();
      const of = (type: string) => ({ name: `m_${type}`, help: "Some help", labelNames: ["a"], registers: [registry] });
      const theirs = {
        counter: new PromCounter(of("counter")),
        gauge: new PromGauge(of("gauge")),
        histogram: new PromHistogram({ ...of("histogram"), buckets: [0.5, 1, 10] }),
      };
      const given = { a: rows.map(([a]) => a) };
      const ours = {
        counter: createFamily(labelled("counter", "given"), () => new Counter(), given),
        gauge: createFamily(labelled("gauge", "given"), () => new Gauge(), given),
        histogram: createFamily(labelled("histogram", "given"), () => new Histogram([0.5, 1, 10]), given),
      };
      for (const [a, values] of rows) {
        for (const value of values) {
          theirs.counter.inc({ a });
          ours.counter.of(a).increment();
          theirs.gauge.set({ a }, value);
          ours.gauge.of(a).value = value;
          theirs.histogram.observe({ a }, value);
          ours.histogram.of(a).observe(value);
        }
      }
      const text = formatMetrics([ours.counter, ours.gauge, ours.histogram]);
      const expected = await registry.metrics();
      expect(readSamples(text)).toEqual(readSamples(expected));
      const comments = (from: string): string[] => from.split("\n").filter((line) => line.startsWith("#"));
      expect(comments(text)).toEqual(comments(expected));
    }),
    { numRuns: 200 },
  );
});

test("Histogram: a value on a bound belongs to it, and the last bucket is the count", () => {
  const family = createFamily(labelled("histogram", ["x"]), () => new Histogram([1, 2]));
  for (const value of [0.5, 1, 2, 2.5]) family.of("x").observe(value);
  expect(Object.fromEntries(readSamples(formatMetrics([family])))).toEqual({
    'm_histogram_bucket{a="x",le="1"}': 2,
    'm_histogram_bucket{a="x",le="2"}': 3,
    'm_histogram_bucket{a="x",le="+Inf"}': 4,
    'm_histogram_sum{a="x"}': 6,
    'm_histogram_count{a="x"}': 4,
  });
});

test("Histogram: a clock that was set back spoils no sum", () => {
  const histogram = new Histogram([1]);
  for (const value of [-5, Number.NaN, -0]) histogram.observe(value);
  expect([histogram.counts, histogram.sum]).toEqual([[3, 0], 0]);
});

test("createFamily: a value outside the closed list, too few and too many are a RangeError, and make no series", () => {
  const family = createFamily(labelled("counter", ["x"]), () => new Counter());
  for (const values of [["y"], [], ["x", "x"], ["constructor"]]) expect(() => family.of(...values)).toThrow(RangeError);
  expect(family.series.size).toBe(0);
  expect(family.of("x")).toBe(family.of("x"));
});
