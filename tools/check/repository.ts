import { existsSync } from "node:fs";
import path from "node:path";
import type { Finding, Report } from "./finding.ts";
import { repositoryFiles, readText } from "./lib/workspace.ts";

const MOST_LINES = 400;
const BINARY = /\.(?:png|jpg|gif|ico|woff2?|gz|zip)$/;

interface Pattern {
  readonly pattern: RegExp;
  readonly problem: string;
  readonly next: string;
}

const FORBIDDEN: readonly Pattern[] = [
  {
    pattern: /(?:^|[\s"'`(=:,])(?:file:\/\/)?\/(?:root|work|(?:home|Users)\/[a-z][\w-]*)\//,
    problem: "names a path of one machine",
    next: "write it from the repository's root, or from $HOME",
  },
  {
    pattern: /registry\.npmjs\.org|registry\.yarnpkg\.com|npm\.pkg\.github\.com|pypi\.org\/simple|proxy\.golang\.org/,
    problem: "names a package registry",
    next: "leave the choice of registry to whoever installs",
  },
];

/** What is true of all committed files: no huge source file, no dead link, no path or registry of one machine. */
export function checkRepository(root: string): Report {
  const files = repositoryFiles(root).filter((file) => !BINARY.test(file));
  const findings = files.flatMap((file) => {
    const text = readText(root, file);
    return [
      ...(file.endsWith(".ts") && !file.endsWith(".test.ts") ? tooLong(file, text) : []),
      ...(file.endsWith(".md") ? deadLinks(root, file, text) : []),
      ...forbiddenText(file, text),
      ...(path.basename(file) === "package-lock.json" ? lockedHosts(file, text) : []),
    ];
  });
  return { summary: `${files.length} files`, findings };
}

function tooLong(file: string, text: string): Finding[] {
  const lines = text.trimEnd().split("\n").length;
  if (lines <= MOST_LINES) return [];
  return [{ file, problem: `has ${lines} lines, over ${MOST_LINES}`, next: "it holds two concepts: give each a file" }];
}

function forbiddenText(file: string, text: string): Finding[] {
  return text.split("\n").flatMap((line, at) =>
    FORBIDDEN.filter(({ pattern }) => pattern.test(line)).map(({ problem, next }) => ({
      file,
      line: at + 1,
      problem,
      next,
    })),
  );
}

function lockedHosts(file: string, text: string): Finding[] {
  const line = text.split("\n").findIndex((each) => /"resolved": "(?:https?|git)/.test(each));
  if (line === -1) return [];
  const next = "npm config set omit-lockfile-registry-resolved true, and install again";
  return [{ file, line: line + 1, problem: "names the host that a package came from", next }];
}

/** Links to files and to headings, `[text](path#heading)`; code is passed over. */
function deadLinks(root: string, file: string, text: string): Finding[] {
  const findings: Finding[] = [];
  let fenced = false;
  for (const [at, line] of text.split("\n").entries()) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    if (fenced) continue;
    for (const [, link = ""] of line.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(<?([^)>\s]+)>?(?: "[^"]*")?\)/g)) {
      const problem = linkProblem(root, file, link);
      if (problem !== undefined) findings.push({ file, line: at + 1, problem, next: "correct the link" });
    }
  }
  return findings;
}

function linkProblem(root: string, file: string, link: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/.test(link)) return undefined;
  const [target = "", heading] = link.split("#");
  const linked = target === "" ? file : path.posix.join(path.posix.dirname(file), decodeURIComponent(target));
  if (linked.startsWith("..") || !existsSync(path.join(root, linked))) return `links to "${link}", which is not there`;
  if (heading === undefined || !linked.endsWith(".md")) return undefined;
  return headingsIn(readText(root, linked)).has(heading) ? undefined : `links to "${link}": no such heading`;
}

/** As GitHub makes them: lower case, punctuation dropped, spaces to hyphens. */
function headingsIn(text: string): Set<string> {
  const headings = new Set<string>();
  for (const [, title = ""] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const words = title.trim().toLowerCase();
    headings.add(words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-"));
  }
  return headings;
}
