import {
  execCredentialVersion,
  formatExecCredential,
  mintToken,
  stsHostFor,
  stsHostOf,
  TokenError,
} from "@iamgate/token";
import { requiredTextFlag, textFlag } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { Command } from "../command-spec.ts";
import { environmentCredentials } from "../environment-credentials.ts";
import { CLI_ERROR_CODES, CliError, usageError } from "../errors.ts";
import { quote } from "../lib/quote.ts";
import { warn } from "../notices.ts";
import { stsEndpoint } from "../sts-endpoint.ts";

/** `iamgate token`: mints a token and prints it as kubectl's exec plugins do. */
export const command: Command = defineCommand(
  {
    name: "token",
    summary: "Mint a token for a cluster and print it as an ExecCredential",
    flags: {
      "cluster-id": requiredTextFlag({
        short: "i",
        placeholder: "ID",
        help: "what the cluster's verifier expects: on EKS the cluster's name",
      }),
      region: textFlag({
        placeholder: "REGION",
        help: "whose STS the token names (else AWS_REGION, AWS_DEFAULT_REGION, us-east-1)",
      }),
      "token-only": { kind: "switch", help: "print the bare token" },
    },
    notes: [
      "Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Nobody is asked: minting needs no network.",
      "KUBERNETES_EXEC_INFO, which kubectl sets, chooses the version of the answer. AWS_ENDPOINT_URL_STS, AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT choose the STS host as they do for the AWS CLI.",
    ],
    examples: [
      {
        does: "in a kubeconfig: exec: { command: iamgate, args: [token, --cluster-id, prod] }",
        line: "iamgate token --cluster-id prod",
      },
      { does: "by hand", line: 'kubectl --token "$(iamgate token -i prod --token-only)" get pods' },
    ],
  },
  async ({ flags }, { env, stdout, stderr, now }) => {
    const { region, host } = stsEndpoint(flags.region, env);
    const minted = mintOrCliError({
      clusterId: flags["cluster-id"],
      credentials: environmentCredentials(env),
      region,
      host,
      now: now(),
    });
    if (stsHostOf(stsHostFor(region).host) === undefined) {
      warn({ stderr }, `region ${quote(region)} is not one that this release knows`);
    }
    if (flags["token-only"]) {
      stdout.write(`${minted.token}\n`);
      return 0;
    }
    const { apiVersion, warning } = execCredentialVersion(env["KUBERNETES_EXEC_INFO"]);
    if (warning !== undefined) warn({ stderr }, warning);
    stdout.write(`${formatExecCredential(minted, apiVersion)}\n`);
    return 0;
  },
);

function mintOrCliError(options: Parameters<typeof mintToken>[0]): ReturnType<typeof mintToken> {
  try {
    return mintToken(options);
  } catch (cause) {
    if (cause instanceof TokenError) {
      const [message, hint = "get new ones"] = cause.message.split("; ");
      throw new CliError(CLI_ERROR_CODES.noCredentials, message ?? cause.message, { hint, cause });
    }
    if (cause instanceof TypeError) {
      throw usageError(cause.message, "give the cluster's id as its verifier has it, without blanks around it");
    }
    throw cause;
  }
}
