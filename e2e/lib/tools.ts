import { buildProgram, type BuildOptions, defaultCacheFolder, goCompiler } from "../../tools/kube/build.ts";
import { KUBE_PROGRAMS } from "../../tools/kube/programs.ts";
import { findAwsCli } from "../../tools/kube/aws-cli.ts";
import { boto3Python } from "./boto3.ts";

/** Paths of everything the ring runs that is not iamgate; an optional one is missing where `skipped` says why. */
export interface Tools {
  readonly etcd: string;
  readonly apiserver: string;
  readonly kubectl: string;
  /** aws-iam-authenticator, the peer whose tokens have to be accepted too. */
  readonly authenticator: string;
  readonly awsCli?: string;
  /** A Python that has the pinned boto3. */
  readonly python?: string;
}

/** What cannot run on this machine, why, and what to do about it. */
export interface Skipped {
  readonly what: string;
  readonly reason: string;
}

/** Finds or builds the tools; without a control plane `tools` is undefined. */
export async function prepareTools(
  log: (line: string) => void,
): Promise<{ readonly tools: Tools | undefined; readonly skipped: readonly Skipped[] }> {
  const assets = process.env["KUBEBUILDER_ASSETS"];
  const go = Bun.which("go");
  const options: BuildOptions = {
    cacheFolder: defaultCacheFolder(process.env),
    ...(assets === undefined ? {} : { assets }),
    compile: go === null ? undefined : goCompiler(go),
    log,
  };
  const paths: Record<string, string> = {};
  for (const [key, program] of Object.entries(KUBE_PROGRAMS)) {
    const built = await buildProgram(program, options);
    if (!built.ok) return { tools: undefined, skipped: [{ what: "control plane", reason: built.reason }] };
    paths[key] = built.path;
  }

  const skipped: Skipped[] = [];
  const awsCli = (await findAwsCli())?.path;
  if (awsCli === undefined) {
    skipped.push({ what: "AWS CLI v2", reason: "no aws on this machine is a version 2; apt-get install awscli" });
  }
  const python = await boto3Python(options.cacheFolder, log);
  if (!python.ok) skipped.push({ what: "boto3", reason: python.reason });
  const tools = {
    ...(paths as Record<keyof typeof KUBE_PROGRAMS, string>),
    ...(awsCli === undefined ? {} : { awsCli }),
    ...(python.ok ? { python: python.path } : {}),
  };
  return { tools, skipped };
}
