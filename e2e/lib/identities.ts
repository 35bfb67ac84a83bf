import { readFileSync } from "node:fs";
import { join } from "node:path";
import { credentialsOf, type Iam, parseIam } from "@iamgate/sts";
import { type Credentials, mintToken } from "@iamgate/token";
import type { Login } from "./kubectl.ts";
import type { Tools } from "./tools.ts";

/** What tokens are signed for, and the STS that they name. */
export const CLUSTER_ID = "e2e-cluster";
const REGION = "us-west-2";

/** The identities of `fixtures/iam.yaml`, as GetCallerIdentity's callers name them. */
export type Who = "alice" | "mallory" | "Developer/carol@example.com";

const iam = readIam(join(import.meta.dirname, "../fixtures/iam.yaml"));

/** An identity whose tokens `iamgate token` makes, as kubectl's exec plugin. */
export function iamgateLogin(
  who: Who,
  { clusterId = CLUSTER_ID, ...login }: { readonly clusterId?: string; readonly version?: "v1" | "v1beta1" } = {},
): Login {
  return {
    ...login,
    command: ["iamgate", "token", "--cluster-id", clusterId, "--region", REGION],
    env: environmentOf(who),
  };
}

/** The same through `aws eks get-token`. */
export function awsCliLogin({ awsCli = "aws" }: Tools, who: Who): Login {
  const getToken = ["eks", "get-token", "--cluster-name", CLUSTER_ID] as const;
  return { command: [awsCli, "--region", REGION, "--output", "json", ...getToken], env: environmentOf(who) };
}

/** The same through `aws-iam-authenticator token`. */
export function authenticatorLogin({ authenticator }: Tools, who: Who): Login {
  return {
    command: [authenticator, "token", "--cluster-id", CLUSTER_ID, "--region", REGION],
    env: environmentOf(who),
  };
}

/** The command that prints a token made by boto3's RequestSigner, and its environment. */
export function boto3TokenCommand(
  { python = "python3" }: Tools,
  who: Who,
): { readonly command: string[]; readonly env: Readonly<Record<string, string>> } {
  const script = join(import.meta.dirname, "../clients/boto3_get_token.py");
  return { command: [python, script, CLUSTER_ID, REGION], env: environmentOf(who) };
}

/**
 * A bare token.
 *
 * @param options - `now`: when it is signed, in epoch milliseconds. `expiresSeconds`: X-Amz-Expires, by which tokens of
 *   one second differ; to kube-apiserver's cache equal tokens are one.
 */
export function tokenLogin(
  who: Who,
  options: { readonly now?: number; readonly expiresSeconds?: number } = {},
): { readonly token: string } {
  const credentials = credentialsOf(iam, who);
  return { token: mintToken({ clusterId: CLUSTER_ID, region: REGION, credentials, ...options }).token };
}

/** What no log may hold of anybody: secret keys and session tokens. */
export function secrets(): readonly string[] {
  return [...iam.accessKeys.values()].flatMap(({ credentials: { secretAccessKey, sessionToken } }) =>
    sessionToken === undefined ? [secretAccessKey] : [secretAccessKey, sessionToken],
  );
}

function environmentOf(who: Who): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken }: Credentials = credentialsOf(iam, who);
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  };
}

function readIam(path: string): Iam {
  const parsed = parseIam(readFileSync(path, "utf8"), path);
  if (!parsed.ok) throw new Error(parsed.errors.map((error) => error.message).join("\n"));
  return parsed.iam;
}
