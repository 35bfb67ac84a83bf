import type { PresignedRequest } from "@iamgate/token";
import { WebhookFault } from "../fault.ts";
import { readBody } from "../lib/read-body.ts";
import { FAULT_CODES } from "../reasons.ts";
import { type ConfirmedIdentity, judgeStsAnswer, type StsAnswer, type StsRefusal } from "./judge-answer.ts";

/** Asks STS who signed a request. */
export type AskSts = (request: PresignedRequest) => Promise<ConfirmedIdentity | StsRefusal>;

/** Where a TCP connection goes. */
export interface TcpAddress {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Another address and another root of trust for STS than the internet's. */
export interface StsDial extends TcpAddress {
  /** PEM certificates; STS's certificate must chain to one of them **and** be valid for the STS name. */
  readonly ca: string;
}

/** How STS is asked. */
export interface StsFetchInit {
  readonly method: "GET";
  readonly redirect: "manual";
  /** No proxy, whatever the environment says. */
  readonly proxy: false;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Another root of trust, and the name that the certificate must be valid for. */
  readonly tls?: { readonly ca: string; readonly serverName: string };
}

/** What {@link createAskSts} needs of the world and of the configuration. */
export interface AskStsOptions {
  /** What tokens must be signed for: the cluster id, sent as `x-k8s-aws-id`. */
  readonly clusterId: string;
  /** Bun's, or one that heeds `proxy` and `tls` as Bun's does. */
  readonly fetch: (url: string, init: StsFetchInit) => Promise<Response>;
  /** Opens and closes a TCP connection; rejects when it cannot, or when the signal says so. */
  readonly connect: (address: TcpAddress, signal: AbortSignal) => Promise<void>;
  /** A signal that aborts after so many milliseconds. */
  readonly timeoutSignal: (milliseconds: number) => AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** For example `iamgate/0.1.0`. */
  readonly userAgent: string;
  readonly unsafeStsDial?: StsDial;
}

const CONNECT_TIMEOUT_MS = 2_000;
const TOTAL_TIMEOUT_MS = 5_000;
const MAX_BODY_BYTES = 65_536;
/** So long after an answer a host is not probed again; one that falls silent is then found out within 2 s. */
const REACHED_FOR_MS = 10_000;

/**
 * Makes the function that puts a rebuilt request to STS: fixed headers, no redirects, no proxy, at most 64 KiB of
 * answer, 2 s to connect and 5 s in all (kube-apiserver itself gives up after 30).
 *
 * @param options - the cluster id, and the network and clock to use.
 * @returns a function that gives the identity or STS's refusal, and throws {@link WebhookFault} when STS cannot tell.
 * @example
 * ```ts
 * import { createAskSts } from "@iamgate/webhook";
 *
 * const askSts = createAskSts({
 *   clusterId: "prod",
 *   fetch: (url, init) => fetch(url, init as RequestInit),
 *   connect: async () => {},
 *   timeoutSignal: (milliseconds) => AbortSignal.timeout(milliseconds),
 *   now: () => Date.now(),
 *   userAgent: "example/1.0",
 * });
 * console.assert(typeof askSts === "function");
 * ```
 */
export function createAskSts(options: AskStsOptions): AskSts {
  const { unsafeStsDial: dial, now } = options;
  // fetch takes header values as Latin-1, and every client signs the cluster id's UTF-8 bytes.
  const clusterIdBytes = String.fromCharCode(...new TextEncoder().encode(options.clusterId));
  const reachedAt = new Map<string, number>();

  return async (request) => {
    const named = addressOf(request.authority);
    const address = dial ?? named;
    const init: Omit<StsFetchInit, "signal"> = {
      method: "GET",
      redirect: "manual",
      proxy: false,
      headers: {
        Host: request.authority,
        "x-k8s-aws-id": clusterIdBytes,
        Accept: "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": options.userAgent,
      },
      ...(dial === undefined ? {} : { tls: { ca: dial.ca, serverName: named.host } }),
    };
    const url = `https://${authorityOf(address)}/?${request.query}`;

    const lastReached = reachedAt.get(request.authority);
    const isProbed = lastReached === undefined || now() - lastReached > REACHED_FOR_MS;
    const answer = await requestAnswer(url, init, isProbed ? address : undefined, options);
    reachedAt.set(request.authority, now());
    return judgeStsAnswer(answer);
  };
}

/** One exchange with STS. */
async function requestAnswer(
  url: string,
  init: Omit<StsFetchInit, "signal">,
  probed: TcpAddress | undefined,
  options: AskStsOptions,
): Promise<StsAnswer> {
  const total = options.timeoutSignal(TOTAL_TIMEOUT_MS);
  const probe = probed === undefined ? undefined : startProbe(probed, options);
  try {
    // Joining signals costs; a host that answered lately is not probed.
    const signal = probe === undefined ? total : AbortSignal.any([total, probe.tooSlow]);
    const response = await options.fetch(url, { ...init, signal });
    const body = await readBody(response, MAX_BODY_BYTES);
    if (body === undefined) {
      throw new WebhookFault(FAULT_CODES.stsMalformedAnswer, `STS answers with more than ${MAX_BODY_BYTES} bytes`);
    }
    const { status, headers } = response;
    return { status, contentType: headers.get("content-type"), contentEncoding: headers.get("content-encoding"), body };
  } catch (cause) {
    if (cause instanceof WebhookFault) throw cause;
    throw faultOf(cause, { connectTimedOut: probe?.tooSlow.aborted ?? false, timedOut: total.aborted });
  } finally {
    probe?.stop();
  }
}

/** Connects beside the request and says when that takes too long, since fetch has no connect timeout of its own. */
function startProbe(
  address: TcpAddress,
  { connect, timeoutSignal }: AskStsOptions,
): { readonly tooSlow: AbortSignal; readonly stop: () => void } {
  const answered = new AbortController();
  const tooSlow = new AbortController();
  const connectTimeout = timeoutSignal(CONNECT_TIMEOUT_MS);
  connect(address, AbortSignal.any([connectTimeout, answered.signal])).catch(() => {
    // Every other failure of the probe is told better by fetch itself.
    if (connectTimeout.aborted) tooSlow.abort();
  });
  return { tooSlow: tooSlow.signal, stop: () => answered.abort() };
}

/** The cause is not kept: Bun's fetch errors carry the URL, which holds the signature and the session token. */
function faultOf(cause: unknown, at: { connectTimedOut: boolean; timedOut: boolean }): WebhookFault {
  if (at.connectTimedOut) {
    const message = `STS cannot be connected to within ${CONNECT_TIMEOUT_MS / 1000} s`;
    return new WebhookFault(FAULT_CODES.stsConnectTimeout, message);
  }
  if (at.timedOut) {
    const message = `STS does not answer within ${TOTAL_TIMEOUT_MS / 1000} s`;
    return new WebhookFault(FAULT_CODES.stsTimeout, message);
  }
  const code = errorCodeOf(cause);
  const told = IN_WORDS.has(code) ? `${IN_WORDS.get(code)} (${code})` : code;
  if (/CERT|LEAF|SELF_SIGNED|TLS|SSL|ISSUER/i.test(code)) {
    return new WebhookFault(FAULT_CODES.stsUntrusted, `STS's certificate is not trusted: ${told}`);
  }
  return new WebhookFault(FAULT_CODES.stsUnreachable, `STS cannot be reached: ${told}`);
}

const IN_WORDS: ReadonlyMap<string, string> = new Map([
  ["ENOTFOUND", "its name does not resolve"],
  ["ECONNREFUSED", "the connection is refused"],
  ["ConnectionRefused", "the connection is refused"],
  ["ECONNRESET", "the connection is reset"],
  ["ConnectionClosed", "the connection is closed without an answer"],
  ["EHOSTUNREACH", "there is no route to it"],
  ["ENETUNREACH", "there is no route to it"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "it is of an unknown authority"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "it is of an unknown authority"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "it is of an unknown authority"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "it is for another name than the STS that was signed for"],
  ["CERT_HAS_EXPIRED", "it has expired"],
  ["CERT_NOT_YET_VALID", "it is not valid yet"],
]);

/** A code such as ECONNREFUSED. */
function errorCodeOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" && /^\w{1,60}$/.test(code) ? code : "unknown error";
}

function addressOf(authority: string): TcpAddress {
  const { hostname, port } = new URL(`https://${authority}/`);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? 443 : Number(port) };
}

function authorityOf({ host, port }: TcpAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
