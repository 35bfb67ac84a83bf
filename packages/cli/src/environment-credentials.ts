import type { Credentials } from "@iamgate/token";
import { CLI_ERROR_CODES, CliError, usageError } from "./errors.ts";
import { quote } from "./lib/quote.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * AWS credentials from the environment, by the variables of the AWS CLI; `AWS_CREDENTIAL_EXPIRATION` is what
 * `aws configure export-credentials --format env` writes beside them.
 *
 * @throws CliError where a variable is missing or cannot be one; no value of a secret one is quoted.
 */
export function environmentCredentials(env: Env): Credentials {
  const accessKeyId = env["AWS_ACCESS_KEY_ID"] ?? "";
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"] ?? "";
  const sessionToken = env["AWS_SESSION_TOKEN"] ?? "";
  if (accessKeyId === "" && secretAccessKey === "") {
    throw new CliError(CLI_ERROR_CODES.noCredentials, "finding AWS credentials: AWS_ACCESS_KEY_ID is not set", {
      hint: 'set the keys, for example by `eval "$(aws configure export-credentials --format env)"`',
    });
  }
  if (accessKeyId === "" || secretAccessKey === "") {
    const missing = accessKeyId === "" ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY";
    const present = accessKeyId === "" ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID";
    throw new CliError(CLI_ERROR_CODES.noCredentials, `finding AWS credentials: ${present} is set, ${missing} is not`, {
      hint: `set ${missing} too, or unset both`,
    });
  }
  // The value is not quoted: it may be the secret, in the wrong variable.
  if (!/^\w{16,128}$/.test(accessKeyId)) {
    throw usageError(
      "environment variable AWS_ACCESS_KEY_ID: is not 16 to 128 letters and digits",
      "an access key id looks like AKIAIOSFODNN7EXAMPLE; check that it was not swapped with the secret key",
    );
  }
  for (const [name, value] of [
    ["AWS_SECRET_ACCESS_KEY", secretAccessKey],
    ["AWS_SESSION_TOKEN", sessionToken],
  ] as const) {
    if (/^[\x21-\x7e]*$/.test(value)) continue;
    throw usageError(
      `environment variable ${name}: holds a blank, a line break or another character that no AWS key has`,
      "copy it again, without the line's end",
    );
  }
  const expiration = expirationOf(env);
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === "" ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expiration }),
  };
}

function expirationOf(env: Env): Date | undefined {
  const text = env["AWS_CREDENTIAL_EXPIRATION"] ?? "";
  if (text === "") return undefined;
  const expiration = new Date(text);
  if (!Number.isNaN(expiration.getTime())) return expiration;
  throw usageError(
    `environment variable AWS_CREDENTIAL_EXPIRATION ${quote(text)}: expected a time such as 2026-01-02T03:04:05Z`,
    "correct it, or unset it",
  );
}
