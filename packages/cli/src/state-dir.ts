import { X509Certificate } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Deps } from "./deps.ts";
import { CLI_ERROR_CODES, CliError, systemCodeOf } from "./errors.ts";
import { quote } from "./lib/quote.ts";
import { withLock } from "./lib/lock.ts";
import {
  type CertificateAndKey,
  makeCertificateAuthority,
  makeServerCertificate,
  type ServerNames,
} from "./tls/certificate-authority.ts";
import { type Judgement, judgeAuthority, judgeServerCertificate } from "./tls/judge-certificate.ts";

/** The files of a state directory. */
export interface StatePaths {
  readonly directory: string;
  /** The authority's certificate: what clients are told to trust. */
  readonly ca: string;
  readonly caKey: string;
  readonly cert: string;
  readonly key: string;
  /** For kube-apiserver's `--authentication-token-webhook-config-file`. */
  readonly kubeconfig: string;
}

/** An opened state directory: a certificate to serve with, and the authority that vouches for it. */
export interface ServerState {
  readonly paths: StatePaths;
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
  /** What was made now and why, one sentence each; empty when everything was there already. */
  readonly news: readonly string[];
}

/** What {@link openStateDir} keeps, for the help of commands. */
export const CERTIFICATE_FILES = [
  { path: "DIR/ca.pem, ca-key.pem", help: "the authority, for 10 years; clients trust ca.pem" },
  {
    path: "DIR/cert.pem, key.pem",
    help: "the server's certificate, for a year; made anew at a start with under 30 days left",
  },
] as const;

type StateDeps = Pick<Deps, "files" | "now" | "randomBytes" | "timers">;

/** Where a command keeps its state unless told otherwise (XDG Base Directory Specification 0.8). */
export function defaultStateDir(env: Deps["env"], command: string): string {
  const base = env["XDG_STATE_HOME"];
  // The specification: a relative path in the variable is to be ignored.
  const root = base?.startsWith("/") ? base : join(env["HOME"] ?? homedir(), ".local", "state");
  return join(root, "iamgate", command);
}

/** The paths in a state directory. */
function statePaths(directory: string): StatePaths {
  const absolute = resolve(directory);
  return {
    directory: absolute,
    ca: join(absolute, "ca.pem"),
    caKey: join(absolute, "ca-key.pem"),
    cert: join(absolute, "cert.pem"),
    key: join(absolute, "key.pem"),
    kubeconfig: join(absolute, "kubeconfig.yaml"),
  };
}

/**
 * Opens a state directory, and makes in it what is missing, expires within 30 days, or is for other names. Every file
 * is put in place as a whole.
 *
 * @param directory - made if it is not there, for its owner only.
 * @param names - what the server's certificate must be valid for.
 * @throws CliError `state-dir-unusable` or `invalid-certificate`, naming the path and what to do.
 */
export async function openStateDir(directory: string, names: ServerNames, deps: StateDeps): Promise<ServerState> {
  const paths = statePaths(directory);
  try {
    await deps.files.makeDirectory(paths.directory);
    return await withLock(join(paths.directory, ".lock"), deps, () => openLocked(paths, names, deps));
  } catch (error) {
    throw error instanceof CliError ? error : unusable(paths.directory, error);
  }
}

/**
 * Keeps a state directory for this process alone until the returned function is called or the process ends, however that
 * is: two servers would overwrite each other's kubeconfig, and could share a port without noticing.
 *
 * @throws CliError `state-dir-unusable` when another process has it, or it cannot be used.
 */
export async function lockStateDir(directory: string, { files }: Pick<Deps, "files">): Promise<() => void> {
  const path = resolve(directory);
  try {
    await files.makeDirectory(path);
    const unlock = await files.lock(join(path, ".serving.lock"));
    if (unlock !== undefined) return unlock;
  } catch (error) {
    throw unusable(path, error);
  }
  throw new CliError(
    CLI_ERROR_CODES.stateDirUnusable,
    `state directory ${quote(path)}: another iamgate serves with it`,
    {
      hint: "stop that one (`ss -ltnp` names it), or name another directory with --state-dir",
    },
  );
}

/** Puts a file of ours into the state directory, for its owner only; leaves it alone when it says the same already. */
export async function writeState(path: string, text: string, { files }: Pick<Deps, "files">): Promise<void> {
  try {
    if ((await readIfThere(path, files)) === text) return;
    await files.replace(path, text, { mode: 0o600 });
  } catch (error) {
    throw error instanceof CliError ? error : unusable(path, error);
  }
}

