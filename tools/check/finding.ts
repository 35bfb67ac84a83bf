/** Something in the repository that breaks a rule of the house. */
export interface Finding {
  /** A path from the repository's root. */
  readonly file: string;
  /** From 1; absent where the whole file is meant. */
  readonly line?: number;
  /** What is wrong. */
  readonly problem: string;
  /** What to do about it; absent where the problem says it. */
  readonly next?: string;
}

/** What a check has to say. */
export interface Report {
  /** What was looked at, for example `12 packages, 80 files`. */
  readonly summary: string;
  readonly findings: readonly Finding[];
}

/** `packages/token/src/mint.ts:12: problem; next`, as editors and terminals make links of. */
export function formatFinding({ file, line, problem, next }: Finding): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `${place}: ${problem}${next === undefined ? "" : `; ${next}`}`;
}
