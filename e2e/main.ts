import { existsSync, readdirSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join, relative } from "node:path";
import { ROOT } from "./lib/environment.ts";
import { environmentOf, ledgerOf, newRun, type Run } from "./lib/run.ts";
import { prepareTools } from "./lib/tools.ts";

// npm run e2e [-- NAME… [bun test's options]]: finds or builds the tools, runs the files, ends what they started.
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const firstOption = args.findIndex((arg) => arg.startsWith("-"));
  const names = firstOption === -1 ? args : args.slice(0, firstOption);
  const files = filesOf(names);
  const { tools, skipped } = await prepareTools(say);
  for (const { what, reason } of skipped) say(`skipped: ${what}: ${reason}`);
  if (tools === undefined) {
    say("nothing was run, 1 ring skipped");
    return 0;
  }

  const run = newRun(tools);
  const exitCode = await runTests(run, [...files, ...args.slice(names.length)]);
  const left = ledgerOf(run).killAll();
  if (left > 0) say(`ended ${left} processes that were left over`);
  if (skipped.length > 0) say(`${skipped.length} ring${skipped.length > 1 ? "s" : ""} skipped`);
  if (exitCode === 0) rmSync(run.folder, { recursive: true, force: true });
  else say(`logs and files of this run are in ${run.folder}`);
  return exitCode;
}

function say(line: string): void {
  process.stderr.write(`e2e: ${line}\n`);
}

/** `login` → `./e2e/login.e2e.ts`; all of them when none is named. */
function filesOf(names: readonly string[]): readonly string[] {
  const suffix = ".e2e.ts";
  const all = readdirSync(import.meta.dirname).filter((file) => file.endsWith(suffix));
  const wanted = names.map((name) => `${name.replace(/^(?:\.\/)?(?:e2e\/)?/, "").replace(/\.e2e\.ts$/, "")}${suffix}`);
  for (const file of wanted) {
    if (existsSync(join(import.meta.dirname, file))) continue;
    say(
      `error: run "${file}": there is no such file; one of ${all.map((each) => each.replace(suffix, "")).join(", ")}`,
    );
    process.exit(2);
  }
  // The leading ./ makes bun take them as paths and not as patterns, which its naming rule would have to match.
  return (wanted.length > 0 ? wanted : all.toSorted()).map(
    (file) => `./${relative(ROOT, join(import.meta.dirname, file))}`,
  );
}

/** Runs `bun test`; when somebody interrupts, kills it, so that the sweep after it is complete. */
async function runTests(run: Run, args: readonly string[]): Promise<number> {
  const child = Bun.spawn([process.execPath, "test", "--conditions=source", ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environmentOf(run) },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  let interruptedBy: NodeJS.Signals | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      interruptedBy = signal;
      child.kill("SIGKILL");
    });
  }
  const exitCode = await child.exited;
  return interruptedBy === undefined ? exitCode : 128 + constants.signals[interruptedBy];
}
