import { once } from "node:events";
import { createServer } from "node:net";
import { STS_HOST } from "../load/signer.ts";
import type { LoadAsk, StreamResult } from "../load/messages.ts";
import type { StubAnswer, StubAsk } from "../sts-stub/messages.ts";
import type { Cores } from "./cores.ts";
import { overrideName } from "./hosts-file.ts";
import type { Programs } from "./programs.ts";
import { startAuthenticator, startIamgate, type WayToSts, type Webhook } from "./servers.ts";
import { startWorker, type Worker } from "./worker.ts";

/** Both webhooks, the STS that both ask, and the load generator; all run all the time, and idle while not measured. */
export interface Lab {
  readonly iamgate: Webhook;
  /** Missing where `peerSkipped` says why. */
  readonly peer: Webhook | undefined;
  readonly peerSkipped: string | undefined;
  readonly load: Worker<LoadAsk, readonly StreamResult[]>;
  readonly sts: Worker<StubAsk, StubAnswer>;
}

/** How a lab is started. */
export interface LabOptions {
  readonly folder: string;
  readonly cores: Cores;
  readonly programs: Programs;
  /** More flags for `iamgate serve`. */
  readonly serveFlags: readonly string[];
}

/** The port that the Go authenticator dials, whatever it is told. */
const HTTPS_PORT = 443;

/** Starts everything. */
export async function startLab({ folder, cores, programs, serveFlags }: LabOptions): Promise<Lab> {
  const name = await overrideName(STS_HOST, folder);
  const has443 = await canListen(HTTPS_PORT);

  const sts = startWorker<StubAsk, StubAnswer>("sts-stub/main.ts", cores.sts);
  const port = has443 ? HTTPS_PORT : 0;
  const { port: stsPort, caPem } = await sts.ask({ do: "listen", host: "127.0.0.1", port, stsHost: STS_HOST });
  const load = startWorker<LoadAsk, readonly StreamResult[]>("load/main.ts", cores.load);
  const options = { folder, core: cores.server, sts: { port: stsPort, caPem } };

  const way: WayToSts = name.ok && has443 ? { kind: "named", wrap: name.wrap } : { kind: "dialled" };
  const iamgate = await startIamgate(programs.iamgate, { ...options, flags: serveFlags, way });
  const lab = { iamgate, load, sts };
  const without = (peerSkipped: string): Lab => ({ ...lab, peer: undefined, peerSkipped });
  const { authenticator } = programs;
  if (!authenticator.ok) return without(authenticator.reason);
  if (!name.ok) return without(`it dials the STS that a token names: ${name.reason}`);
  if (!has443) return without(`it dials port ${HTTPS_PORT}, which cannot be had on 127.0.0.1`);
  const peer = await startAuthenticator(authenticator.path, { ...options, wrap: name.wrap });
  return { ...lab, peer, peerSkipped: undefined };
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
