import type { GateRules } from "@iamgate/webhook";
import { dirname, resolve } from "node:path";
import * as v from "valibot";
import { isScalar } from "yaml";
import { nearest } from "../lib/nearest.ts";
import { quote } from "../lib/quote.ts";
import { fileOf, type Given, type SettingsLayer } from "./layer.ts";
import type { Problem } from "./problem.ts";
import { type Config, CONFIG_SCHEMA } from "./schema.ts";
import { fieldsOf, quotedScalar, readYamlFile, type YamlFile, type YamlPath } from "./yaml-file.ts";

/** What a file of settings says, or everything that is wrong with it. */
export type ReadLayer =
  | { readonly ok: true; readonly layer: SettingsLayer }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] };

/** Reads iamgate's own file. Never throws. Paths in it are relative to the file. */
export function readIamgateFile(text: string, path: string): ReadLayer {
  const yaml = readYamlFile(text, path, "core");
  if (!yaml.ok) return yaml;
  const { file } = yaml;
  const parsed = v.safeParse(CONFIG_SCHEMA, file.toValue());
  if (parsed.success) return { ok: true, layer: layerOf(parsed.output, file, dirname(path)) };
  const problems = new Map<string, Problem>();
  for (const issue of parsed.issues) {
    for (const problem of problemsOf(issue, file)) problems.set(`${problem.place} ${problem.text}`, problem);
  }
  const [first, ...more] = [...problems.values()].toSorted((a, b) => byPlace(a.place, b.place));
  if (first === undefined) throw new Error("a schema refused a file without a reason");
  return { ok: false, problems: [first, ...more] };
}

/** `clusters[0].id`, as documentation and messages name a setting. */
function settingName(path: YamlPath): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
}

type Issue = v.InferIssue<typeof CONFIG_SCHEMA>;

function problemsOf(issue: Issue, file: YamlFile): readonly Problem[] {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  if (issue.kind === "schema" && issue.type === "strict_object") {
    if (issue.expected === "never") return unknownSettings(path.slice(0, -1), file);
    if (issue.received === "undefined" && issue.expected !== "Object") return [missingSetting(path, file)];
  }
  const { key, value } = file.find(path);
  const node = file.follow(value);
  const name = settingName(path);
  // A value that stands nowhere (`listen:`) is told at its key.
  const isNowhere = isScalar(node) && node.source === "" && node.type === "PLAIN" && key !== undefined;
  return [
    {
      place: file.placeOf(isNowhere ? key : value),
      text: `${name}${quotedScalar(node)}: ${isNowhere ? "has no value, " : ""}expected ${issue.message}`,
      hint: "correct it; text that looks like a number needs quotes, and a number none (docs/configuration.md)",
    },
  ];
}

function unknownSettings(around: YamlPath, file: YamlFile): readonly Problem[] {
  const known = settingsIn(around);
  return fieldsOf(file.follow(file.find(around).value)).flatMap(({ key }) => {
    const name = isScalar(key) ? String(key.value) : "";
    if (known.includes(name)) return [];
    const meant = nearest(name, known);
    const hint = `here are ${known.join(", ")}`;
    return [
      {
        place: file.placeOf(key),
        text: `setting ${quote(settingName([...around, name]))}: there is none of that name`,
        hint: meant === undefined ? hint : `did you mean ${meant}? ${hint}`,
      },
    ];
  });
}

function missingSetting(path: YamlPath, file: YamlFile): Problem {
  const name = settingName(path);
  return {
    place: file.placeOf(file.find(path.slice(0, -1)).value),
    text: `${name}: is missing`,
    hint: `add ${path.at(-1)}; docs/configuration.md tells every setting`,
  };
}

/** The names of the settings in a mapping of the schema. */
function settingsIn(path: YamlPath): readonly string[] {
  let schema: unknown = CONFIG_SCHEMA;
  for (const step of path)
    schema = unwrapped(typeof step === "number" ? at(schema, "item") : at(at(schema, "entries"), step));
  return Object.keys((at(schema, "entries") as object | undefined) ?? {});
}

function unwrapped(schema: unknown): unknown {
  return at(schema, "wrapped") ?? schema;
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function byPlace(left: string, right: string): number {
  const [leftLine = 0, leftColumn = 0] = left.split(":").slice(-2).map(Number);
  const [rightLine = 0, rightColumn = 0] = right.split(":").slice(-2).map(Number);
  return leftLine - rightLine || leftColumn - rightColumn;
}

function layerOf(config: Config, file: YamlFile, directory: string): SettingsLayer {
  const placed = <T>(value: T, ...path: YamlPath): Given<T> => {
    return { value, name: settingName(path), place: file.placeOf(file.find(path).value) };
  };
  const given = <T>(value: T | undefined, ...path: YamlPath): Given<T> | undefined =>
    value === undefined ? undefined : placed(value, ...path);
  const path = (value: string | undefined, ...way: YamlPath): Given<string> | undefined =>
    given(value === undefined ? undefined : resolve(directory, value), ...way);
  const { tls, sts, gate, drain } = config;
  return {
    listen: given(config.listen, "listen"),
    operations: given(config.operations, "operations"),
    stateDir: path(config.stateDir, "stateDir"),
    cert: path(tls?.cert, "tls", "cert"),
    key: path(tls?.key, "tls", "key"),
    clientCa: path(tls?.clientCa, "tls", "clientCa"),
    clusters: config.clusters.map((cluster, index) => {
      const awsAuth = placed(resolve(directory, cluster.awsAuth), "clusters", index, "awsAuth");
      return {
        id: given(cluster.id, "clusters", index, "id"),
        awsAuth: { ...awsAuth, value: fileOf(awsAuth) },
        path: given(cluster.path, "clusters", index, "path"),
      };
    }),
    partition: given(sts?.partition, "sts", "partition"),
    regions: sts?.regions?.map((value, index) => placed(value, "sts", "regions", index)),
    stsHosts: sts?.hosts?.map((value, index) => placed(value, "sts", "hosts", index)),
    dialAddress: given(sts?.unsafeDial?.address, "sts", "unsafeDial", "address"),
    dialCa: path(sts?.unsafeDial?.ca, "sts", "unsafeDial", "ca"),
    futureSkewSeconds: given(inSeconds(sts?.futureSkew), "sts", "futureSkew"),
    gate: gate === undefined ? {} : gateRules(gate),
    drainSeconds: given(inSeconds(drain), "drain"),
  };
}

function gateRules({ lifetime, wait, open, ...counts }: NonNullable<Config["gate"]>): Partial<GateRules> {
  const rules = { ...counts, lifetimeMs: lifetime, waitMs: wait, openMs: open };
  return Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined));
}

function inSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
