import type { PresignedRequest } from "@iamgate/token";
import { WebhookFault } from "../fault.ts";
import { FAULT_CODES, type FaultCode } from "../reasons.ts";
import type { AskSts } from "../sts/ask-sts.ts";
import type { ConfirmedIdentity, StsRefusal } from "../sts/judge-answer.ts";
import { Breaker } from "./breaker.ts";
import { type After, Slots } from "./concurrency.ts";
import type { GateRules } from "./gate-rules.ts";
import type { GateObservation, ObserveGate } from "./observation.ts";

/** What {@link StsCalls} needs. */
export interface StsCallsOptions {
  readonly askSts: AskSts;
  readonly monotonicNow: () => number;
  readonly after: After;
  readonly observe: ObserveGate;
  readonly rules: Pick<
    GateRules,
    "callsInFlight" | "callsInFlightPerHost" | "waiting" | "waitMs" | "failuresToOpen" | "openMs"
  >;
}

/**
 * The faults that show an STS host to be down. A throttled or senseless answer shows that it is up, and a token's bearer
 * can provoke one: counted here, it would let outsiders shut everybody out.
 */
const DOWN: ReadonlySet<FaultCode> = new Set<FaultCode>([
  FAULT_CODES.stsUnreachable,
  FAULT_CODES.stsUntrusted,
  FAULT_CODES.stsConnectTimeout,
  FAULT_CODES.stsTimeout,
  FAULT_CODES.stsUnavailable,
]);

/**
 * Calls to STS: bounded in number, and stopped by a circuit breaker while a host is down. Each STS host has a breaker and
 * slots of its own, since it is the bearer who names the host: one that is out of reach must not stop the others. They are
 * bounded in number because only accepted hosts come this far.
 */
export class StsCalls {
  readonly #options: StsCallsOptions;
  readonly #slots: Slots;
  readonly #hosts = new Map<string, Host>();

  constructor(options: StsCallsOptions) {
    const { callsInFlight, waiting, waitMs } = options.rules;
    this.#options = options;
    this.#slots = new Slots({ slots: callsInFlight, waiting, waitMs }, options.after);
  }

  /** @param isKnown - whether STS confirmed the same access key and session token lately: such calls go first. */
  async ask(request: PresignedRequest, isKnown: boolean): Promise<ConfirmedIdentity | StsRefusal> {
    const host = this.#hosts.get(request.authority) ?? this.#meet(request.authority);
    if (!host.breaker.wouldPass(isKnown, this.#options.monotonicNow())) throw breakerOpen(request.authority);
    if (!host.slots.take(isKnown)) await this.#waitForSlot(host.slots, isKnown);
    try {
      if (!this.#slots.take(isKnown)) await this.#waitForSlot(this.#slots, isKnown);
      try {
        return await this.#askThrough(host.breaker, request, isKnown);
      } finally {
        this.#slots.release();
      }
    } finally {
      host.slots.release();
    }
  }

  async #waitForSlot(slots: Slots, isKnown: boolean): Promise<void> {
    if (await slots.wait(isKnown)) return;
    this.#options.observe({ kind: "limited", by: "in-flight" });
    throw new WebhookFault(FAULT_CODES.overloaded, "reviews that ask STS: too many are waiting, or too long");
  }

  async #askThrough(
    breaker: Breaker,
    request: PresignedRequest,
    isKnown: boolean,
  ): Promise<ConfirmedIdentity | StsRefusal> {
    const { askSts, monotonicNow, observe } = this.#options;
    const startedAt = monotonicNow();
    // Asked again after the wait: meanwhile it may have opened.
    const pass = breaker.enter(isKnown, startedAt);
    if (pass === undefined) throw breakerOpen(request.authority);
    let call: StsCallEnd = { outcome: "failed", reason: FAULT_CODES.internalError };
    let isDown = false;
    try {
      const verdict = await askSts(request);
      call = verdict.ok
        ? { outcome: "confirmed", reason: "confirmed" }
        : { outcome: "refused", reason: verdict.reason };
      return verdict;
    } catch (cause) {
      if (cause instanceof WebhookFault) {
        call = { outcome: cause.code === FAULT_CODES.stsThrottled ? "throttled" : "failed", reason: cause.code };
        isDown = DOWN.has(cause.code);
      }
      throw cause;
    } finally {
      const endedAt = monotonicNow();
      breaker.settle(pass, isDown ? "failed" : "answered", endedAt);
      observe({ kind: "sts-call", ...call, durationMs: endedAt - startedAt });
    }
  }

  #meet(authority: string): Host {
    const { rules, after, observe } = this.#options;
    const { callsInFlightPerHost: slots, waiting, waitMs } = rules;
    const host = {
      breaker: new Breaker(rules, (state) => observe({ kind: "breaker", authority, state })),
      slots: new Slots({ slots, waiting, waitMs }, after),
    };
    this.#hosts.set(authority, host);
    return host;
  }
}

interface Host {
  readonly breaker: Breaker;
  readonly slots: Slots;
}

type StsCallEnd = Pick<Extract<GateObservation, { kind: "sts-call" }>, "outcome" | "reason">;

function breakerOpen(authority: string): WebhookFault {
  return new WebhookFault(
    FAULT_CODES.breakerOpen,
    `STS "${authority}": has failed again and again, so it is left alone for a moment`,
  );
}
