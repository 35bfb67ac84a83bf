/** `just now`, `3 minutes ago`, `in 14 minutes`, `6 years ago`: the largest whole unit. */
export function ago(then: number, now: number): string {
  const seconds = Math.trunc((then - now) / 1000);
  const size = Math.abs(seconds);
  if (size === 0) return "just now";
  const [name, length] = UNITS.find(([, unit]) => size >= unit) ?? ["second", 1];
  const count = Math.floor(size / length);
  const text = `${count} ${name}${count === 1 ? "" : "s"}`;
  return seconds > 0 ? `in ${text}` : `${text} ago`;
}

const UNITS = [
  ["year", 31_557_600],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `2026-01-02T03:04:05Z`. */
export function isoSeconds(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}
