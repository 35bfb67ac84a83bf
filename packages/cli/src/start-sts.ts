import { createSts, type Iam, type StsDeps } from "@iamgate/sts";
import type { Deps } from "./deps.ts";
import type { Address } from "./lib/address.ts";
import { warn, warnOfDefect } from "./notices.ts";
import type { ServerState } from "./state-dir.ts";
import { listen, type Listener } from "./tls/listen.ts";

/** A POST's form: the longest session token and all of a request's parameters fit well. */
const MAX_REQUEST_BODY_BYTES = 65_536;

/** The longest head that a real token makes: STS itself takes about 16.1 KB of URI, and the other headers besides. */
const NEEDED_HEAD_BYTES = 20 * 1024;

/** How a local STS is served. */
export interface StsOptions {
  readonly address: Address;
  readonly state: Pick<ServerState, "certPem" | "keyPem">;
  /** What new sessions are sealed with; without it none are made. */
  readonly sealingKey?: Uint8Array;
  readonly audit?: StsDeps["audit"];
}

/**
 * Serves a local STS over TLS.
 *
 * @throws CliError `address-unavailable` when the address cannot be had.
 */
export function startSts(iam: () => Iam, { address, state, sealingKey, audit }: StsOptions, deps: Deps): Listener {
  if (deps.maxRequestHeadBytes < NEEDED_HEAD_BYTES) {
    warn(
      deps,
      `requests with a head over ${deps.maxRequestHeadBytes} bytes (long session tokens) are answered 431: run iamgate by its own shebang, or as \`bun --max-http-header-size=32768 …\``,
    );
  }
  const sts = createSts({
    iam,
    now: deps.now,
    requestId: deps.randomUuid,
    ...(sealingKey !== undefined && { sealing: { key: sealingKey, randomBytes: deps.randomBytes } }),
    ...(audit !== undefined && { audit }),
  });
  return listen(sts, {
    address,
    certPem: state.certPem,
    keyPem: state.keyPem,
    maxRequestBodyBytes: MAX_REQUEST_BODY_BYTES,
    onDefect: warnOfDefect(deps),
    timers: deps.timers,
  });
}
