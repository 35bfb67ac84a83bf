import { describe, expect, test } from "vitest";
import { FakeTime, settled } from "../../test/fake-time.ts";
import { newRequest } from "../../test/requests.ts";
import { WebhookFault } from "../fault.ts";
import { FAULT_CODES, type FaultCode } from "../reasons.ts";
import type { AskSts } from "../sts/ask-sts.ts";
import type { ConfirmedIdentity } from "../sts/judge-answer.ts";
import type { GateObservation } from "./observation.ts";
import { StsCalls, type StsCallsOptions } from "./sts-calls.ts";

const ALICE: ConfirmedIdentity = { ok: true, account: "1", arn: "a", userId: "u" };
const RULES: StsCallsOptions["rules"] = {
  callsInFlight: 8,
  callsInFlightPerHost: 4,
  waiting: 8,
  waitMs: 1_000,
  failuresToOpen: 3,
  openMs: 2_000,
};

/** Calls against an STS that does as told, and what was observed. */
function callsTo(askSts: AskSts, rules: Partial<StsCallsOptions["rules"]> = {}) {
  const time = new FakeTime();
  const observed: GateObservation[] = [];
  const calls = new StsCalls({
    askSts,
    monotonicNow: time.now,
    after: time.after,
    observe: (observation) => observed.push(observation),
    rules: { ...RULES, ...rules },
  });
  /** `confirmed`, a reason or a fault code. */
  const ask = async (options: { region?: string; isKnown?: boolean } = {}): Promise<string> => {
    const { region = "us-west-2", isKnown = false } = options;
    try {
      const verdict = await calls.ask(newRequest({ region }), isKnown);
      return verdict.ok ? "confirmed" : verdict.reason;
    } catch (cause) {
      return cause instanceof WebhookFault ? cause.code : String(cause);
    }
  };
  return { ask, time, observed };
}

const fails = (code: FaultCode): Promise<never> => Promise.reject(new WebhookFault(code, "m"));
const hangs = (): Promise<never> => new Promise(() => {});

describe("StsCalls: the breaker", () => {
  for (const code of [
    FAULT_CODES.stsUnreachable,
    FAULT_CODES.stsUntrusted,
    FAULT_CODES.stsConnectTimeout,
    FAULT_CODES.stsTimeout,
    FAULT_CODES.stsUnavailable,
  ]) {
    test(`${code} again and again: STS is left alone`, async () => {
      let calls = 0;
      const { ask } = callsTo(() => (calls++, fails(code)));
      expect([await ask(), await ask(), await ask(), await ask(), await ask()]).toEqual([
        code,
        code,
        code,
        "breaker-open",
        "breaker-open",
      ]);
      expect(calls).toBe(3);
    });
  }

  for (const code of [
    FAULT_CODES.stsThrottled,
    FAULT_CODES.stsRedirected,
    FAULT_CODES.stsMalformedAnswer,
    FAULT_CODES.stsContradictsItself,
    FAULT_CODES.internalError,
  ]) {
    test(`${code} again and again: STS is up, and is asked on`, async () => {
      const { ask, observed } = callsTo(() => fails(code));
      for (let i = 0; i < 20; i++) expect(await ask()).toBe(code);
      expect(observed.some((observation) => observation.kind === "breaker")).toBe(false);
    });
  }

  test("a host that is down: others are asked", async () => {
    const { ask, observed } = callsTo((request) =>
      request.region === "eu-west-1" ? fails("sts-timeout") : Promise.resolve(ALICE),
    );
    for (let i = 0; i < 4; i++) await ask({ region: "eu-west-1" });
    expect(await ask({ region: "eu-west-1" })).toBe("breaker-open");
    expect(await ask()).toBe("confirmed");
    expect(observed.filter((observation) => observation.kind === "breaker")).toEqual([
      { kind: "breaker", authority: "sts.eu-west-1.amazonaws.com", state: "open" },
    ]);
  });

  test("recovery: one probe, then everybody", async () => {
    let isDown = true;
    let calls = 0;
    const { ask, time, observed } = callsTo(() => (calls++, isDown ? fails("sts-timeout") : Promise.resolve(ALICE)));
    for (let i = 0; i < 3; i++) await ask();
    await time.advance(2_000);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(["sts-timeout", "breaker-open", "breaker-open"]);
    expect(calls).toBe(4);
    isDown = false;
    await time.advance(2_000);
    expect(await ask()).toBe("confirmed");
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(["confirmed", "confirmed", "confirmed"]);
    expect(observed.flatMap((observation) => (observation.kind === "breaker" ? [observation.state] : []))).toEqual([
      "open",
      "half-open",
      "open",
      "half-open",
      "closed",
    ]);
  });

  test("while a forger's probe hangs: a known pair's own goes through", async () => {
    let answer: () => Promise<ConfirmedIdentity> = () => fails("sts-timeout");
    const { ask, time } = callsTo(() => answer());
    for (let i = 0; i < 3; i++) await ask();
    await time.advance(2_000);
    answer = hangs;
    void ask();
    answer = () => Promise.resolve(ALICE);
    expect(await ask()).toBe("breaker-open");
    expect(await ask({ isKnown: true })).toBe("confirmed");
    expect(await ask()).toBe("confirmed");
  });

  test("those who waited for a slot when it opened: not sent after the others", async () => {
    let calls = 0;
    let failAll: (error: WebhookFault) => void = () => {};
    const down = new Promise<never>((_resolve, reject) => (failAll = reject));
    const { ask } = callsTo(() => (calls++, down), { callsInFlightPerHost: 4 });
    const asked = Array.from({ length: 8 }, () => ask());
    await settled();
    expect(calls).toBe(3);
    failAll(new WebhookFault("sts-timeout", "m"));
    const outcomes = await Promise.all(asked);
    expect(outcomes.filter((outcome) => outcome === "breaker-open")).toHaveLength(5);
    expect(calls).toBe(3);
  });
});

