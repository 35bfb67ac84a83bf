import { join } from "node:path";
import { systemCodeOf } from "../../errors.ts";
import type { Files } from "../../files.ts";
import { nearest } from "../../lib/nearest.ts";
import { isFailure } from "../../mapping-findings.ts";
import type { Given, SettingsLayer } from "../layer.ts";
import type { Problem } from "../problem.ts";
import { readYamlFile } from "../yaml-file.ts";
import { type GoSetting, type GoSettings, goSettingsOf } from "./go-settings.ts";
import { parseMountedFile } from "./mounted-file.ts";
import { addressOf, type Fate, FATES, portOf } from "./rules.ts";

/** What became of a setting of the Go authenticator's. */
export interface Outcome {
  /** `config.yaml:3:9`. */
  readonly place: string;
  readonly fate: Fate["kind"];
  /** One sentence: the setting, its value, what became of it and why. */
  readonly text: string;
  /** Whether something that the Go authenticator does is not done now. */
  readonly loses: boolean;
}

/** The Go authenticator's file, or what stops iamgate from taking its place; in both cases each setting's outcome. */
export type ReadGoFile =
  | { readonly ok: true; readonly layer: SettingsLayer; readonly outcomes: readonly Outcome[] }
  | {
      readonly ok: false;
      readonly problems: readonly [Problem, ...Problem[]];
      readonly outcomes: readonly Outcome[];
    };

/** The Go authenticator's own defaults (cmd/aws-iam-authenticator/server.go). */
const GO_DEFAULTS = { stateDir: "/var/aws-iam-authenticator", address: "127.0.0.1", port: 21_362 };

/** Reads the configuration of aws-iam-authenticator. Never throws, but for what `files` throws. */
export async function readGoFile(
  text: string,
  path: string,
  { hasMapping, files }: { readonly hasMapping: boolean; readonly files: Files },
): Promise<ReadGoFile> {
  const yaml = readYamlFile(text, path, "failsafe");
  if (!yaml.ok) return { ...yaml, outcomes: [] };
  const { settings, problems: found } = goSettingsOf(yaml.file);
  const stateDir = settings.get("server.statedir")?.text ?? GO_DEFAULTS.stateDir;
  const pair = { cert: join(stateDir, "cert.pem"), key: join(stateDir, "key.pem") };
  const keepsCertificate = (await isThere(pair.cert, files)) && (await isThere(pair.key, files));

  const judged = [...settings].map(([folded, setting]) => ({
    setting,
    fate: FATES.get(folded)?.(setting, { hasMapping, keepsCertificate }) ?? unknown(folded),
  }));
  const outcomes = judged.map(outcomeOf);
  const problems = [...found, ...judged.flatMap(({ setting, fate }) => problemOf(setting, fate))];
  if (problems.length === 0 && !hasMapping) problems.push(...mappingProblems(text, path));
  const [first, ...more] = problems;
  if (first !== undefined) return { ok: false, problems: [first, ...more], outcomes };

  const id = settings.get("clusterid");
  const place = `${path}:1:1`;
  return {
    ok: true,
    outcomes,
    layer: {
      listen: listenOf(settings),
      partition: givenText(settings.get("server.partition")),
      ...stateOf(settings.get("server.statedir"), { place, stateDir, pair, keepsCertificate }),
      clusters: [
        {
          id: givenText(id),
          awsAuth: hasMapping
            ? undefined
            : { name: "server.mapRoles", place, value: { path, flag: "--config", format: "aws-iam-authenticator" } },
        },
      ],
    },
  };
}

function outcomeOf({ setting, fate }: { readonly setting: GoSetting; readonly fate: Fate }): Outcome {
  const why = fate.kind === "taken" ? fate.how : fate.why;
  return {
    place: setting.place,
    fate: fate.kind,
    text: `${setting.said}: ${fate.kind}: ${why}`,
    loses: fate.kind === "ignored" && fate.loses === true,
  };
}

function problemOf({ place, said }: GoSetting, fate: Fate): readonly Problem[] {
  return fate.kind === "refused" ? [{ place, text: `${said}: ${fate.why}`, hint: fate.hint }] : [];
}

function unknown(folded: string): Fate {
  const meant = nearest(folded, [...FATES.keys()]);
  const perhaps = meant === undefined ? "" : ` (perhaps ${meant} is meant)`;
  return { kind: "ignored", why: `the Go authenticator reads no such setting${perhaps}`, loses: true };
}

/** What keeps the mapping from being read, so that it is told with the other problems and not at the start only. */
function mappingProblems(text: string, path: string): readonly Problem[] {
  const read = parseMountedFile(text, path);
  return read.findings.filter(isFailure).map(({ place, message, hint }) => ({
    place: `${place.source}:${place.line}:${place.column}`,
    text: message.replace(/\.$/, ""),
    hint,
  }));
}

function listenOf(settings: GoSettings["settings"]): SettingsLayer["listen"] {
  const address = settings.get("server.address");
  const port = settings.get("server.port");
  const setting = address ?? port;
  if (setting === undefined) return undefined;
  const host = addressOf(address?.text ?? GO_DEFAULTS.address) ?? GO_DEFAULTS.address;
  return {
    name: setting.name,
    place: setting.place,
    value: { host, port: portOf(port?.text ?? "") ?? GO_DEFAULTS.port },
  };
}

/** Its own directory below, since the Go authenticator keeps a certificate under the names that iamgate uses too. */
function stateOf(
  setting: GoSetting | undefined,
  found: {
    readonly place: string;
    readonly stateDir: string;
    readonly pair: { readonly cert: string; readonly key: string };
    readonly keepsCertificate: boolean;
  },
): Pick<SettingsLayer, "stateDir" | "cert" | "key"> {
  if (setting === undefined && !found.keepsCertificate) return {};
  const origin = { name: setting?.name ?? "server.stateDir", place: setting?.place ?? found.place };
  return {
    stateDir: { ...origin, value: join(found.stateDir, "iamgate") },
    ...(found.keepsCertificate
      ? { cert: { ...origin, value: found.pair.cert }, key: { ...origin, value: found.pair.key } }
      : {}),
  };
}

function givenText(setting: GoSetting | undefined): Given<string> | undefined {
  if (setting?.text === undefined) return undefined;
  return { name: setting.name, place: setting.place, value: setting.text };
}

async function isThere(path: string, files: Files): Promise<boolean> {
  try {
    await files.stat(path);
    return true;
  } catch (error) {
    const code = systemCodeOf(error);
    // What is there and may not be looked at is told by name when it is read.
    return code !== "ENOENT" && code !== "ENOTDIR";
  }
}
