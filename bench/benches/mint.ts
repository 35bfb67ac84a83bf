import { join } from "node:path";
import { ownEnvironment } from "../../e2e/lib/environment.ts";
import { CLUSTER_ID, REGION } from "../load/signer.ts";
import { keep } from "../lib/children.ts";
import { findAwsCli } from "../../tools/kube/aws-cli.ts";
import { AUTHENTICATOR_VERSION, IAMGATE_MAIN, type Programs } from "../lib/programs.ts";
import type { Report, Row } from "../lib/report.ts";
import { type Spread, spreadOf } from "../lib/statistics.ts";
import { memoryOf } from "../lib/usage.ts";

const ROUNDS = 20;

interface Minter {
  readonly name: string;
  readonly command: readonly string[];
}

/** What `kubectl` waits for each time: one token, by a process of its own. */
export async function mint(programs: Programs, folder: string, rounds = ROUNDS): Promise<Report> {
  const env = {
    ...ownEnvironment(join(folder, "home")),
    AWS_ACCESS_KEY_ID: "ASIABENCH00000000001",
    AWS_SECRET_ACCESS_KEY: "bench/not+a+real+secret+key/0000000001",
    AWS_SESSION_TOKEN: "IQoJb3JpZ2luX2VjE",
    AWS_REGION: REGION,
  };
  const args = ["token", "--cluster-id", CLUSTER_ID, "--region", REGION];
  const awsCli = await findAwsCli();
  const minters: readonly Minter[] = [
    { name: "iamgate, compiled", command: [programs.iamgate, ...args] },
    { name: "iamgate, from sources", command: [process.execPath, "--conditions=source", IAMGATE_MAIN, ...args] },
    ...(awsCli === undefined
      ? []
      : [
          {
            name: `AWS CLI ${awsCli.version}`,
            command: [awsCli.path, "eks", "get-token", "--cluster-name", CLUSTER_ID],
          },
        ]),
  ];
  const { authenticator } = programs;
  const peer = authenticator.ok ? { name: "Go authenticator", command: [authenticator.path, ...args] } : undefined;

  const measured = new Map<Minter, { milliseconds: number[]; mebibytes: number[] }>();
  for (const minter of [...minters, ...(peer === undefined ? [] : [peer])]) {
    mustMint(minter, env);
    measured.set(minter, { milliseconds: [], mebibytes: [] });
  }
  for (let round = 0; round < rounds; round++) {
    const all = Array.from(measured);
    for (const [minter, found] of round % 2 === 0 ? all : all.toReversed()) {
      found.milliseconds.push(wallMilliseconds(minter, env));
      found.mebibytes.push(await peakMebibytes(minter, env));
    }
  }
  const found = (minter: Minter | undefined) => (minter === undefined ? undefined : measured.get(minter));
  return {
    name: "mint",
    what: `One token by a process of its own, keys from the environment; ${rounds} rounds, in turns.`,
    rows: minters.flatMap((minter) => [
      rowBeside(`${minter.name}: wall time, ms`, found(minter)?.milliseconds, found(peer)?.milliseconds),
      rowBeside(`${minter.name}: peak memory, MiB`, found(minter)?.mebibytes, found(peer)?.mebibytes),
    ]),
    remarks: [
      ...(authenticator.ok ? [] : [`Go authenticator ${AUTHENTICATOR_VERSION} skipped: ${authenticator.reason}`]),
      ...(awsCli === undefined ? ["AWS CLI skipped: no version 2 on this machine."] : []),
    ],
  };
}

/** @throws Error when it prints no token: nothing would be measured then. */
function mustMint({ name, command }: Minter, env: Record<string, string>): void {
  const { stdout, stderr } = Bun.spawnSync([...command], { env, stdin: "ignore" });
  if (stdout.toString().includes('"k8s-aws-v1.')) return;
  throw new Error(`mint a token by ${name}: ${stderr.toString().trim().split("\n").at(-1)}`);
}

function wallMilliseconds({ command }: Minter, env: Record<string, string>): number {
  const startedAt = performance.now();
  Bun.spawnSync([...command], { env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  return performance.now() - startedAt;
}

/**
 * The last peak that is seen before it ends, asked for without a pause. What `wait4` tells in the end is no less than
 * what this process itself had when it started the other (`exec` keeps the maximum).
 */
async function peakMebibytes({ command }: Minter, env: Record<string, string>): Promise<number> {
  const child = keep(Bun.spawn([...command], { env, stdin: "ignore", stdout: "ignore", stderr: "ignore" }));
  let peak = 0;
  // Not reaped while this loop runs, so its process id is not another's.
  for (let now: number | undefined = 0; now !== undefined; now = memoryOf(child.pid, "VmHWM"))
    peak = Math.max(peak, now);
  await child.exited;
  return peak;
}

function rowBeside(measure: string, ours: readonly number[] = [], theirs: readonly number[] = []): Row {
  const ratios = ours.flatMap((value, round) => value / (theirs[round] ?? Number.NaN)).filter(Number.isFinite);
  const spread = (values: readonly number[]): Spread | undefined =>
    values.length === 0 ? undefined : spreadOf(values);
  return { measure, iamgate: spreadOf(ours), peer: spread(theirs), ratio: spread(ratios) };
}
