import type { ValueFlag } from "./args.ts";

/** How a command prints its result. */
export type OutputFormat = "text" | "json";

/** `--output text|json`. */
export const OUTPUT_FLAG: ValueFlag<OutputFormat, true> = {
  kind: "value",
  given: true,
  short: "o",
  placeholder: "FORMAT",
  parse: (text) => (text === "text" || text === "json" ? text : undefined),
  expected: "text or json",
  default: "text",
  help: "text for people, json for programs",
};
