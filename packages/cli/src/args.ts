import { parseArgs } from "node:util";
import { usageError } from "./errors.ts";
import { nearest } from "./lib/nearest.ts";
import { quote } from "./lib/quote.ts";

interface FlagText {
  /** One letter, without the dash. */
  readonly short?: string;
  /** What it is for, in one line, as `--help` prints it. */
  readonly help: string;
}

/** `--reveal`: given or not. */
export interface SwitchFlag extends FlagText {
  readonly kind: "switch";
}

interface ValueFlagText<T> extends FlagText {
  /** What stands for the value in the help: `FILE`, `HOST:PORT`. */
  readonly placeholder: string;
  /** Makes the value of the text, or gives `undefined` for one that is none. */
  readonly parse: (text: string) => T | undefined;
  /** What `parse` takes, for people: `HOST:PORT, for example 127.0.0.1:8443`. */
  readonly expected: string;
}

/** `--listen 127.0.0.1:8443`: once, or never where it is optional. */
export interface ValueFlag<T, Given extends boolean = boolean> extends ValueFlagText<T> {
  readonly kind: "value";
  /** `given`: whether there always is a value, by being required or having a default. */
  readonly given: Given;
  /** Taken, as if it were typed, when the flag is absent (and its environment variable too). */
  readonly default?: string;
  /** The environment variable that is asked when the flag is absent. */
  readonly env?: string;
}

/** `--sts-host a --sts-host b`: any number of times. */
export interface ListFlag<T> extends ValueFlagText<T> {
  readonly kind: "list";
}

export type Flag = SwitchFlag | ValueFlag<unknown> | ListFlag<unknown>;

/** A command's flags by their names, without dashes. */
export type Flags = Readonly<Record<string, Flag>>;

/** What comes of the flags: switches booleans, lists arrays, optional values possibly `undefined`. */
export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]: F[Name] extends SwitchFlag
    ? boolean
    : F[Name] extends ListFlag<infer T>
      ? readonly T[]
      : F[Name] extends ValueFlag<infer T, infer Given>
        ? Given extends true
          ? T
          : T | undefined
        : never;
};

/** An argument without a dash: `iamgate decode TOKEN`. */
export interface Positional {
  /** As the help shows it: `TOKEN`. */
  readonly placeholder: string;
  readonly required: boolean;
  readonly help: string;
}

/** What a command line must look like. */
export interface ArgsSpec<F extends Flags = Flags> {
  /** The command's name, for messages. */
  readonly name: string;
  readonly flags: F;
  /** In their order; none when absent. */
  readonly positionals?: readonly Positional[];
}

/** A command line that fits its spec. */
export interface ParsedArgs<F extends Flags> {
  readonly flags: FlagValues<F>;
  /** As many as were given, at most as many as the spec names. */
  readonly positionals: readonly string[];
  /** Names of the flags that were given, neither defaulted nor from the environment. */
  readonly given: ReadonlySet<string>;
}

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];

/**
 * Reads a command line against its spec. Stricter than most: an unknown flag, a flag given twice, a value that is
 * missing, empty or begins with a dash are each refused by name, with what was expected.
 *
 * @param spec - the command's flags and positionals.
 * @param args - what follows the command's name.
 * @param env - the environment, for the flags that ask it.
 * @throws CliError `usage`, naming flag, value and what was expected.
 */
export function readArgs<F extends Flags>(
  spec: ArgsSpec<F>,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedArgs<F> {
  const texts = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokensOf(spec, args)) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const found = texts.get(token.name) ?? [];
    texts.set(token.name, [...found, textOf(spec, token, found.length)]);
  }
  checkPositionals(spec, positionals);
  const values = Object.entries(spec.flags).map(([name, flag]) => [
    name,
    valueOf(name, flag, texts.get(name), spec, env),
  ]);
  return { flags: Object.fromEntries(values) as FlagValues<F>, positionals, given: new Set(texts.keys()) };
}

/** Whether help is asked for before a `--`; then nothing else in the command line matters. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).some((arg) => arg === "--help" || arg === "-h");
}

/** An optional flag that is taken as it is written; an empty one is refused. */
export function textFlag(
  text: FlagText & { readonly placeholder: string; readonly env?: string },
): ValueFlag<string, false> {
  return { kind: "value", given: false, parse: nonEmpty, expected: text.placeholder, ...text };
}

/** A flag that has to be given and is taken as it is written. */
export function requiredTextFlag(
  text: FlagText & { readonly placeholder: string; readonly env?: string },
): ValueFlag<string, true> {
  return { kind: "value", given: true, parse: nonEmpty, expected: text.placeholder, ...text };
}

