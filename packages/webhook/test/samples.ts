/** A reader of Prometheus' text format that shares nothing with the writer: series, its labels sorted, to value. */
export function readSamples(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name = "", labels = "", value = ""] =
      /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/.exec(line) ?? [];
    if (name === "") throw new Error(`no sample: ${line}`);
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([pair]) => pair).toSorted();
    const series = pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
    if (samples.has(series)) throw new Error(`told twice: ${series}`);
    samples.set(series, value === "+Inf" ? Infinity : Number(value));
  }
  return samples;
}