async function openLocked(paths: StatePaths, names: ServerNames, deps: StateDeps): Promise<ServerState> {
  const { files, now } = deps;
  const tightened = [...(await tighten(paths.caKey, files)), ...(await tighten(paths.key, files))];
  const ca = { certPem: await readIfThere(paths.ca, files), keyPem: await readIfThere(paths.caKey, files) };
  const caJudgement = judgeAuthority(ca, paths, now());
  const authority = caJudgement.ok ? caJudgement.pair : await makeCertificateAuthority(deps);
  if (!caJudgement.ok) await writePair(authority, { cert: paths.ca, key: paths.caKey }, deps);

  const own = { certPem: await readIfThere(paths.cert, files), keyPem: await readIfThere(paths.key, files) };
  refuseOtherUse(own.certPem, names, paths.directory);
  const judgement = judgeServerCertificate(own, { paths, names, caPem: authority.certPem, now: now() });
  const server = judgement.ok ? judgement.pair : await makeServerCertificate(authority, names, deps);
  if (!judgement.ok) await writePair(server, paths, deps);

  return {
    paths,
    caPem: authority.certPem,
    ...server,
    news: [
      ...tightened,
      ...newsOf("certificate authority", paths.ca, caJudgement),
      ...newsOf("certificate", paths.cert, judgement),
    ],
  };
}

/** A private key that others may read is made its owner's again, and told: somebody may have read it. */
async function tighten(path: string, files: Deps["files"]): Promise<readonly string[]> {
  const text = await readIfThere(path, files);
  if (text === undefined) return [];
  const { mode } = await files.stat(path);
  if ((mode & 0o077) === 0) return [];
  await files.replace(path, text, { mode: 0o600 });
  const was = mode.toString(8).padStart(4, "0");
  return [`made ${quote(path)} its owner's alone: its mode was ${was}, so others may have read the key`];
}

/** Whoever trusts a local STS's authority must not have to trust it as a webhook's, nor the other way round. */
function refuseOtherUse(certPem: string | undefined, names: ServerNames, directory: string): void {
  const isForSts = names.dnsNames.includes(STS_NAME);
  if (certPem === undefined || namesSts(certPem) === isForSts) return;
  const [whose, forWhom] = isForSts ? ["a webhook", "a local STS"] : ["a local STS", "a webhook"];
  throw new CliError(
    CLI_ERROR_CODES.stateDirUnusable,
    `state directory ${quote(directory)}: its certificate is ${whose}'s, and ${forWhom} must not have the same authority`,
    { hint: "give each a directory of its own with --state-dir" },
  );
}

const STS_NAME = "sts.amazonaws.com";

function namesSts(certPem: string): boolean {
  try {
    return (new X509Certificate(certPem).subjectAltName ?? "").split(", ").includes(`DNS:${STS_NAME}`);
  } catch {
    // What is no certificate is judged, and named, elsewhere.
    return false;
  }
}

/** The key first: a certificate is never without its key, also when the machine stops in between. */
async function writePair(
  pair: CertificateAndKey,
  { cert, key }: { readonly cert: string; readonly key: string },
  { files }: StateDeps,
): Promise<void> {
  await files.replace(key, pair.keyPem, { mode: 0o600 });
  await files.replace(cert, pair.certPem, { mode: 0o600 });
}

function newsOf(what: string, path: string, judgement: Judgement): readonly string[] {
  return judgement.ok ? [] : [`made a new ${what} ${quote(path)}: ${judgement.why}`];
}

async function readIfThere(path: string, files: Deps["files"]): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await files.read(path));
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw unusable(path, error);
  }
}

const STATES: ReadonlyMap<string, readonly [state: string, hint: string]> = new Map([
  [
    "EACCES",
    ["permission denied", "let this user read and write it (chown, chmod), or name another directory with --state-dir"],
  ],
  [
    "EPERM",
    ["not permitted", "let this user read and write it (chown, chmod), or name another directory with --state-dir"],
  ],
  ["EEXIST", ["there is a file of that name", "name a directory with --state-dir"]],
  ["ENOTDIR", ["a part of the path is no directory", "name a directory with --state-dir"]],
  ["EISDIR", ["is a directory, expected a file", "move it away, iamgate makes the file anew"]],
  ["EROFS", ["the file system is read-only", "name a directory that can be written with --state-dir"]],
  ["ENOSPC", ["no space left on the device", "make room, or name another directory with --state-dir"]],
  ["EDQUOT", ["the disk quota is used up", "make room, or name another directory with --state-dir"]],
]);

function unusable(path: string, cause: unknown): CliError {
  const code = systemCodeOf(cause);
  const [state, hint] = STATES.get(code ?? "") ?? [];
  if (state === undefined || hint === undefined) {
    if (code === undefined) throw cause;
    return new CliError(CLI_ERROR_CODES.stateDirUnusable, `state directory ${quote(path)}: cannot be used (${code})`, {
      hint: "name another directory with --state-dir",
      cause,
    });
  }
  return new CliError(CLI_ERROR_CODES.stateDirUnusable, `state directory ${quote(path)}: ${state}`, { hint, cause });
}
