import { Histogram, type Counter, type Family, type Gauge } from "./series.ts";

/** The content type of {@link formatMetrics}. */
export const EXPOSITION_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Metrics in Prometheus' text format, version 0.0.4.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function formatMetrics(families: readonly Family<Counter | Gauge | Histogram>[]): string {
  return families.map((family) => formatFamily(family)).join("");
}

function formatFamily({
  definition: { name, type, help, labels },
  series,
}: Family<Counter | Gauge | Histogram>): string {
  const lines = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`];
  for (const [values, each] of series) {
    const pairs = values.map((value, at) => `${labels[at]?.name}="${escapeValue(value)}"`);
    if (each instanceof Histogram) lines.push(...formatHistogram(name, pairs, each));
    else lines.push(sample(name, pairs, each.value));
  }
  return `${lines.join("\n")}\n`;
}

/** Buckets are cumulative, and the last one, `+Inf`, equals the count. */
function formatHistogram(
  name: string,
  pairs: readonly string[],
  { bounds, counts, sum }: Histogram,
): readonly string[] {
  let below = 0;
  const buckets = counts.map((count, at) => {
    below += count;
    return sample(`${name}_bucket`, [...pairs, `le="${formatNumber(bounds[at] ?? Infinity)}"`], below);
  });
  return [...buckets, sample(`${name}_sum`, pairs, sum), sample(`${name}_count`, pairs, below)];
}

function sample(name: string, pairs: readonly string[], value: number): string {
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${formatNumber(value)}`;
}

/** As Go's ParseFloat reads it. */
function formatNumber(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

function escapeValue(value: string): string {
  return escapeHelp(value).replaceAll('"', '\\"');
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
