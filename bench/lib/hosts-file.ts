import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../tools/kube/run-program.ts";

/** Runs a command with a name of this machine's own choosing, or says why that is not possible here. */
export type NameOverride =
  | { readonly ok: true; readonly wrap: (command: readonly string[]) => readonly string[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Makes a host name mean 127.0.0.1 for one program: in a mount namespace of its own, with another /etc/hosts. Nothing
 * then stands between that program and whom it dials, as a proxy would.
 */
export async function overrideName(host: string, folder: string): Promise<NameOverride> {
  const path = join(folder, "hosts");
  writeFileSync(path, `${readFileSync("/etc/hosts", "utf8").trimEnd()}\n127.0.0.1 ${host}\n`);
  // A user who is not root may have a namespace in which he is.
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const wrap = (command: readonly string[]): readonly string[] => {
    const script = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';
    return ["unshare", ...user, "--mount", "sh", "-c", script, "sh", path, ...command];
  };
  if (Bun.which("unshare") === null)
    return { ok: false, reason: "no unshare on this machine; apt-get install util-linux" };
  const { exitCode, stdout, stderr } = await runProgram(wrap(["getent", "hosts", host]), { timeoutSeconds: 10 });
  if (exitCode === 0 && stdout.startsWith("127.0.0.1 ")) return { ok: true, wrap };
  return { ok: false, reason: `it needs a mount namespace, as root has: ${stderr.trim().split("\n").at(-1)}` };
}
