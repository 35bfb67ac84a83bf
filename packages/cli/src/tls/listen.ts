import type { Timers } from "../deps.ts";
import { type Address, formatAddress } from "../lib/address.ts";
import { HttpServer } from "./http-server.ts";

/** What {@link listen} needs beside its handler. */
export interface ListenOptions {
  readonly address: Address;
  readonly certPem: string;
  readonly keyPem: string;
  /** Longer bodies are answered 413 before the handler sees them. */
  readonly maxRequestBodyBytes: number;
  /** Called when the handler throws, which it should not; the client sees a bare 500. */
  readonly onDefect: (error: unknown) => void;
  readonly timers: Timers;
}

/** A server that listens. */
export interface Listener {
  /** `https://127.0.0.1:21362`, without a slash at the end. */
  readonly url: string;
  /** The port that was given, or the free one that was found for port 0. */
  readonly port: number;
  /** Takes no new connections, lets requests in flight finish for up to 5 s, then closes what is left. */
  readonly stop: () => Promise<void>;
}

const STOP_GRACE_MS = 5_000;

/**
 * Puts a handler on a TLS socket, with one certificate for as long as it listens.
 *
 * @throws CliError `address-unavailable`, naming the address and why it cannot be had.
 */
export function listen(handler: (request: Request) => Promise<Response>, options: ListenOptions): Listener {
  const { certPem, keyPem, ...rest } = options;
  const server = new HttpServer(handler, { ...rest, flag: "--listen", tls: { certPem, keyPem }, sharesPort: false });
  return {
    url: `https://${formatAddress({ host: options.address.host, port: server.port })}`,
    port: server.port,
    stop: async () => {
      await server.finish(STOP_GRACE_MS);
    },
  };
}
