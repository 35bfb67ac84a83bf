import type { Mappings } from "@iamgate/access";
import { acceptedHosts } from "@iamgate/token";
import { describe, expect, test } from "vitest";
import { FakeTime, settled } from "../../test/fake-time.ts";
import { newRequest, NOW, requestOf, tokenOf } from "../../test/requests.ts";
import { authenticate } from "../authenticate.ts";
import { WebhookFault } from "../fault.ts";
import type { AskSts } from "../sts/ask-sts.ts";
import type { ConfirmedIdentity, StsRefusal } from "../sts/judge-answer.ts";
import { isCached, type Verdict } from "../verdict.ts";
import { GATE_DEFAULTS, type GateRules } from "./gate-rules.ts";
import { createIdentities } from "./identities.ts";
import type { GateObservation } from "./observation.ts";

const ALICE: ConfirmedIdentity = {
  ok: true,
  account: "111122223333",
  arn: "arn:aws:iam::111122223333:user/alice",
  userId: "AIDAEXAMPLE",
};
const MISMATCH: StsRefusal = { ok: false, stage: "sts", reason: "signature-does-not-match", detail: "d" };
const hosts = acceptedHosts();

/** The gate before an STS that does as told, with a clock that stands still. */
function gateBefore(answer: AskSts, rules: Partial<GateRules> = {}) {
  const time = new FakeTime();
  const observed: GateObservation[] = [];
  const sts = { calls: 0 };
  const ask = createIdentities({
    askSts: (request) => {
      sts.calls += 1;
      return answer(request);
    },
    clusterId: "prod",
    secret: new Uint8Array(32).fill(1),
    now: () => NOW + time.now(),
    monotonicNow: time.now,
    after: time.after,
    observe: (observation) => observed.push(observation),
    rules,
  });
  return { ask, time, observed, sts };
}

const confirms: AskSts = () => Promise.resolve(ALICE);
const codeOf = (thrown: unknown): string => (thrown instanceof WebhookFault ? thrown.code : String(thrown));

describe("identities: what is remembered", () => {
  test("a token again: the same identity, marked as remembered, without STS", async () => {
    const { ask, sts, observed } = gateBefore(confirms);
    expect(await ask(requestOf())).toEqual(ALICE);
    expect(await ask(requestOf())).toEqual({ ...ALICE, cached: true });
    expect(sts.calls).toBe(1);
    expect(observed.map((observation) => observation.kind)).toEqual(["sts-call", "cache-hit"]);
  });

  test("after a minute: STS is asked again", async () => {
    const { ask, sts, time } = gateBefore(confirms);
    await ask(requestOf());
    await time.advance(59_999);
    await ask(requestOf());
    expect(sts.calls).toBe(1);
    await time.advance(1);
    await ask(requestOf());
    expect(sts.calls).toBe(2);
  });

  test("a token with 5 s left: remembered for 5 s", async () => {
    const { ask, sts, time } = gateBefore(confirms);
    const old = requestOf({ signedAt: NOW - 895_000 });
    await ask(old);
    await time.advance(4_999);
    await ask(old);
    expect(sts.calls).toBe(1);
    await time.advance(1);
    await ask(old);
    expect(sts.calls).toBe(2);
  });

  test("a slow answer: what is left of the token is counted from the answer", async () => {
    let time = new FakeTime();
    const gate = gateBefore(async () => {
      await time.advance(5_000);
      return ALICE;
    });
    time = gate.time;
    const old = requestOf({ signedAt: NOW - 895_000 });
    await gate.ask(old);
    await gate.ask(old);
    expect(gate.sts.calls).toBe(2);
  });

  test("a refusal: remembered, marked, without STS", async () => {
    const { ask, sts } = gateBefore(() => Promise.resolve(MISMATCH));
    expect(await ask(requestOf())).toEqual(MISMATCH);
    expect(await ask(requestOf())).toEqual({ ...MISMATCH, cached: true });
    expect(sts.calls).toBe(1);
  });

  test("a fault: never remembered", async () => {
    let isDown = true;
    const { ask, sts } = gateBefore(() =>
      isDown ? Promise.reject(new WebhookFault("sts-timeout", "m")) : confirms(requestOf()),
    );
    await expect(ask(requestOf())).rejects.toMatchObject({ code: "sts-timeout" });
    isDown = false;
    expect(await ask(requestOf())).toEqual(ALICE);
    expect(sts.calls).toBe(2);
  });

  test("an identity that contradicts itself: a fault, never remembered, and its pair is not known", async () => {
    const lie = { ...ALICE, account: "999999999999" };
    const { ask, sts, observed } = gateBefore(() => Promise.resolve(lie), {
      callsPerSecond: 5,
      callsPerSecondPerPair: 1,
    });
    await expect(ask(newRequest())).rejects.toMatchObject({ code: "sts-contradicts-itself" });
    await expect(ask(newRequest())).rejects.toMatchObject({ code: "rate-limited" });
    expect(sts.calls).toBe(1);
    expect(observed[0]).toMatchObject({ outcome: "failed", reason: "sts-contradicts-itself" });
  });

  test("while STS is down: those who are remembered stay in", async () => {
    let isDown = false;
    const { ask } = gateBefore(() =>
      isDown ? Promise.reject(new WebhookFault("sts-timeout", "m")) : confirms(requestOf()),
    );
    await ask(requestOf());
    isDown = true;
    for (let i = 0; i < 20; i++) await ask(newRequest()).catch(codeOf);
    expect(await ask(newRequest()).catch(codeOf)).toBe("breaker-open");
    expect(await ask(requestOf())).toMatchObject({ ok: true, cached: true });
  });
});