describe("StsCalls: slots", () => {
  test("too many in flight: wait, and are overloaded after the wait", async () => {
    const { ask, time, observed } = callsTo(hangs);
    for (let i = 0; i < 3; i++) void ask();
    const waits = ask();
    await time.advance(1_000);
    expect(await waits).toBe("overloaded");
    expect(observed).toEqual([{ kind: "limited", by: "in-flight" }]);
    expect(time.pending).toBe(0);
  });

  test("one host that hangs: others have slots", async () => {
    const { ask } = callsTo((request) => (request.region === "eu-west-1" ? hangs() : Promise.resolve(ALICE)));
    for (let i = 0; i < 10; i++) void ask({ region: "eu-west-1" });
    await settled();
    expect(await ask()).toBe("confirmed");
  });

  test("many hosts that hang: strangers wait, known pairs have slots", async () => {
    const { ask, time } = callsTo((request) => (request.region === "us-west-2" ? Promise.resolve(ALICE) : hangs()));
    for (const region of ["eu-west-1", "eu-west-2", "eu-west-3"]) for (let i = 0; i < 10; i++) void ask({ region });
    await settled();
    const stranger = ask();
    expect(await ask({ isKnown: true })).toBe("confirmed");
    await time.advance(1_000);
    expect(await stranger).toBe("overloaded");
  });

  test("however calls end: no slot and no timer is lost", async () => {
    const ends: (() => Promise<ConfirmedIdentity>)[] = [
      () => Promise.resolve(ALICE),
      () => fails("sts-throttled"),
      () => fails("sts-malformed-answer"),
      () => Promise.reject(new Error("defect")),
      () => {
        throw new Error("defect");
      },
    ];
    let next = 0;
    const { ask, time } = callsTo(() => (ends[next++ % ends.length] ?? hangs)());
    for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 7 }, () => ask()));
    expect(time.pending).toBe(0);
    next = 0;
    expect(await ask()).toBe("confirmed");
  });
});

describe("StsCalls: observations", () => {
  test("each call once, with outcome, reason and duration", async () => {
    const ends: AskSts[] = [
      () => Promise.resolve(ALICE),
      () => Promise.resolve({ ok: false, stage: "sts", reason: "expired-token", detail: "d" }),
      () => fails("sts-throttled"),
      () => fails("sts-timeout"),
      () => Promise.reject(new Error("defect")),
    ];
    const { ask, observed, time } = callsTo(async (request) => {
      await time.advance(7);
      const end = ends.shift() ?? hangs;
      return await end(request);
    });
    for (let i = 0; i < 5; i++) await ask();
    expect(observed).toEqual([
      { kind: "sts-call", outcome: "confirmed", reason: "confirmed", durationMs: 7 },
      { kind: "sts-call", outcome: "refused", reason: "expired-token", durationMs: 7 },
      { kind: "sts-call", outcome: "throttled", reason: "sts-throttled", durationMs: 7 },
      { kind: "sts-call", outcome: "failed", reason: "sts-timeout", durationMs: 7 },
      { kind: "sts-call", outcome: "failed", reason: "internal-error", durationMs: 7 },
    ]);
  });
});
