import { cpus, totalmem } from "node:os";
import manifest from "../../packages/cli/package.json" with { type: "json" };
import type { Cores } from "./cores.ts";
import { AUTHENTICATOR_VERSION } from "./programs.ts";
import { type Report, reportMarkdown } from "./report.ts";

/** What a reader must know beside the figures. */
export interface Circumstances {
  readonly cores: Cores;
  readonly serveFlags: readonly string[];
  readonly peerSkipped: string | undefined;
  /** As it was typed. */
  readonly command: string;
}

/** Where and with what it was measured, one line each. */
export function circumstancesLines({ cores, serveFlags, peerSkipped }: Circumstances): readonly string[] {
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const shared =
    cores.load === cores.sts
      ? "the load generator and the STS stub share another"
      : "the load generator and the STS stub have one each";
  return [
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${memoryGiB} GiB, ${process.platform} ${process.arch}.`,
    `Versions: iamgate ${manifest.version} compiled by Bun ${Bun.version}; Go authenticator ${AUTHENTICATOR_VERSION}.`,
    `The webhook under test has one core for itself; ${shared}.`,
    serveFlags.length === 0
      ? "iamgate serve runs with its default limits."
      : `iamgate serve runs with ${serveFlags.join(" ")}.`,
    ...(peerSkipped === undefined ? [] : [`Go authenticator skipped: ${peerSkipped}.`]),
  ];
}

/** docs/benchmarks.md, whole. */
export function benchmarksDocument(reports: readonly Report[], circumstances: Circumstances): string {
  const date = new Date().toISOString().slice(0, 10);
  return `# Benchmarks

iamgate and the Go authenticator side by side, measured on ${date}. Figures are medians; a ratio is iamgate's over the Go
authenticator's in the same round, as median and range. Other machines give other figures, and perhaps other ratios.

${circumstancesLines(circumstances)
  .map((line) => `- ${line}`)
  .join("\n")}

To repeat it: \`${circumstances.command}\`, on Linux with two cores or more, Go, and \`taskset\` and \`unshare\` (util-linux).
It asserts nothing: a busy machine gives other figures.

${reports.map(reportMarkdown).join("\n")}
${METHOD}`;
}

const METHOD = `## How it is measured

- Both webhooks run all the time, with one core (\`GOMAXPROCS=1\`), the same mapping of 50 roles and their default logging to
  a file. They are loaded in turns, slice by slice, so that what disturbs the machine disturbs both; who begins alternates.
- Tokens are minted and connections opened before the clock runs. Distinct ones come from 2,000 access keys with session
  tokens; a TokenReview has about 1.2 KB. HTTP/1.1, kept alive, one request at a time on a connection.
- Both ask the same STS over TLS: a stub that verifies nothing. Each dials port 443 of the host that the token names, so it
  has a mount namespace of its own in which \`/etc/hosts\` says 127.0.0.1; nothing stands in between.
- The Go authenticator keeps two idle connections to STS at most, as Go's default transport does; what it opens anew is
  listed.
- CPU time is the webhook's process alone, from \`/proc/PID/stat\`. Latency counts from when a request was due.
- The Go authenticator answers a refusal with 403, iamgate with 200 and \`authenticated: false\`; both count as refused.
`;
