import { OTHER } from "./definitions.ts";
import type { Counter, Family } from "./series.ts";

/**
 * The counters of one result, begun at zero for all its reasons: whoever watches a rate misses no first increment. What
 * is not among the reasons counts as {@link OTHER} and makes no series of its own.
 */
export function countersByReason(
  family: Family<Counter>,
  result: string,
  reasons: readonly string[],
): (reason: string) => Counter {
  const counters = new Map(reasons.map((reason) => [reason, family.of(result, reason)]));
  return (reason) => counters.get(reason) ?? family.of(result, OTHER);
}
