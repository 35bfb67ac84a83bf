import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Finding, Report } from "./finding.ts";
import { type PackageApi, type PublicApi, readPublicApi } from "./lib/declarations.ts";
import { diffLines } from "./lib/diff.ts";
import type { Declaration, PublicExport } from "./lib/public-exports.ts";
import { readText } from "./lib/workspace.ts";

/** Each package's public API is as its committed `api.md` says, so that a change to it is seen in review. */
export async function checkPublicApi(root: string, reading: Promise<PublicApi> = readPublicApi(root)): Promise<Report> {
  const { packages, findings } = await reading;
  const changes = packages.flatMap((each) => compare(root, each));
  return { summary: `${packages.length} packages`, findings: [...findings, ...changes] };
}

/** Writes each package's `api.md` anew. */
export async function updatePublicApi(root: string, reading: Promise<PublicApi> = readPublicApi(root)): Promise<void> {
  for (const each of (await reading).packages) writeFileSync(path.join(root, fileOf(each)), render(each));
}

function fileOf(api: PackageApi): string {
  return `${api.package.directory}/api.md`;
}

function compare(root: string, api: PackageApi): Finding[] {
  const file = fileOf(api);
  const committed = existsSync(path.join(root, file)) ? readText(root, file) : "";
  const changes = diffLines(committed, render(api));
  if (changes.length === 0) return [];
  const problem =
    committed === "" ? "is missing" : `is not what the package exports:\n    ${changes.join("\n    ")}\n   `;
  return [{ file, line: 1, problem, next: "where the change is meant: npm run check -- --update" }];
}

function render({ package: { manifest }, entries, behind }: PackageApi): string {
  const sections = entries.map(({ specifier, exports }) => section(`\`${specifier}\``, exports.map(textOfExport)));
  if (behind.length > 0)
    sections.push(
      section(
        "Behind them, not exported",
        behind.map(({ text }) => text),
      ),
    );
  const note =
    "What importers can name, as declared. Written by `npm run check -- --update`: a change here is a change for them.";
  return [`# Public API of ${manifest.name}`, note, ...sections].join("\n\n").concat("\n");
}

function section(title: string, texts: readonly string[]): string {
  return `## ${title}\n\n\`\`\`ts\n${texts.join("\n\n")}\n\`\`\``;
}

function textOfExport({ name, declarations, from }: PublicExport): string {
  if (from !== undefined) return `export { ${name} } from "${from}";`;
  const renamed = declarations.some((each: Declaration) => each.name !== name) ? [`// exported as ${name}`] : [];
  return [...renamed, ...declarations.map(({ text }) => text)].join("\n");
}
