import { type AccessAnswer, canAccess, type DecidingStatement, type Iam } from "@iamgate/sts";
import { type ListFlag, requiredTextFlag } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { Command } from "../command-spec.ts";
import { CLI_ERROR_CODES, CliError, usageError } from "../errors.ts";
import { openIamFile } from "../iam-file.ts";
import { type Paint, paintFor } from "../lib/paint.ts";
import { quote } from "../lib/quote.ts";
import { OUTPUT_FLAG } from "../output-flag.ts";

type Told = readonly [key: string, value: string];

const CONTEXT_FLAG: ListFlag<Told> = {
  kind: "list",
  placeholder: "KEY=VALUE",
  parse: parseTold,
  expected: "KEY=VALUE, for example sts:ExternalId=12345",
  help: "a condition key of the request; again for another key, or for another value of the same",
};

/** `iamgate iam`: asks an iam file what somebody may do. */
export const command: Command = defineCommand(
  {
    name: "iam",
    summary: "Tell whether somebody in an iam file may do something, and which statement decides",
    positionals: [
      { placeholder: "can", required: true, help: "the word itself" },
      { placeholder: "PRINCIPAL", required: true, help: "a user, ROLE, ROLE/SESSION, root, or an ARN" },
      { placeholder: "ACTION", required: true, help: "sts:AssumeRole, eks:DescribeCluster, …" },
      { placeholder: "RESOURCE", required: false, help: "an ARN, or the name of a role; * when left out" },
    ],
    flags: {
      iam: requiredTextFlag({ placeholder: "FILE", help: "declares accounts, users, roles and their policies" }),
      context: CONTEXT_FLAG,
      output: OUTPUT_FLAG,
    },
    notes: [
      "The decision is the one that `iamgate sts` makes. A condition key that is not told does not exist in the request, but for the time and what follows from the principal. Exit code 0: allowed. 1: not allowed.",
    ],
    examples: [
      { does: "who may become Admin?", line: "iamgate iam can alice sts:AssumeRole Admin --iam iam.yaml" },
      {
        does: "and with MFA?",
        line: "iamgate iam can alice sts:AssumeRole Admin --iam iam.yaml --context aws:MultiFactorAuthPresent=true",
      },
    ],
  },
  async ({ flags, positionals }, deps) => {
    const [verb = "", principal = "", action = "", resource = "*"] = positionals;
    if (verb !== "can") {
      throw usageError(
        `argument ${quote(verb)}: iamgate iam can only tell what somebody can`,
        "write `iamgate iam can …`",
      );
    }
    if (!/^[\w-]+:\w+$/.test(action)) {
      throw usageError(
        `argument ${quote(action)}: no action`,
        "write the service and one of its actions, such as sts:AssumeRole",
      );
    }
    const file = await openIamFile({ path: flags.iam, flag: "--iam" }, deps);
    file.stop();
    const context = Map.groupBy(flags.context, ([key]) => key.toLowerCase());
    const answer = answerOf(file.current(), {
      principal,
      action,
      resource,
      context: new Map([...context].map(([key, told]) => [key, told.map(([, value]) => value)])),
      now: deps.now(),
    });
    const json = `${JSON.stringify(asJson(answer, action), null, 2)}\n`;
    deps.stdout.write(flags.output === "json" ? json : asText(answer, paintFor(deps.stdout, deps.env)));
    return answer.decision.allowed ? 0 : 1;
  },
);

function parseTold(text: string): Told | undefined {
  const [, key, value] = /^([^=]+:[^=]+)=(.*)$/s.exec(text) ?? [];
  return key === undefined || value === undefined ? undefined : [key, value];
}

/** @throws CliError for a principal or a resource that the file does not know. */
function answerOf(iam: Iam, question: Parameters<typeof canAccess>[1]): AccessAnswer {
  try {
    return canAccess(iam, question);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const [message = "", hint = ""] = cause.message.split("; ");
    throw new CliError(CLI_ERROR_CODES.usage, message, { hint, cause });
  }
}

function asText({ principal, resource, decision }: AccessAnswer, paint: Paint): string {
  const verdict = decision.allowed ? paint("green", "allowed") : paint("red", "denied");
  const lines = [`${verdict}: ${decision.detail}`, `  principal  ${principal}`, `  resource   ${resource}`];
  if ("statement" in decision && decision.statement !== undefined) {
    const { policyType, policyName, sid, place } = decision.statement;
    lines.push(`  decided by ${policyType} "${policyName}"${sid === undefined ? "" : `, statement ${sid}`}`);
    lines.push(`  at         ${place.source}:${place.line}:${place.column}`);
  } else if (!decision.allowed) {
    lines.push("  decided by no statement: what nothing allows is denied");
    const place = decision.by === "implicit-deny" ? decision.nearMiss?.place : undefined;
    if (place !== undefined) lines.push(`  see        ${place.source}:${place.line}:${place.column}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

function asJson({ principal, resource, decision }: AccessAnswer, action: string) {
  const { allowed, by, detail } = decision;
  const statement = "statement" in decision ? decision.statement : undefined;
  const nearMiss = decision.by === "implicit-deny" ? decision.nearMiss : undefined;
  return {
    principal,
    action,
    resource,
    allowed,
    by,
    statement: statement === undefined ? null : statementJson(statement),
    nearMiss: nearMiss === undefined ? null : { ...statementJson(nearMiss.statement), condition: nearMiss.condition },
    detail,
  };
}

function statementJson({ policyType, policyName, sid, place }: DecidingStatement) {
  return { policyType, policyName, sid: sid ?? null, file: place.source, line: place.line, column: place.column };
}