describe("identities: one flight for one token", () => {
  test("1,000 reviews of a new token at once: one STS call, all answered", async () => {
    const { ask, sts, observed } = gateBefore(async () => {
      await settled();
      return ALICE;
    });
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => ask(requestOf())));
    expect(sts.calls).toBe(1);
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect(observed.filter((observation) => observation.kind === "joined")).toHaveLength(999);
  });

  test("a failure: reaches all who share it, and the next one asks anew", async () => {
    const { ask, sts } = gateBefore(() => Promise.reject(new WebhookFault("sts-throttled", "m")));
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => ask(requestOf()).catch(codeOf)));
    expect(new Set(outcomes)).toEqual(new Set(["sts-throttled"]));
    expect(sts.calls).toBe(1);
    await ask(requestOf()).catch(codeOf);
    expect(sts.calls).toBe(2);
  });

  test("different tokens: a call each", async () => {
    const { ask, sts } = gateBefore(confirms);
    await Promise.all(Array.from({ length: 20 }, () => ask(newRequest())));
    expect(sts.calls).toBe(20);
  });
});

describe("identities: limits", () => {
  test("over the pair's rate: rate-limited, counted, STS not asked", async () => {
    const { ask, sts, observed } = gateBefore(() => Promise.resolve(MISMATCH));
    const outcomes: unknown[] = [];
    for (let i = 0; i < 60; i++) outcomes.push(await ask(newRequest()).catch(codeOf));
    expect(outcomes.filter((outcome) => outcome === "rate-limited")).toHaveLength(10);
    expect(sts.calls).toBe(50);
    expect(observed.at(-1)).toEqual({ kind: "limited", by: "pair" });
    await expect(ask(newRequest())).rejects.toThrow("too many a second for one access key and session token");
  });

  test("over the overall rate: rate-limited, and counted as such", async () => {
    const { ask, observed } = gateBefore(() => Promise.resolve(MISMATCH), { callsPerSecond: 5 });
    for (let i = 0; i < 6; i++) await ask(newRequest({ sessionToken: `forged-${i}` })).catch(codeOf);
    expect(observed.at(-1)).toEqual({ kind: "limited", by: "overall" });
    await expect(ask(newRequest())).rejects.toThrow("too many a second for all access keys together");
  });

  test("genuine tokens of one pair: as many as come", async () => {
    const { ask } = gateBefore(confirms);
    for (let i = 0; i < 500; i++) expect((await ask(newRequest())).ok).toBe(true);
  });
});

