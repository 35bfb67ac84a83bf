import type { Finding } from "../finding.ts";
import type { Outcome } from "./command.ts";

/** The complaints in what `tsc --pretty false` printed, a run that failed without any included. */
export function compilerFindings({ exitCode, timedOut, stdout, stderr }: Outcome): Finding[] {
  const findings: Finding[] = [];
  for (const line of stdout.split("\n")) {
    const match = /^(.+?)\((\d+),\d+\): error (TS\d+: .*)$/.exec(line);
    const [, file, number, problem] = match ?? [];
    if (file !== undefined && problem !== undefined) findings.push({ file, line: Number(number), problem });
    else if (/^error TS\d+:/.test(line)) findings.push({ file: "tsconfig.json", problem: line });
  }
  if (findings.length > 0 || exitCode === 0) return findings;
  return [
    {
      file: "tsconfig.json",
      problem: timedOut ? "tsc: took too long" : `tsc: exit code ${exitCode}: ${stderr.trim()}`,
    },
  ];
}
