/** A docstring, taken apart. */
export interface Docstring {
  /** The text before the first tag. */
  readonly summary: string;
  /** In order; `text` is what follows the name of the tag, to the next. */
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

/** A piece of code in a text, between ```` ```ts ```` and ```` ``` ````. */
export interface Fence {
  readonly code: string;
  /** Of its first line of code, from 0, in the text. */
  readonly line: number;
}

/** Takes a docstring apart at its tags; a tag inside a fence is code. */
export function readDocstring(comment: string): Docstring {
  const summary: string[] = [];
  const tags: { name: string; text: string }[] = [];
  let fenced = false;
  for (const line of plainLines(comment)) {
    if (line.startsWith("```")) fenced = !fenced;
    const match = fenced ? undefined : /^@([a-zA-Z]+)(?:\s+|$)(.*)$/.exec(line);
    const last = tags.at(-1);
    if (match?.[1] !== undefined) tags.push({ name: match[1], text: match[2] ?? "" });
    else if (last === undefined) summary.push(line);
    else last.text += `\n${line}`;
  }
  return { summary: summary.join("\n").trim(), tags: tags.map(({ name, text }) => ({ name, text: text.trim() })) };
}

/** The lines of a comment without its stars: line for line, so that positions stay. */
export function plainLines(comment: string): string[] {
  return comment
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd());
}

/** The TypeScript in a text. */
export function fencesIn(lines: readonly string[]): Fence[] {
  const fences: Fence[] = [];
  let open: { readonly line: number; readonly isTypeScript: boolean } | undefined;
  for (const [at, line] of lines.entries()) {
    const info = /^\s*```(.*)$/.exec(line)?.[1]?.trim();
    if (info === undefined) continue;
    if (open === undefined) open = { line: at + 1, isTypeScript: info === "ts" };
    else {
      if (open.isTypeScript) fences.push({ code: `${lines.slice(open.line, at).join("\n")}\n`, line: open.line });
      open = undefined;
    }
  }
  return fences;
}
