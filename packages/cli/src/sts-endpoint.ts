import { stsHostFor } from "@iamgate/token";
import { usageError } from "./errors.ts";
import { quote } from "./lib/quote.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The STS that a token names. */
export interface StsEndpoint {
  readonly region: string;
  /** `sts.us-west-2.amazonaws.com`, or `127.0.0.1:8443` from `AWS_ENDPOINT_URL_STS`. */
  readonly host: string;
}

/** What aws-iam-authenticator signs for where no region is known. */
const FALLBACK_REGION = "us-east-1";

/**
 * Which STS to sign for: the flag's region, else the environment's, and the endpoint variables that the AWS CLI and
 * the SDKs honour (`AWS_ENDPOINT_URL_STS`, `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT`).
 *
 * @throws CliError naming the flag or the variable whose value cannot be one.
 */
export function stsEndpoint(regionFlag: string | undefined, env: Env): StsEndpoint {
  const [source, region] = firstGiven([
    ["flag --region", regionFlag],
    ["environment variable AWS_REGION", env["AWS_REGION"]],
    ["environment variable AWS_DEFAULT_REGION", env["AWS_DEFAULT_REGION"]],
  ]) ?? ["default region", FALLBACK_REGION];
  const options = { fips: isOn(env, "AWS_USE_FIPS_ENDPOINT"), dualStack: isOn(env, "AWS_USE_DUALSTACK_ENDPOINT") };
  const sts = hostOrUsageError(source, region, options);
  const [variable, url] = firstGiven([
    ["AWS_ENDPOINT_URL_STS", env["AWS_ENDPOINT_URL_STS"]],
    ["AWS_ENDPOINT_URL", env["AWS_ENDPOINT_URL"]],
  ]) ?? [""];
  if (url === undefined || isOn(env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) return sts;
  return { region: sts.region, host: authorityOf(variable, url) };
}

function hostOrUsageError(source: string, region: string, options: { fips: boolean; dualStack: boolean }): StsEndpoint {
  try {
    return stsHostFor(region, options);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const kind = [options.fips ? "FIPS " : "", options.dualStack ? "dual-stack " : ""].join("");
    throw usageError(
      `${source} ${quote(region)}: there is no ${kind}STS endpoint in such a region`,
      "name a region such as us-west-2, cn-north-1 or us-gov-west-1",
    );
  }
}

function authorityOf(variable: string, text: string): string {
  const [, authority] = /^https:\/\/([a-z0-9.:[\]-]+)\/?$/.exec(text) ?? [];
  if (authority !== undefined && URL.canParse(text)) return authority;
  throw usageError(
    `environment variable ${variable} ${quote(text)}: expected https://HOST or https://HOST:PORT`,
    "tokens are https URLs, so the endpoint has to be one; unset the variable to sign for AWS's own STS",
  );
}

function isOn(env: Env, name: string): boolean {
  const value = env[name] ?? "";
  if (/^(true|1)$/i.test(value)) return true;
  if (/^(false|0)?$/i.test(value)) return false;
  throw usageError(`environment variable ${name} ${quote(value)}: expected true or false`, "correct it, or unset it");
}

/** An empty variable is how shells write "not set". */
function firstGiven<Name extends string>(
  candidates: readonly (readonly [Name, string | undefined])[],
): readonly [Name, string] | undefined {
  for (const [name, value] of candidates) if (value !== undefined && value !== "") return [name, value];
  return undefined;
}
