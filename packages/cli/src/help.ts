import type { Flag } from "./args.ts";
import type { Command, CommandSpec } from "./command-spec.ts";

/** `iamgate help`: every command with its summary. */
export function generalHelp(commands: readonly Command[]): string {
  const lines = [
    "Log in to Kubernetes with AWS IAM: mint, verify, map, explain.",
    "",
    "usage: iamgate COMMAND [FLAGS]",
    "",
    "commands:",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "`iamgate COMMAND --help` lists a command's flags; `iamgate --version` prints the version.",
  ];
  return `${lines.join("\n")}\n`;
}

/** `iamgate COMMAND --help`. */
export function commandHelp(spec: CommandSpec): string {
  const flags = Object.entries(spec.flags);
  const positionals = spec.positionals ?? [];
  const required = flags.flatMap(([name, flag]) => (isRequired(flag) ? [`--${name} ${flag.placeholder}`] : []));
  const optional = flags.length > required.length ? ["[FLAGS]"] : [];
  const named = positionals.map(({ placeholder, required: must }) => (must ? placeholder : `[${placeholder}]`));
  const lines = [
    `${spec.summary}.`,
    "",
    `usage: ${["iamgate", spec.name, ...required, ...optional, ...named].join(" ")}`,
    ...(positionals.length === 0 ? [] : ["", "arguments:"]),
    ...columns(positionals.map(({ placeholder, help }) => [placeholder, help])),
    "",
    "flags:",
    ...columns([
      ...flags.map(([name, flag]): [string, string] => [flagName(name, flag), flagHelp(flag)]),
      ["-h, --help", "print this"],
    ]),
    ...(spec.files === undefined ? [] : ["", "files:"]),
    ...columns((spec.files ?? []).map(({ path, help }) => [path, help])),
    ...(spec.notes ?? []).flatMap((note) => ["", ...wrap(note, 100)]),
    "",
    "examples:",
    ...spec.examples.flatMap(({ does, line }) => [`  # ${does}`, `  ${line}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function isRequired(flag: Flag): flag is Flag & { kind: "value" } {
  return flag.kind === "value" && flag.given && flag.default === undefined;
}

function flagName(name: string, flag: Flag): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  return flag.kind === "switch" ? `${short}--${name}` : `${short}--${name} ${flag.placeholder}`;
}

function flagHelp(flag: Flag): string {
  const remarks: string[] = [];
  if (isRequired(flag)) remarks.push("required");
  if (flag.kind === "list") remarks.push("repeatable");
  if (flag.kind === "value" && flag.default !== undefined) remarks.push(`default ${flag.default}`);
  if (flag.kind === "value" && flag.env !== undefined) remarks.push(`or ${flag.env} in the environment`);
  return remarks.length === 0 ? flag.help : `${flag.help} (${remarks.join("; ")})`;
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) => {
    const [first = "", ...rest] = wrap(right, 98 - width);
    return [`  ${left.padEnd(width)}  ${first}`, ...rest.map((line) => `${" ".repeat(width + 4)}${line}`)];
  });
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
