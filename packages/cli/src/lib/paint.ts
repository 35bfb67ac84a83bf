import { styleText } from "node:util";

/** Colours a text for a terminal, and leaves it alone elsewhere. */
export type Paint = (style: "green" | "red" | "yellow" | "bold" | "dim", text: string) => string;

/** Colour where the output is a terminal, unless `NO_COLOR` is set (https://no-color.org) or the terminal is `dumb`. */
export function paintFor(
  output: { readonly isTerminal: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const isPlain = !output.isTerminal || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return isPlain ? (_style, text) => text : (style, text) => styleText(style, text, { validateStream: false });
}
