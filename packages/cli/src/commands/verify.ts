import { authenticate, type Step, type Verifier, verifyToken, WebhookFault } from "@iamgate/webhook";
import { textFlag } from "../args.ts";
import { bearerToken } from "../bearer-token.ts";
import { defineCommand } from "../command.ts";
import type { Command } from "../command-spec.ts";
import type { Deps } from "../deps.ts";
import { paintFor } from "../lib/paint.ts";
import { oneLine } from "../lib/quote.ts";
import { openMappingFile } from "../mapping-file.ts";
import { OUTPUT_FLAG } from "../output-flag.ts";
import { type Outcome, trailJson, trailText } from "../trail-report.ts";
import { openVerifier, VERIFIER_FLAGS } from "../verifier-flags.ts";

/** `iamgate verify`: sends one token the webhook's whole way, and shows each stage. */
export const command: Command = defineCommand(
  {
    name: "verify",
    summary: "Verify a token as the webhook does, and show each stage that it passes",
    positionals: [
      { placeholder: "TOKEN", required: false, help: "the token, or - or nothing to read it from standard input" },
    ],
    flags: {
      ...VERIFIER_FLAGS,
      "aws-auth": textFlag({
        placeholder: "FILE",
        help: "manifest of the ConfigMap kube-system/aws-auth; without it the way ends at who signed",
      }),
      output: OUTPUT_FLAG,
    },
    notes: ["Exit code 0: the token is good. 1: it is refused, or STS could not tell. STS is asked over the network."],
    examples: [
      {
        does: "who am I, to this cluster?",
        line: "iamgate token -i prod | iamgate verify --cluster-id prod --aws-auth aws-auth.yaml",
      },
    ],
  },
  async ({ flags, positionals }, deps) => {
    const token = bearerToken(positionals[0], deps);
    const verifier = await openVerifier(flags, deps);
    const steps: Step[] = [];
    const outcome = await outcomeOf(token, { verifier, awsAuth: flags["aws-auth"], steps }, deps);
    const text =
      flags.output === "json"
        ? `${JSON.stringify(trailJson(steps, outcome), null, 2)}\n`
        : verifyText(steps, outcome, deps);
    deps.stdout.write(text);
    return outcome.kind === "passed" ? 0 : 1;
  },
);

/** The stages, and in one line what they come to. */
function verifyText(steps: readonly Step[], outcome: Outcome, { now, stdout, env }: Deps): string {
  const paint = paintFor(stdout, env);
  const stages = trailText(steps, outcome, { now: now(), paint });
  const last = steps.at(-1);
  switch (outcome.kind) {
    case "passed":
      return last?.stage === "render"
        ? `${stages}let in as ${paint("green", oneLine(last.learnt.username))}\n`
        : `${stages}genuine; who they are in the cluster is not told without --aws-auth\n`;
    case "refused":
      return `${stages}${paint("red", "refused")}; docs/errors.md explains ${outcome.refusal.reason}\n`;
    case "failed":
      return `${stages}${paint("yellow", "undecided")}, so kube-apiserver would be answered 503; docs/errors.md explains ${outcome.code}\n`;
  }
}

async function outcomeOf(
  token: string,
  { verifier, awsAuth, steps }: { verifier: Verifier; awsAuth: string | undefined; steps: Step[] },
  deps: Deps,
): Promise<Outcome> {
  try {
    if (awsAuth === undefined) {
      const principal = await verifyToken(token, verifier, steps);
      return principal.ok ? { kind: "passed" } : { kind: "refused", refusal: principal };
    }
    const mapping = await openMappingFile({ path: awsAuth, flag: "--aws-auth" }, deps);
    try {
      const verdict = await authenticate(token, { ...verifier, mappings: mapping.current }, steps);
      return verdict.ok ? { kind: "passed" } : { kind: "refused", refusal: verdict.refusal };
    } finally {
      mapping.stop();
    }
  } catch (cause) {
    if (!(cause instanceof WebhookFault)) throw cause;
    return { kind: "failed", code: cause.code, detail: cause.message };
  }
}
