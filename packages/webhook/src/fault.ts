import type { FaultCode } from "./reasons.ts";

/**
 * STS cannot be asked, or does not answer as STS does. Nothing is known of the token's bearer, so this must never be
 * remembered as a refusal; the webhook answers 503.
 *
 * @example
 * ```ts
 * import { WebhookFault } from "@iamgate/webhook";
 *
 * const fault = new WebhookFault("sts-throttled", "STS answers 400 Throttling");
 * console.assert(fault.code === "sts-throttled");
 * ```
 */
export class WebhookFault extends Error {
  override readonly name: string = "WebhookFault";
  /** One of {@link FAULT_CODES}. */
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
