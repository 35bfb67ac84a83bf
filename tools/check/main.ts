import path from "node:path";
import { checkDocstrings } from "./docstrings.ts";
import { checkExamples } from "./examples.ts";
import { formatFinding, type Report } from "./finding.ts";
import { checkFormat } from "./format.ts";
import { checkLayering } from "./layering.ts";
import { readPublicApi } from "./lib/declarations.ts";
import { checkLint } from "./lint.ts";
import { checkPublicApi, updatePublicApi } from "./public-api.ts";
import { checkReasonCodes } from "./reason-codes.ts";
import { checkRepository } from "./repository.ts";
import { checkTypes } from "./types.ts";
import { checkUnused } from "./unused.ts";

const root = path.resolve(import.meta.dirname, "../..");
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== "--update");
  if (unknown !== undefined) {
    console.error(`check: error: argument "${unknown}": not known; --update writes packages/*/api.md anew`);
    return 2;
  }
  const api = readPublicApi(root);
  if (args.includes("--update")) await updatePublicApi(root, api);
  const checks: readonly (readonly [name: string, report: Promise<Report>])[] = [
    ["types", checkTypes(root)],
    ["lint", checkLint(root)],
    ["format", checkFormat(root)],
    ["unused", checkUnused(root)],
    ["layering", attempt(() => checkLayering(root))],
    ["reason codes", attempt(() => checkReasonCodes(root))],
    ["docstrings", checkDocstrings(root, api)],
    ["public api", checkPublicApi(root, api)],
    ["examples", checkExamples(root, api)],
    ["repository", attempt(() => checkRepository(root))],
  ];
  const results = await Promise.allSettled(checks.map(([, report]) => report));
  const passed = results.map((result, at) => print(checks[at]?.[0] ?? "", result));
  return passed.every(Boolean) ? 0 : 1;
}

/** What throws on the spot becomes a rejection, so that one broken check stops no other. */
async function attempt(check: () => Report): Promise<Report> {
  return check();
}

function print(name: string, result: PromiseSettledResult<Report>): boolean {
  if (result.status === "rejected") {
    console.log(`FAIL  ${name.padEnd(13)} could not be checked: ${String(result.reason)}`);
    return false;
  }
  const { summary, findings } = result.value;
  const count = findings.length === 0 ? "" : `: ${findings.length} ${findings.length === 1 ? "finding" : "findings"}`;
  console.log(`${findings.length === 0 ? "ok  " : "FAIL"}  ${name.padEnd(13)} ${summary}${count}`);
  for (const finding of findings) console.log(`        ${formatFinding(finding)}`);
  return findings.length === 0;
}