function nonEmpty(text: string): string | undefined {
  return text === "" ? undefined : text;
}

function tokensOf(spec: ArgsSpec, args: readonly string[]): readonly Token[] {
  const options = Object.entries(spec.flags).map(([name, flag]) => [
    name,
    { type: flag.kind === "switch" ? "boolean" : "string", ...(flag.short === undefined ? {} : { short: flag.short }) },
  ]);
  // Not `strict`: its messages name neither what was expected nor the nearest flag.
  return parseArgs({
    args: [...args],
    options: Object.fromEntries(options) as NonNullable<Parameters<typeof parseArgs>[0]>["options"] & {},
    allowPositionals: true,
    strict: false,
    tokens: true,
  }).tokens;
}

function textOf(spec: ArgsSpec, token: Token & { kind: "option" }, seen: number): string {
  const { name, rawName, value, inlineValue } = token;
  const flag = Object.hasOwn(spec.flags, name) ? spec.flags[name] : undefined;
  if (flag === undefined) throw unknownFlag(spec, name, rawName);
  if (flag.kind !== "list" && seen > 0) {
    throw usageError(`flag --${name}: given twice`, `leave one of the two away; ${seeHelp(spec)}`);
  }
  if (flag.kind === "switch") {
    if (value === undefined) return "";
    throw usageError(`flag --${name} ${quote(value)}: takes no value`, `write --${name} alone, or leave it away`);
  }
  // `--cluster-id --listen x`: the value was forgotten. One that does begin with a dash is written with `=`.
  if (value === undefined || (!inlineValue && value.startsWith("-") && value !== "-")) {
    throw usageError(`flag --${name}: has no value, expected ${flag.expected}`, `write --${name} ${flag.placeholder}`);
  }
  return value;
}

function unknownFlag(spec: ArgsSpec, name: string, rawName: string): Error {
  const shorts = Object.entries(spec.flags).flatMap(([long, { short }]) => (short === name ? [long] : []));
  const meant = shorts[0] ?? nearest(name, Object.keys(spec.flags));
  return usageError(
    `flag ${quote(rawName)}: iamgate ${spec.name} has no such flag`,
    meant === undefined ? seeHelp(spec) : `did you mean --${meant}? ${seeHelp(spec)}`,
  );
}

function checkPositionals(spec: ArgsSpec, given: readonly string[]): void {
  const allowed = spec.positionals ?? [];
  const extra = given[allowed.length];
  if (extra !== undefined) {
    const takes = allowed.length === 0 ? "only flags" : `at most ${allowed.map((each) => each.placeholder).join(" ")}`;
    throw usageError(`argument ${quote(extra)}: iamgate ${spec.name} takes ${takes}`, seeHelp(spec));
  }
  const missing = allowed.slice(given.length).find((each) => each.required);
  if (missing !== undefined) throw usageError(`argument ${missing.placeholder}: is missing`, seeHelp(spec));
}

function valueOf(
  name: string,
  flag: Flag,
  texts: readonly string[] | undefined,
  spec: ArgsSpec,
  env: Readonly<Record<string, string | undefined>>,
): unknown {
  if (flag.kind === "switch") return texts !== undefined;
  if (flag.kind === "list") return (texts ?? []).map((text) => parsed(`flag --${name}`, flag, text));
  const typed = texts?.[0];
  if (typed !== undefined) return parsed(`flag --${name}`, flag, typed);
  const fromEnv = flag.env === undefined ? undefined : env[flag.env];
  // An empty variable is how shells and unit files write "not set".
  if (fromEnv !== undefined && fromEnv !== "") return parsed(`environment variable ${flag.env}`, flag, fromEnv);
  if (flag.default !== undefined) return parsed(`flag --${name}`, flag, flag.default);
  if (!flag.given) return undefined;
  const orEnv = flag.env === undefined ? "" : ` or set ${flag.env}`;
  throw usageError(`flag --${name}: is required`, `add --${name} ${flag.placeholder}${orEnv}; ${seeHelp(spec)}`);
}

function parsed(where: string, flag: ValueFlagText<unknown>, text: string): unknown {
  const value = flag.parse(text);
  if (value !== undefined) return value;
  const state = text === "" ? "is empty, " : "";
  throw usageError(`${where} ${quote(text)}: ${state}expected ${flag.expected}`, "correct the value and run it again");
}

function seeHelp(spec: ArgsSpec): string {
  return `\`iamgate ${spec.name} --help\` lists what it takes`;
}