describe("identities: a flood of forged tokens under an administrator's access key id", () => {
  const ADMIN = "the-administrator's-session-token";

  /** 3 s of forged tokens, and a login of the administrator each second: whether he was in within 2 s. */
  async function logins(options: {
    readonly sessionTokenOf: (i: number) => string;
    readonly isKnownBefore: boolean;
    readonly perSecond?: number;
    readonly stsMs?: number;
  }): Promise<boolean[]> {
    const { perSecond = 5_000, stsMs = 20 } = options;
    const genuine = new Set<string>();
    const timeBox: { time?: FakeTime } = {};
    const gate = gateBefore((request) => {
      const verdict = genuine.has(request.query) ? ALICE : MISMATCH;
      return new Promise((resolve) => timeBox.time?.after(stsMs, () => resolve(verdict)));
    });
    const { time } = gate;
    timeBox.time = time;
    const login = async (): Promise<boolean> => {
      const request = newRequest({ sessionToken: ADMIN });
      genuine.add(request.query);
      const startedAt = time.now();
      const answer = await gate.ask(request).catch(codeOf);
      return typeof answer !== "string" && answer.ok && time.now() - startedAt <= 2_000;
    };
    if (options.isKnownBefore) {
      const first = login();
      await time.advance(stsMs);
      expect(await first).toBe(true);
    }
    const forged = newRequest({ sessionToken: "FORGED" });
    const outcomes: Promise<boolean>[] = [];
    for (let tick = 0; tick < 300; tick++) {
      for (let i = 0; i < perSecond / 100; i++) {
        const number = (tick * perSecond) / 100 + i;
        const query = forged.query
          .replace("FORGED", options.sessionTokenOf(number))
          .replace(/X-Amz-Signature=\w+/, `X-Amz-Signature=${String(number).padStart(64, "0")}`);
        void gate.ask({ ...forged, query }).catch(codeOf);
      }
      if (tick % 100 === 99) outcomes.push(login());
      await time.advance(10);
    }
    for (let tick = 0; tick < 200; tick++) await time.advance(10);
    return await Promise.all(outcomes);
  }

  test("each with a session token of its own: he logs in, known before or not", async () => {
    for (const isKnownBefore of [true, false]) {
      expect(await logins({ sessionTokenOf: (i) => `forged-${i}`, isKnownBefore })).toEqual([true, true, true]);
    }
  });

  test("more of them than STS and the limits let through: he logs in, if he did within the last hour", async () => {
    const flood = { sessionTokenOf: (i: number) => `forged-${i}`, isKnownBefore: true };
    expect(await logins({ ...flood, perSecond: 10_000 })).toEqual([true, true, true]);
    expect(await logins({ ...flood, stsMs: 200 })).toEqual([true, true, true]);
  });

  test("all with one session token: he logs in, known before or not", async () => {
    for (const isKnownBefore of [true, false]) {
      expect(await logins({ sessionTokenOf: () => "forged", isKnownBefore })).toEqual([true, true, true]);
    }
  });
});

