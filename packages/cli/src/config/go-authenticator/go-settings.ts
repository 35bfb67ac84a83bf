import { isMap, isScalar, isSeq, type Node } from "yaml";
import { quote } from "../../lib/quote.ts";
import type { Problem } from "../problem.ts";
import { fieldsOf, quotedScalar, type YamlFile } from "../yaml-file.ts";

/** A setting of the Go authenticator's file, as its reader (viper) finds it: whatever the case of its letters. */
export interface GoSetting {
  /** As it is written: `server.mapRoles`. */
  readonly name: string;
  /** `config.yaml:3:9`. */
  readonly place: string;
  readonly node: Node | undefined;
  /** Name and value, for messages: `server.port "21362"`. */
  readonly said: string;
  /** A scalar's text, as written; `undefined` for a list or a mapping. */
  readonly text: string | undefined;
  /** The texts of a list, or of a single one; `undefined` for anything else. */
  readonly texts: readonly string[] | undefined;
}

/** The settings by their names in lower case, `server.port`, in the order of the file. */
export interface GoSettings {
  readonly settings: ReadonlyMap<string, GoSetting>;
  readonly problems: readonly Problem[];
}

/** Collects what a file sets, at its top and under `server`. */
export function goSettingsOf(file: YamlFile): GoSettings {
  const settings = new Map<string, GoSetting>();
  const problems: Problem[] = [];
  const collect = (around: Node, prefix: string): void => {
    for (const { key, value } of fieldsOf(around)) {
      const node = file.follow(value);
      const name = `${prefix}${isScalar(key) ? String(key.value) : "?"}`;
      const folded = name.toLowerCase();
      if (folded === "server") {
        if (isMap(node)) collect(node, `${name}.`);
        else if (!isEmpty(node)) problems.push(notAMapping(file.placeOf(key), name));
      } else if (settings.has(folded)) {
        problems.push(twice(file.placeOf(key), name));
      } else {
        settings.set(folded, settingOf(name, node, file.placeOf(key), file));
      }
    }
  };
  collect(file.root, "");
  return { settings, problems };
}

function settingOf(name: string, node: Node | undefined, place: string, file: YamlFile): GoSetting {
  const text = isEmpty(node) ? "" : textOf(node);
  const items = isSeq<Node | null>(node) ? node.items.map((item) => textOf(file.follow(item))) : [text];
  const texts = items.every((item) => item !== undefined) ? items.filter((item) => item !== "") : undefined;
  return { name, place, node, said: `${name}${quotedScalar(node)}`, text, texts };
}

function textOf(node: Node | undefined): string | undefined {
  return isScalar(node) && typeof node.value === "string" ? node.value : undefined;
}

/** `mapAccounts:` with nothing behind it, as the Go authenticator's own example has it. */
function isEmpty(node: Node | undefined): boolean {
  return node === undefined || (isScalar(node) && (node.source ?? "") === "" && node.type === "PLAIN");
}

function notAMapping(place: string, name: string): Problem {
  return { place, text: `${name}: is no mapping of settings`, hint: "indent the server's settings below it" };
}

function twice(place: string, name: string): Problem {
  return {
    place,
    text: `setting ${quote(name)}: is there twice (the case of letters does not count)`,
    hint: "keep one of the two",
  };
}
