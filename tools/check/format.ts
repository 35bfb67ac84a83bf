import type { Report } from "./finding.ts";
import { runCommand } from "./lib/command.ts";

/** oxfmt's layout, by .oxfmtrc.json. */
export async function checkFormat(root: string): Promise<Report> {
  const { exitCode, stdout, stderr } = await runCommand(["oxfmt", "--list-different"], { cwd: root });
  const files = stdout.split("\n").filter((line) => line !== "");
  const findings = files.map((file) => ({ file, problem: "is not laid out as oxfmt does", next: `npx oxfmt ${file}` }));
  if (exitCode !== 0 && findings.length === 0) {
    return { summary: "oxfmt", findings: [{ file: ".oxfmtrc.json", problem: `oxfmt: ${stderr.trim()}` }] };
  }
  return { summary: "oxfmt", findings };
}
