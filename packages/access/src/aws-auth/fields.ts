import { isMap, isScalar, isSeq, type Node, type YAMLMap } from "yaml";
import { asciiFold } from "../lib/ascii-fold.ts";
import { foreignTag, offsetOf, pairsOf, readText, type YamlTree } from "./yaml-tree.ts";
import { FINDING_RULES } from "./finding-rules.ts";
import { finding, type OffsetFinding, quote } from "./findings.ts";

/** A field of an entry that has won over others of its name. */
export interface Field {
  readonly value: Node | undefined;
  /** Where its key stands. */
  readonly offset: number;
}

/** An entry's fields by name, or undefined where the entry is beyond reading. */
export type Fields = ReadonlyMap<string, Field>;

/**
 * Collects the fields of a map, as Go's YAML and JSON readers do between them: a merge key overrides the keys before it,
 * of one key twice the last counts, names are known whatever their case, and of two spellings the byte-wise last counts.
 *
 * @param map - The map as it is written.
 * @param known - The field names, in lower case.
 * @param report - Receives what is odd.
 */
export function collectFields(
  map: YAMLMap,
  known: readonly string[],
  tree: YamlTree,
  report: (odd: OffsetFinding) => void,
): Fields | undefined {
  const written = new Map<string, Field>();
  if (!collect(map, written, tree, report)) return undefined;

  const fields = new Map<string, Field>();
  const spellings = new Map<string, string>();
  for (const key of [...written.keys()].toSorted()) {
    const field = written.get(key) as Field;
    const name = foldKey(key);
    if (!known.includes(name)) {
      report(
        finding(FINDING_RULES.unknownKey, {
          message: `${quote(key)} is no field of this entry, and nobody reads it.`,
          hint: `Fields here are ${known.join(", ")}.`,
          offset: field.offset,
        }),
      );
      continue;
    }
    const other = spellings.get(name);
    if (other !== undefined) {
      report(
        finding(FINDING_RULES.duplicateKey, {
          message: `${quote(other)} and ${quote(key)} are the same field, and the latter counts.`,
          hint: `Keep one, in lower case: ${name}.`,
          offset: field.offset,
        }),
      );
    } else if (key !== name && !CAMEL_CASE.has(key)) {
      report(
        finding(FINDING_RULES.keyCase, {
          message: `${quote(key)} is read as ${name}.`,
          hint: `Write ${name}, as everybody does.`,
          offset: field.offset,
        }),
      );
    }
    spellings.set(name, key);
    fields.set(name, field);
  }
  return fields;
}

function collect(
  map: YAMLMap,
  into: Map<string, Field>,
  tree: YamlTree,
  report: (odd: OffsetFinding) => void,
): boolean {
  const here = new Set<string>();
  for (const { key: keyNode, value: valueNode } of pairsOf(map)) {
    const key = keyNode === null ? undefined : tree.deref(keyNode);
    const offset = offsetOf(keyNode) ?? offsetOf(map) ?? 0;
    const value = valueNode === null ? undefined : tree.deref(valueNode);
    if (isScalar(key) && key.value === "<<" && key.type === "PLAIN") {
      if (!merge(value, into, tree, report)) {
        report(
          finding(FINDING_RULES.mergeNotMap, {
            message: "The merge key << is given something that is no map.",
            hint: "Give << an alias of a map, or a list of such aliases.",
            offset,
          }),
        );
        return false;
      }
      continue;
    }
    const text = readText(key);
    if (text.kind !== "text") {
      report(
        finding(FINDING_RULES.keyNotText, {
          message: "A key of this entry is no text.",
          hint: "Keys are plain words such as username; put {{…}} and other values into quotes.",
          offset,
        }),
      );
      continue;
    }
    if (here.has(text.text)) {
      report(
        finding(FINDING_RULES.duplicateKey, {
          message: `${quote(text.text)} is written twice in this entry, and the last one counts.`,
          hint: `Keep one ${text.text}.`,
          offset,
        }),
      );
    }
    here.add(text.text);
    into.set(text.text, { value, offset });
  }
  return true;
}

function merge(
  value: Node | undefined,
  into: Map<string, Field>,
  tree: YamlTree,
  report: (odd: OffsetFinding) => void,
): boolean {
  if (isMap(value)) return collect(value, into, tree, report);
  if (!isSeq(value)) return false;
  // Backwards: of several, the earlier counts.
  return (value.items as (Node | null)[]).toReversed().every((item) => {
    const map = item === null ? undefined : tree.deref(item);
    return isMap(map) && collect(map, into, tree, report);
  });
}

/** Reports a tag that is not followed. */
export function reportForeignTag(node: Node | undefined, report: (odd: OffsetFinding) => void): boolean {
  const tag = node && foreignTag(node);
  if (tag === undefined) return false;
  report(
    finding(FINDING_RULES.foreignTag, {
      message: `The tag ${quote(tag)} is not of YAML's core, and this entry is refused.`,
      hint: "Write the value itself, without a tag.",
      offset: offsetOf(node) ?? 0,
    }),
  );
  return true;
}

// As encoding/json folds names: simple Unicode folding, in which two letters beyond ASCII are equal to one within.
function foldKey(key: string): string {
  return asciiFold(key).replaceAll("\u017F", "s").replaceAll("\u212A", "k");
}

// How the Go authenticator's own documentation writes the fields of sso.
const CAMEL_CASE: ReadonlySet<string> = new Set(["permissionSetName", "accountID"]);
