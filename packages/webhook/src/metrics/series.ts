import type { MetricDefinition } from "./definitions.ts";

/** A number that only grows. */
export class Counter {
  value = 0;

  increment(): void {
    this.value += 1;
  }
}

/** A number that goes up and down. */
export class Gauge {
  value = 0;
}

/** How many observations fell into which bucket. */
export class Histogram {
  readonly bounds: readonly number[];
  /** One for each bound, and a last one for what is over them all. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = [...bounds, Infinity].map(() => 0);
  }

  /** @param value - anything but a positive number counts as 0: a clock that was set back measures less than nothing. */
  observe(value: number): void {
    const measured = value > 0 ? value : 0;
    let at = 0;
    while (measured > (this.bounds[at] ?? Infinity)) at += 1;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.sum += measured;
  }
}

/** All series of one metric; to be asked for them once, not for every observation. */
export interface Family<Series> {
  readonly definition: MetricDefinition;
  /** Keyed by their label values, in the definition's order. */
  readonly series: ReadonlyMap<readonly string[], Series>;
  /**
   * The series of these label values, begun at zero when there is none.
   *
   * @throws RangeError for a value outside the closed list.
   */
  readonly of: (...values: readonly string[]) => Series;
}

/**
 * A metric without series yet.
 *
 * @param definition - its entry in the table of metrics.
 * @param begin - makes a series at zero.
 * @param given - the values of those labels whose list the configuration closes.
 */
export function createFamily<Series>(
  definition: MetricDefinition,
  begin: () => Series,
  given: Readonly<Record<string, readonly string[]>> = {},
): Family<Series> {
  const allowed = definition.labels.map(({ name, values }) => new Set(values === "given" ? given[name] : values));
  const series = new Map<readonly string[], Series>();
  const byKey = new Map<string, Series>();
  const of = (...values: readonly string[]): Series => {
    if (values.length !== allowed.length || !values.every((value, at) => allowed[at]?.has(value))) {
      throw new RangeError(`metric ${definition.name}: label values outside their closed list`);
    }
    const key = JSON.stringify(values);
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const begun = begin();
    byKey.set(key, begun);
    series.set(values, begun);
    return begun;
  };
  return { definition, series, of };
}
