import { type MetricDefinition, METRICS } from "@iamgate/webhook";
import { readPromql, type Selector } from "./promql.ts";

/** Added by Prometheus as it scrapes. */
const OF_SCRAPING: readonly string[] = ["instance", "job"];
const DEFINITIONS: readonly MetricDefinition[] = Object.values(METRICS);

/** What is wrong with an expression, measured by the table of metrics; nothing when it will find what it asks for. */
export function problemsOf(expression: string): readonly string[] {
  const { selectors, grouping } = readPromql(expression);
  if (selectors.length === 0) return ["asks for no metric"];
  const known = selectors.flatMap(({ metric }) => labelsOf(metric));
  return [
    ...selectors.flatMap(problemsOfSelector),
    ...grouping.filter((label) => !known.includes(label)).map((label) => `groups by ${label}, which nothing has`),
  ];
}

/** The labels that the answer to an expression has: those it is grouped by, or else those of its metrics. */
export function resultLabelsOf(expression: string): readonly string[] {
  const { selectors, grouping } = readPromql(expression);
  if (grouping.length > 0) return grouping;
  return /\b(?:sum|min|max|count|topk|absent)\b/.test(expression)
    ? []
    : selectors.flatMap(({ metric }) => labelsOf(metric));
}

function problemsOfSelector({ metric, matchers, isRange }: Selector): readonly string[] {
  const definition = definitionOf(metric);
  if (definition === undefined) return [`${metric}: no such metric`];
  const grows = definition.type !== "gauge";
  return [
    ...(grows && !isRange ? [`${metric} only grows: take its rate`] : []),
    ...matchers.flatMap(({ label, values }) => {
      if (!labelsOf(metric).includes(label)) return [`${metric} has no label ${label}`];
      const closed = definition.labels.find(({ name }) => name === label)?.values ?? "given";
      const unknown = closed === "given" ? [] : values.filter((value) => !closed.includes(value));
      return unknown.map((value) => `${metric}: ${label} is never "${value}"`);
    }),
  ];
}

/** A histogram is asked for by its buckets, its sum or its count, and never by its name alone. */
function definitionOf(metric: string): MetricDefinition | undefined {
  const histogram = metric.replace(/_(?:bucket|sum|count)$/, "");
  return DEFINITIONS.find(({ name, type }) =>
    type === "histogram" ? name === histogram && name !== metric : name === metric,
  );
}

function labelsOf(metric: string): readonly string[] {
  const own = definitionOf(metric)?.labels.map(({ name }) => name) ?? [];
  return [...own, ...(metric.endsWith("_bucket") ? ["le"] : []), ...OF_SCRAPING];
}
