import type { Tree } from "./tree.ts";
import type { PolicyPlace, PolicyProblem } from "./types.ts";

/** What was found wrong with a policy so far. */
export interface Problems {
  readonly found: PolicyProblem[];
  /** Reports that something is not as expected; `value` is what stands there. */
  readonly report: (place: PolicyPlace, field: string, expected: string, value?: string) => undefined;
}

/** Whoever has more to correct reads again anyway. */
const MAX_PROBLEMS = 100;
const MAX_SHOWN = 80;

export function collectProblems(): Problems {
  const found: PolicyProblem[] = [];
  return {
    found,
    report: (place, field, expected, value) => {
      if (found.length >= MAX_PROBLEMS) return undefined;
      const shown = value !== undefined && value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
      found.push({ place, field, expected, ...(shown !== undefined && { value: shown }) });
      return undefined;
    },
  };
}

/** The text of a value that has to be one. */
export function textOf(tree: Tree, field: string, problems: Problems): string | undefined {
  return tree.kind === "text" ? tree.text : problems.report(tree.place, field, "a text");
}

/** The texts of a value that is one text or a list of at least one. */
export function textsOf(tree: Tree, field: string, problems: Problems): readonly (Tree & { readonly kind: "text" })[] {
  const items = tree.kind === "list" ? tree.items : [tree];
  if (items.length === 0) problems.report(tree.place, field, "at least one value");
  return items.flatMap((item) => {
    if (item.kind === "text") return [item];
    problems.report(item.place, field, "a text or a list of texts");
    return [];
  });
}
