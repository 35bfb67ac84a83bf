import { type AuditEvent, createWebhook, type Gate, type Trail } from "@iamgate/webhook";
import type { Deps } from "./deps.ts";
import type { Address } from "./lib/address.ts";
import { warnOfDefect } from "./notices.ts";
import type { ServerState } from "./state-dir.ts";
import { listen, type Listener } from "./tls/listen.ts";

/** Twice a TokenReview's 64 KiB, so that the webhook itself says what is wrong with one that is too long. */
export const MAX_WEBHOOK_BODY_BYTES = 131_072;

/** Where and how a webhook is served. */
export interface WebhookServerOptions {
  readonly address: Address;
  readonly state: Pick<ServerState, "certPem" | "keyPem">;
  readonly audit: (event: AuditEvent, trail: Trail) => void;
}

/**
 * Serves the webhook over TLS.
 *
 * @throws CliError `address-unavailable` when the address cannot be had.
 */
export function startWebhook(gate: Gate, { address, state, audit }: WebhookServerOptions, deps: Deps): Listener {
  const webhook = createWebhook({ gate, audit, requestId: deps.randomUuid });
  return listen(webhook, {
    address,
    certPem: state.certPem,
    keyPem: state.keyPem,
    maxRequestBodyBytes: MAX_WEBHOOK_BODY_BYTES,
    onDefect: warnOfDefect(deps),
    timers: deps.timers,
  });
}
