import type { Timers } from "../deps.ts";
import type { Address } from "../lib/address.ts";
import { HttpServer, reservePort, type TlsIdentity } from "./http-server.ts";

/** What {@link listenRotating} needs beside its handler. */
export interface RotatingListenerOptions {
  readonly address: Address;
  readonly tls: TlsIdentity;
  readonly maxRequestBodyBytes: number;
  /** Called when the handler throws, which it should not. */
  readonly onDefect: (error: unknown) => void;
  readonly timers: Timers;
}

/** A server whose certificate can be another one from now on. */
export interface RotatingListener {
  readonly port: number;
  /**
   * Shows this identity to everybody who connects from about a second on; who is connected is answered as before. When it
   * throws, everything is as it was.
   */
  readonly rotate: (tls: TlsIdentity) => void;
  /** Resolves when nobody new is let in: other programs may listen there now. */
  readonly close: () => Promise<void>;
  /** Lets what was taken finish within so many milliseconds; returns how many requests were cut off. */
  readonly finish: (withinMs: number) => Promise<number>;
}

/** So long clients that keep asking are told to connect anew, before idle connections are closed. */
const LEAVE_MS = 1_000;
/** The same, when the process ends: whoever waits for it waits for this. */
const CLOSE_MS = 200;
/** STS is waited for 5 s at most. */
const ROTATED_GRACE_MS = 15_000;

/**
 * Puts a handler on a TLS socket whose certificate can be changed while it listens. Bun.serve cannot change it
 * (https://github.com/oven-sh/bun/issues/43815), so another server with the new one listens on the same port, and the old
 * one leaves: it closes each connection with its next answer, then stops listening, then closes those that are idle.
 *
 * A connection that the kernel has queued for the old server at the very moment when it stops listening is reset, before
 * anything was asked on it; `net.ipv4.tcp_migrate_req=1` (Linux 5.14) hands it over instead.
 *
 * @throws CliError `address-unavailable`, naming the address and why it cannot be had, also when somebody else is there.
 */
export async function listenRotating(
  handler: (request: Request) => Promise<Response>,
  options: RotatingListenerOptions,
): Promise<RotatingListener> {
  const { tls, address, timers, ...rest } = options;
  const port = await reservePort(address, "--listen");
  const serve = (identity: TlsIdentity): HttpServer => {
    const shared = { address: { host: address.host, port }, flag: "--listen", sharesPort: true };
    return new HttpServer(handler, { ...rest, ...shared, tls: identity, timers });
  };
  let current = serve(tls);
  const leaving = new Set<HttpServer>();
  let isClosing = false;

  const retire = async (server: HttpServer): Promise<void> => {
    leaving.add(server);
    server.leave();
    await timers.sleep(LEAVE_MS);
    await server.finish(ROTATED_GRACE_MS);
    leaving.delete(server);
  };

  return {
    port,
    rotate: (identity) => {
      if (isClosing) return;
      const old = current;
      current = serve(identity);
      void retire(old);
    },
    close: async () => {
      isClosing = true;
      current.leave();
      await timers.sleep(CLOSE_MS);
      for (const server of [current, ...leaving]) server.close();
    },
    finish: async (withinMs) => {
      isClosing = true;
      const cutOff = await Promise.all([current, ...leaving].map((server) => server.finish(withinMs)));
      return cutOff.reduce((sum, each) => sum + each, 0);
    },
  };
}
