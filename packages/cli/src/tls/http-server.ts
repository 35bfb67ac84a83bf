import type { Timers } from "../deps.ts";
import { CLI_ERROR_CODES, CliError, systemCodeOf } from "../errors.ts";
import { type Address, formatAddress } from "../lib/address.ts";
import { quote } from "../lib/quote.ts";

/** What a server shows its clients, and what it demands of them. */
export interface TlsIdentity {
  /** The server's certificate, and those between it and its authority. */
  readonly certPem: string;
  readonly keyPem: string;
  /** The authorities of client certificates; when given, a client without one of theirs is not spoken to. */
  readonly clientCaPem?: string;
}

/** What an {@link HttpServer} needs beside its handler. */
export interface HttpServerOptions {
  readonly address: Address;
  /** The flag that says so, for messages: `--listen`. */
  readonly flag: string;
  /** Plain HTTP when absent. */
  readonly tls?: TlsIdentity;
  /**
   * Whether others may listen there as well, as they must for a handover. The operating system then says nothing when the
   * port is taken, so that {@link reservePort} has to be asked before.
   */
  readonly sharesPort: boolean;
  /** Longer bodies are answered 413 before the handler sees them. */
  readonly maxRequestBodyBytes: number;
  /** Called when the handler throws, which it should not; the client sees a bare 500. */
  readonly onDefect: (error: unknown) => void;
  readonly timers: Timers;
}

/** Longer than Go's HTTP client keeps an idle connection (90 s), so that the client is who closes it. */
const IDLE_TIMEOUT_SECONDS = 120;
const POLL_MS = 20;
/** A connection that was taken and has not asked anything yet is given so long. */
const QUIET_MS = 200;

/** A handler on a socket, and the steps by which it leaves. Bun speaks TLS 1.2 and 1.3 by default, nothing older. */
export class HttpServer {
  readonly port: number;
  readonly #server: Bun.Server<undefined>;
  readonly #timers: Timers;
  #isLeaving = false;
  #hasClosed = false;
  #isEmpty = false;

  /** @throws CliError `address-unavailable`, naming the address and why it cannot be had. */
  constructor(handler: (request: Request) => Promise<Response>, options: HttpServerOptions) {
    const { address, flag, tls, sharesPort, maxRequestBodyBytes, onDefect, timers } = options;
    this.#timers = timers;
    this.#server = bind(address, flag, {
      ...(tls === undefined ? {} : { tls: bunTls(tls) }),
      maxRequestBodySize: maxRequestBodyBytes,
      idleTimeout: IDLE_TIMEOUT_SECONDS,
      development: false,
      // Said because `development: false` alone turns it on: two processes would then share the port without a word.
      reusePort: sharesPort,
      fetch: async (request) => {
        const response = await handler(request);
        // After 413 the rest of a body is not waited for; a connection in the middle of one would hang until it idles out.
        if (this.#isLeaving || response.status === 413) response.headers.set("Connection", "close");
        return response;
      },
      error: (error) => {
        onDefect(error);
        return new Response("internal error\n", { status: 500 });
      },
    });
    this.port = this.#server.port ?? address.port;
  }

  /** From now on each answer closes its connection, so that clients that ask again find whoever listens next. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Takes no new connections, and closes those that are idle between two requests. */
  close(): void {
    this.leave();
    if (this.#hasClosed) return;
    this.#hasClosed = true;
    void this.#untilEmpty();
  }

  /** Lets what was taken finish, and then closes what is left; returns how many requests were cut off. */
  async finish(withinMs: number): Promise<number> {
    this.close();
    // Bun's own stop also waits for connections that have never asked anything, however long they stay.
    let quietMs = 0;
    for (let waited = 0; !this.#isEmpty && quietMs < QUIET_MS && waited < withinMs; waited += POLL_MS) {
      await this.#timers.sleep(POLL_MS);
      quietMs = this.#server.pendingRequests > 0 ? 0 : quietMs + POLL_MS;
    }
    const cutOff = this.#server.pendingRequests;
    await this.#server.stop(true);
    return cutOff;
  }

  async #untilEmpty(): Promise<void> {
    await this.#server.stop();
    this.#isEmpty = true;
  }
}

/**
 * Sees that nobody else listens at an address, which a server that shares its port would not notice.
 *
 * @returns the port: the given one, or a free one for port 0.
 * @throws CliError `address-unavailable`, naming the address and why it cannot be had.
 */
export async function reservePort(address: Address, flag: string): Promise<number> {
  const probe = bind(address, flag, {
    development: false,
    reusePort: false,
    fetch: () => new Response(null, { status: 503 }),
  });
  const port = probe.port ?? address.port;
  await probe.stop(true);
  return port;
}

function bunTls({ certPem, keyPem, clientCaPem }: TlsIdentity): Bun.TLSOptions {
  const own = { cert: certPem, key: keyPem };
  return clientCaPem === undefined ? own : { ...own, ca: clientCaPem, requestCert: true, rejectUnauthorized: true };
}

type BindOptions = Omit<Bun.Serve.HostnamePortServeOptions<undefined>, "hostname" | "port"> & {
  readonly fetch: (request: Request) => Response | Promise<Response>;
};

function bind(address: Address, flag: string, options: BindOptions): Bun.Server<undefined> {
  try {
    return Bun.serve({ hostname: address.host, port: address.port, ...options });
  } catch (cause) {
    const [state, hint] = STATES.get(systemCodeOf(cause) ?? "") ?? [];
    if (state === undefined || hint === undefined) throw cause;
    const message = `listening on ${quote(formatAddress(address))}: ${state}`;
    throw new CliError(CLI_ERROR_CODES.addressUnavailable, message, { hint: hint(flag), cause });
  }
}

const STATES: ReadonlyMap<string, readonly [state: string, hint: (flag: string) => string]> = new Map([
  [
    "EADDRINUSE",
    [
      "the port is in use by another program",
      (flag) =>
        `stop that program (\`ss -ltnp\` names it), or choose another port with ${flag}; port 0 takes any free one`,
    ],
  ],
  ["EACCES", ["this user may not listen there", (flag) => `choose a port above 1023 with ${flag}`]],
  [
    "EADDRNOTAVAIL",
    [
      "this machine has no such address",
      (flag) => `choose an address of this machine with ${flag}, for example 127.0.0.1`,
    ],
  ],
]);
