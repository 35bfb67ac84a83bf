import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../e2e/lib/environment.ts";
import { FLOOD } from "./benches/flood.ts";
import { MEMORY } from "./benches/memory.ts";
import { mint } from "./benches/mint.ts";
import { REVIEW_BENCHMARKS } from "./benches/reviews.ts";
import { SLOW_STS } from "./benches/slow-sts.ts";
import type { Amount } from "./lib/benchmark.ts";
import { killAll } from "./lib/children.ts";
import { chooseCores } from "./lib/cores.ts";
import { benchmarksDocument, circumstancesLines } from "./lib/document.ts";
import { startLab } from "./lib/lab.ts";
import { preparePrograms } from "./lib/programs.ts";
import { type Report, reportText } from "./lib/report.ts";
import { warmUp } from "./lib/slice.ts";

const WEBHOOK_BENCHMARKS = [...REVIEW_BENCHMARKS, FLOOD, SLOW_STS, MEMORY];
const NAMES = ["mint", ...WEBHOOK_BENCHMARKS.map(({ name }) => name)];
const USAGE = `npm run bench -- [NAME…] [--slices N] [--seconds S] [--minutes M] [--serve-flags="…"] [--write]
  NAME           ${NAMES.join(", ")}; all when none is named
  --slices N     rounds; 5, for slow-sts 1, for mint 20
  --seconds S    length of a slice; 3, for slow-sts 20
  --minutes M    length of memory; 1
  --serve-flags  more flags for iamgate serve, said in the output
  --write        write docs/benchmarks.md; only when all are run
`;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void killAll().finally(() => process.exit(130)));
}
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === "string") return fail(options);
  const cores = chooseCores();
  if ("skipped" in cores) {
    say(`nothing was run: ${cores.skipped}`);
    return 0;
  }

  const folder = mkdtempSync(join(tmpdir(), "iamgate-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const { names, amount, serveFlags } = options;
  const reports: Report[] = [];
  const add = (report: Report): void => {
    reports.push(report);
    process.stdout.write(`${reportText(report)}\n`);
  };
  try {
    say("compiling iamgate");
    const programs = await preparePrograms(folder, say);
    if (names.includes("mint")) add(await mint(programs, folder, amount.slices));

    const wanted = WEBHOOK_BENCHMARKS.filter(({ name }) => names.includes(name));
    if (wanted.length === 0) return 0;
    const lab = await startLab({ folder, cores, programs, serveFlags });
    const command = ["npm run bench --", ...args].join(" ");
    const circumstances = { cores, serveFlags, peerSkipped: lab.peerSkipped, command };
    process.stdout.write(`${circumstancesLines(circumstances).join("\n")}\n\n`);
    await warmUp(lab);
    for (const benchmark of wanted) add(await benchmark.run(lab, amount));
    if (options.write) writeFileSync(join(ROOT, "docs/benchmarks.md"), benchmarksDocument(reports, circumstances));
    return 0;
  } finally {
    await killAll();
  }
}

interface Options {
  readonly names: readonly string[];
  readonly amount: Amount;
  readonly serveFlags: readonly string[];
  readonly write: boolean;
}

/** The options, or what is wrong with them. */
function readOptions(args: readonly string[]): Options | string {
  const text = { type: "string" } as const;
  const options = {
    slices: text,
    seconds: text,
    minutes: text,
    "serve-flags": text,
    write: { type: "boolean" },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const unknown = positionals.find((name) => !NAMES.includes(name));
    if (unknown !== undefined) return `run "${unknown}": there is no such benchmark; one of ${NAMES.join(", ")}`;
    if (values.write === true && positionals.length > 0)
      return "--write: would drop what is not run; name no benchmark";
    return {
      names: positionals.length === 0 ? NAMES : positionals,
      amount: {
        slices: positive(values.slices),
        seconds: positive(values.seconds),
        minutes: positive(values.minutes) ?? 1,
      },
      serveFlags: (values["serve-flags"] ?? "").split(/\s+/).filter((flag) => flag !== ""),
      write: values.write === true,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function positive(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`"${text}": expected a number above 0`);
}

function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}

function fail(message: string): number {
  say(`error: ${message}`);
  process.stderr.write(USAGE);
  return 2;
}
