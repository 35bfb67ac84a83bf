import { isMap, isScalar, isSeq, type Node } from "yaml";
import type { Problem } from "../problem.ts";
import { fieldsOf, type YamlFile } from "../yaml-file.ts";
import type { GoSetting } from "./go-settings.ts";

/** The prefixes, or why the setting cannot be read. */
export type ReservedUsernames =
  | { readonly ok: true; readonly prefixes: readonly string[] }
  | { readonly ok: false; readonly problem: Problem };

/** Prefixes that usernames of the backend MountedFile may not begin with; those of other backends are theirs alone. */
export function reservedPrefixesOf(setting: GoSetting | undefined, file: YamlFile): ReservedUsernames {
  if (setting === undefined || setting.text === "") return { ok: true, prefixes: [] };
  const wrong = (node: Node | undefined): ReservedUsernames => ({
    ok: false,
    problem: {
      place: file.placeOf(node ?? setting.node),
      text: `${setting.name}: expected a list of entries with backendMode and usernamePrefixReserveList`,
      hint: "correct it; without it names would be given that are meant to be refused",
    },
  });
  if (!isSeq<Node | null>(setting.node)) return wrong(setting.node);
  let prefixes: readonly string[] = [];
  for (const item of setting.node.items) {
    const entry = file.follow(item);
    if (!isMap(entry)) return wrong(entry);
    const fields = new Map(
      fieldsOf(entry).map(({ key, value }) => [
        isScalar(key) ? String(key.value).toLowerCase() : "",
        file.follow(value),
      ]),
    );
    const mode = textOf(fields.get("backendmode"));
    const list = fields.get("usernameprefixreservelist");
    const texts = isSeq<Node | null>(list) ? list.items.map((each) => textOf(file.follow(each))) : [undefined];
    if (mode === undefined || !texts.every((each) => each !== undefined && each !== "")) return wrong(entry);
    // Of one backend twice the last counts (cmd/aws-iam-authenticator/root.go).
    if (mode === "MountedFile") prefixes = texts.filter((each) => each !== undefined);
  }
  return { ok: true, prefixes };
}

function textOf(node: Node | undefined): string | undefined {
  return isScalar(node) && typeof node.value === "string" ? node.value : undefined;
}
