import { type Spread, spreadOf } from "./statistics.ts";
import type { Rounds } from "./slice.ts";

/** What a benchmark found. */
export interface Report {
  readonly name: string;
  /** What was done, in a sentence or two. */
  readonly what: string;
  readonly rows: readonly Row[];
  /** What a reader must know of this very run. */
  readonly remarks: readonly string[];
}

/** One measure, side by side. */
export interface Row {
  readonly measure: string;
  readonly iamgate: Spread;
  readonly peer: Spread | undefined;
  /** iamgate's over the peer's, round by round; undefined without a peer, or where the peer's is 0. */
  readonly ratio: Spread | undefined;
}

/** Makes a row of what each round gave. */
export function rowOf<T>(measure: string, rounds: Rounds<T>, value: (round: T) => number): Row {
  const iamgate = rounds.iamgate.map(value);
  const peer = rounds.peer.map(value);
  const ratios = iamgate.flatMap((ours, round) => {
    const theirs = peer[round];
    return theirs === undefined || theirs === 0 ? [] : [ours / theirs];
  });
  return {
    measure,
    iamgate: spreadOf(iamgate),
    peer: peer.length === 0 ? undefined : spreadOf(peer),
    ratio: ratios.length === 0 ? undefined : spreadOf(ratios),
  };
}

const HEAD = ["", "iamgate", "Go authenticator", "ratio", "range"] as const;

/** For a terminal: columns aligned by blanks. */
export function reportText({ name, what, rows, remarks }: Report): string {
  const table = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
  return [`${name}: ${what}`, ...lines.map((line) => `  ${line}`), ...remarks.map((remark) => `  ${remark}`), ""].join(
    "\n",
  );
}

/** The same for a document. */
export function reportMarkdown({ name, what, rows, remarks }: Report): string {
  const table = [HEAD, ["---", "---:", "---:", "---:", "---:"], ...rows.map(cells)];
  return [
    `## ${name}`,
    "",
    what,
    "",
    ...table.map((row) => `| ${row.join(" | ")} |`),
    ...remarks.flatMap((remark) => ["", remark]),
    "",
  ].join("\n");
}

function cells({ measure, iamgate, peer, ratio }: Row): readonly string[] {
  return [
    measure,
    figure(iamgate.median),
    peer === undefined ? "–" : figure(peer.median),
    ratio === undefined ? "–" : `${ratio.median.toFixed(2)}×`,
    ratio === undefined ? "–" : `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`,
  ];
}

/** Three digits are more than such a measurement is good for. */
function figure(value: number): string {
  if (Number.isInteger(value) || value >= 100) return Math.round(value).toLocaleString("en");
  return value.toPrecision(value < 1 ? 2 : 3);
}