describe("identities: on the way of a token", () => {
  const entry = (username: string): Mappings => ({
    source: "aws-auth.yaml",
    entries: [
      {
        ok: true,
        section: "mapUsers",
        matcher: { kind: "arn", arn: ALICE.arn },
        username,
        groups: [],
        place: { source: "aws-auth.yaml", line: 1, column: 1 },
      },
    ],
  });

  test("an edit of the mapping: works at once for those who are remembered", async () => {
    const { ask, sts } = gateBefore(confirms);
    let mappings: Mappings = { source: "aws-auth.yaml", entries: [] };
    const gate = { hosts, partition: "aws", askSts: ask, now: () => NOW, mappings: () => mappings };
    const review = async (): Promise<string> => {
      const verdict = await authenticate(tokenOf(), gate);
      return verdict.ok ? verdict.user.username : verdict.refusal.reason;
    };
    expect(await review()).toBe("not-mapped");
    mappings = entry("alice");
    expect(await review()).toBe("alice");
    mappings = entry("alice-2");
    expect(await review()).toBe("alice-2");
    mappings = { source: "aws-auth.yaml", entries: [] };
    expect(await review()).toBe("not-mapped");
    expect(sts.calls).toBe(1);
  });

  test("isCached: whether the verdict rests on what was remembered", async () => {
    const review = async (answer: AskSts, mappings: Mappings): Promise<Verdict[]> => {
      const gate = {
        hosts,
        partition: "aws",
        askSts: gateBefore(answer).ask,
        now: () => NOW,
        mappings: () => mappings,
      };
      return [await authenticate(tokenOf(), gate), await authenticate(tokenOf(), gate)];
    };
    const none = { source: "aws-auth.yaml", entries: [] };
    const ways: readonly (readonly [AskSts, Mappings])[] = [
      [confirms, entry("alice")],
      [confirms, none],
      [() => Promise.resolve(MISMATCH), none],
      [() => Promise.resolve({ ...ALICE, arn: ALICE.arn.replace("aws", "aws-cn") }), none],
    ];
    for (const [answer, mappings] of ways) {
      expect((await review(answer, mappings)).map(isCached)).toEqual([false, true]);
    }
    const gate = { hosts, partition: "aws", askSts: confirms, now: () => NOW, mappings: () => none };
    expect(isCached(await authenticate("junk", gate))).toBe(false);
  });

  test("an expired token: refused, though it is remembered", async () => {
    const { ask, time } = gateBefore(confirms);
    const gate = { hosts, partition: "aws", askSts: ask, now: () => NOW + time.now(), mappings: () => entry("alice") };
    const old = tokenOf({ signedAt: NOW - 899_000 });
    expect((await authenticate(old, gate)).ok).toBe(true);
    await time.advance(1_001);
    const verdict = await authenticate(old, gate);
    expect(!verdict.ok && verdict.refusal.reason).toBe("expired");
  });
});

test("identities: a rule that makes no sense is a RangeError, before anything is asked", () => {
  for (const name of Object.keys(GATE_DEFAULTS)) {
    for (const value of [-1, 0.5, Number.NaN, Infinity]) {
      expect(() => gateBefore(confirms, { [name]: value })).toThrow(RangeError);
    }
  }
  const mayBeZero = ["lifetimeMs", "waiting", "waitMs", "openMs"];
  for (const name of Object.keys(GATE_DEFAULTS)) {
    const make = (): unknown => gateBefore(confirms, { [name]: 0 });
    if (mayBeZero.includes(name)) expect(make).not.toThrow();
    else expect(make).toThrow(RangeError);
  }
});

describe("identities: secrets", () => {
  test("no fault and no observation holds the signature or the session token", async () => {
    const { ask, observed, time } = gateBefore(() => new Promise(() => {}), {
      callsInFlight: 1,
      callsPerSecondPerPair: 3,
    });
    const outcomes = Array.from({ length: 5 }, () => ask(newRequest()).catch((thrown: unknown) => thrown));
    await time.advance(1_000);
    const shown = Bun.inspect([await Promise.all(outcomes.slice(1)), observed], { depth: 10 });
    expect(shown).toContain("rate-limited");
    expect(shown).toContain("overloaded");
    for (const secret of ["canary", "X-Amz-", requestOf().query.slice(-40)]) expect(shown).not.toContain(secret);
  });
});
