/** One cycle for each group of nodes that reach each other: `[a, b, a]`. */
export function cyclesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  for (const start of graph.keys()) {
    if (done.has(start)) continue;
    const cycle = pathBack(graph, start, done);
    if (cycle === undefined) continue;
    cycles.push(cycle);
    for (const node of cycle) done.add(node);
  }
  return cycles;
}

/** The shortest way from a node back to itself, by breadth. */
function pathBack(
  graph: ReadonlyMap<string, ReadonlySet<string>>,
  start: string,
  skip: ReadonlySet<string>,
): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.get(node) ?? []) {
      if (next === start) return trace(cameFrom, start, node);
      if (cameFrom.has(next) || skip.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return undefined;
}

function trace(cameFrom: ReadonlyMap<string, string>, start: string, last: string): string[] {
  const path = [start];
  for (let node: string | undefined = last; node !== undefined && node !== start; node = cameFrom.get(node))
    path.unshift(node);
  return [start, ...path];
}
