import { type Arn, parseArn } from "../arn.ts";
import { asciiFold } from "./ascii-fold.ts";

/**
 * Reads an ARN as people write it into a map, where case does not count: names keep theirs, the rest is folded.
 *
 * @returns Undefined for what is no principal's ARN, whatever its case.
 */
export function parseWrittenArn(text: string): Arn | undefined {
  const [, structure, name] = /^((?:[^:]*:){5}[^/]*)(.*)$/s.exec(text) ?? [];
  return structure === undefined ? undefined : parseArn(asciiFold(structure) + (name ?? ""));
}
