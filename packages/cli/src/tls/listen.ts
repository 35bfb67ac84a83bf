import type { Timers } from "../deps.ts";
import { CLI_ERROR_CODES, CliError, systemCodeOf } from "../errors.ts";
import { type Address, formatAddress } from "../lib/address.ts";
import { quote } from "../lib/quote.ts";

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

const IDLE_TIMEOUT_SECONDS = 120;
const STOP_GRACE_MS = 5_000;

/**
 * Puts a handler on a TLS socket. Bun speaks TLS 1.2 and 1.3 by default, nothing older.
 *
 * @throws CliError `address-unavailable`, naming the address and why it cannot be had.
 */
export function listen(handler: (request: Request) => Promise<Response>, options: ListenOptions): Listener {
  const { address, certPem, keyPem, maxRequestBodyBytes, onDefect, timers } = options;
  const server = serve(address, {
    tls: { cert: certPem, key: keyPem },
    maxRequestBodySize: maxRequestBodyBytes,
    // Longer than Go's HTTP client keeps an idle connection (90 s), so that the client is who closes it.
    idleTimeout: IDLE_TIMEOUT_SECONDS,
    development: false,
    // Said because `development: false` alone turns it on: two processes would then share the port without a word.
    reusePort: false,
    fetch: handler,
    error: (error) => {
      onDefect(error);
      return new Response("internal error\n", { status: 500 });
    },
  });
  const port = server.port ?? address.port;
  return {
    url: `https://${formatAddress({ host: address.host, port })}`,
    port,
    stop: async () => {
      // Bun's own graceful stop also waits for connections that are idle but kept alive.
      void server.stop();
      for (let waited = 0; server.pendingRequests > 0 && waited < STOP_GRACE_MS; waited += 20) await timers.sleep(20);
      await server.stop(true);
    },
  };
}

type ServeOptions = Omit<Bun.Serve.HostnamePortServeOptions<undefined>, "hostname" | "port"> & {
  readonly fetch: (request: Request) => Promise<Response>;
};

function serve(address: Address, options: ServeOptions): Bun.Server<undefined> {
  try {
    return Bun.serve({ hostname: address.host, port: address.port, ...options });
  } catch (cause) {
    const [state, hint] = STATES.get(systemCodeOf(cause) ?? "") ?? [];
    if (state === undefined || hint === undefined) throw cause;
    const message = `listening on ${quote(formatAddress(address))}: ${state}`;
    throw new CliError(CLI_ERROR_CODES.addressUnavailable, message, { hint, cause });
  }
}

const STATES: ReadonlyMap<string, readonly [state: string, hint: string]> = new Map([
  [
    "EADDRINUSE",
    [
      "the port is in use by another program",
      "stop that program (`ss -ltnp` names it), or choose another port with --listen; port 0 takes any free one",
    ],
  ],
  ["EACCES", ["this user may not listen there", "choose a port above 1023 with --listen"]],
  [
    "EADDRNOTAVAIL",
    ["this machine has no such address", "choose an address of this machine with --listen, for example 127.0.0.1"],
  ],
]);
