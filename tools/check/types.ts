import type { Finding, Report } from "./finding.ts";
import { runCommand } from "./lib/command.ts";
import { compilerFindings } from "./lib/compiler.ts";

/** TypeScript's strict checks over all that tsconfig.json includes. */
export async function checkTypes(root: string): Promise<Report> {
  const outcome = await runCommand(["tsc", "-p", ".", "--noEmit", "--pretty", "false"], { cwd: root });
  const findings: Finding[] = compilerFindings(outcome);
  return { summary: "tsc, strict", findings };
}
