import type { Finding, Report } from "./finding.ts";
import { runCommand } from "./lib/command.ts";

interface Diagnostic {
  readonly message: string;
  readonly code?: string;
  readonly help?: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}

/** oxlint with its type-aware rules, by .oxlintrc.json; a warning is as good as an error. */
export async function checkLint(root: string): Promise<Report> {
  const { exitCode, stdout, stderr } = await runCommand(["oxlint", "--format=json", "--deny-warnings"], { cwd: root });
  const output = parseOutput(stdout);
  if (output === undefined) {
    const problem = `oxlint: exit code ${exitCode}: ${(stderr + stdout).trim()}`;
    return { summary: "oxlint", findings: [{ file: ".oxlintrc.json", problem }] };
  }
  const findings = output.diagnostics.map(findingOf);
  return { summary: `${output.number_of_files} files, ${output.number_of_rules} rules`, findings };
}

interface Output {
  readonly diagnostics: readonly Diagnostic[];
  readonly number_of_files: number;
  readonly number_of_rules: number;
}

function parseOutput(text: string): Output | undefined {
  try {
    return JSON.parse(text) as Output;
  } catch {
    return undefined;
  }
}

function findingOf({ message, code, help, filename, labels }: Diagnostic): Finding {
  const line = labels[0]?.span.line;
  return {
    file: filename,
    ...(line === undefined ? {} : { line }),
    problem: code === undefined ? message : `${message} [${code}]`,
    ...(help === undefined ? {} : { next: help.replaceAll("\n", " ") }),
  };
}
