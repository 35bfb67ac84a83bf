import type { PresignedRequest } from "@iamgate/token";
import { WebhookFault } from "../fault.ts";
import { FAULT_CODES } from "../reasons.ts";
import type { AskSts } from "../sts/ask-sts.ts";
import { identifyOrFault } from "../sts/identify-or-fault.ts";
import type { ConfirmedIdentity, StsRefusal } from "../sts/judge-answer.ts";
import { createGateKeys } from "./cache-key.ts";
import type { After } from "./concurrency.ts";
import { checkGateRules, GATE_DEFAULTS, type GateRules } from "./gate-rules.ts";
import { Limits } from "./limits.ts";
import type { ObserveGate } from "./observation.ts";
import { SingleFlight } from "./single-flight.ts";
import { StsCalls } from "./sts-calls.ts";
import { tokenLeftMs, VerdictCache } from "./verdict-cache.ts";

/** What {@link createIdentities} needs of the world and of the configuration. */
export interface IdentitiesOptions {
  /** What is protected: called once for each distinct request that passes. */
  readonly askSts: AskSts;
  /** What tokens must be signed for, as `askSts` has it. */
  readonly clusterId: string;
  /** At least 32 random bytes, new for each process; keys what is remembered. */
  readonly secret: Uint8Array;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back, such as `performance.now`. */
  readonly monotonicNow: () => number;
  /** Starts a timer, and returns what stops it. */
  readonly after: After;
  /** Told of everything that the gate does; for metrics. */
  readonly observe: ObserveGate;
  /** What differs from {@link GATE_DEFAULTS}. */
  readonly rules?: Partial<GateRules>;
}

/**
 * Puts the gate before STS. In this order: what is remembered, a call under way for the same token, the rates, the
 * circuit breaker, a free slot; only then the network. Identities are remembered, never what they are mapped to, and
 * faults never.
 *
 * @param options - what to protect, clocks and a timer, and rules that differ from the defaults.
 * @returns a function to stand in for `askSts`: the identity or STS's refusal, marked `cached` when remembered. It throws
 * {@link WebhookFault} as `askSts` does, and of its own `rate-limited`, `overloaded` and `breaker-open`.
 * @throws RangeError when the secret is shorter than 32 bytes or a rule makes no sense.
 * @example
 * ```ts
 * import { createIdentities } from "@iamgate/webhook";
 *
 * const askSts = createIdentities({
 *   askSts: () => Promise.reject(new Error("not reached")),
 *   clusterId: "prod",
 *   secret: crypto.getRandomValues(new Uint8Array(32)),
 *   now: () => Date.now(),
 *   monotonicNow: () => performance.now(),
 *   after: (milliseconds, action) => {
 *     const timer = setTimeout(action, milliseconds);
 *     return () => clearTimeout(timer);
 *   },
 *   observe: () => {},
 *   rules: { callsPerSecond: 1_000 },
 * });
 * console.assert(typeof askSts === "function");
 * ```
 */
export function createIdentities(options: IdentitiesOptions): AskSts {
  const { askSts, now, monotonicNow, observe } = options;
  const rules = { ...GATE_DEFAULTS, ...options.rules };
  checkGateRules(rules);
  const keys = createGateKeys(options.secret, options.clusterId);
  const verdicts = new VerdictCache(rules, observe);
  const flights = new SingleFlight<ConfirmedIdentity | StsRefusal>();
  const limits = new Limits(rules, monotonicNow());
  const calls = new StsCalls({ askSts: askAndIdentify(askSts), monotonicNow, after: options.after, observe, rules });

  return async (request) => {
    const key = keys.ofRequest(request);
    const remembered = verdicts.recall(key, monotonicNow());
    if (remembered !== undefined) return remembered;
    const underWay = flights.underWay(key);
    if (underWay === undefined) return await flights.begin(key, () => ask(request, key));
    observe({ kind: "joined" });
    return await underWay;
  };

  async function ask(request: PresignedRequest, key: string): Promise<ConfirmedIdentity | StsRefusal> {
    const permit = limits.admit(keys.ofPair(request), monotonicNow());
    if (!permit.ok) {
      observe({ kind: "limited", by: permit.by });
      const whose = permit.by === "pair" ? "one access key and session token" : "all access keys together";
      throw new WebhookFault(FAULT_CODES.rateLimited, `reviews that ask STS: too many a second for ${whose}`);
    }
    const verdict = await calls.ask(request, permit.isKnown);
    const at = monotonicNow();
    if (verdict.ok) permit.confirmed(at);
    verdicts.remember(key, verdict, { now: at, tokenLeftMs: tokenLeftMs(request, now()) });
    return verdict;
  }
}

/** What contradicts itself is a fault before anything is remembered of it, or earns anybody a place. */
function askAndIdentify(askSts: AskSts): AskSts {
  return async (request) => {
    const verdict = await askSts(request);
    if (verdict.ok) identifyOrFault(verdict, request.partition);
    return verdict;
  };
}
