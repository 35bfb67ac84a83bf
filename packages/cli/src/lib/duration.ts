const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** What {@link parseDuration} takes, for people. */
export const DURATION_FORM = "a whole number and a unit (ms, s, m or h), for example 10s";

/** The same as a pattern, for editors. */
export const DURATION_PATTERN = /^(0|[1-9]\d{0,8})(ms|s|m|h)$/;

/** `500ms`, `10s`, `5m`, `1h` in milliseconds; a number without its unit is none, since everybody would guess another. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit] = DURATION_PATTERN.exec(text) ?? [];
  const milliseconds = UNITS.get(unit ?? "");
  return milliseconds === undefined ? undefined : Number(digits) * milliseconds;
}

/** The shortest way to write it: `10s`, `1500ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  const [unit, size] = [...UNITS].findLast(([, each]) => milliseconds % each === 0) ?? ["ms", 1];
  return `${milliseconds / size}${unit}`;
}
