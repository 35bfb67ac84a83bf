import { startTlsServer, type TlsServer } from "@iamgate/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newRequest, NOW } from "../../test/requests.ts";
import { WebhookFault } from "../fault.ts";
import { type AskSts, createAskSts } from "../sts/ask-sts.ts";
import { createIdentities } from "./identities.ts";
import type { GateObservation } from "./observation.ts";

const IDENTITY = { Account: "111122223333", Arn: "arn:aws:iam::111122223333:user/alice", UserId: "AIDAEXAMPLE" };
const body = (identity: unknown): string =>
  JSON.stringify({ GetCallerIdentityResponse: { GetCallerIdentityResult: identity, ResponseMetadata: {} } });
const JSON_TYPE = { "Content-Type": "application/json" };
const stsError = (status: number, Code: string): Response =>
  Response.json({ Error: { Code, Message: "m", Type: "Sender" }, RequestId: "r" }, { status });

const healthy = (): Response => new Response(body(IDENTITY), { headers: JSON_TYPE });
const sick = {
  "500": [() => new Response("", { status: 500 }), "sts-unavailable"],
  hang: [() => new Promise<never>(() => {}), "sts-timeout"],
  "slow drip": [() => new Response(drip(), { headers: JSON_TYPE }), "sts-timeout"],
  throttled: [() => stsError(400, "Throttling"), "sts-throttled"],
  redirect: [() => Response.redirect("https://127.0.0.1:1/", 302), "sts-redirected"],
  "wrong content type": [() => new Response(body(IDENTITY)), "sts-malformed-answer"],
  "10 MB": [() => new Response(" ".repeat(10_000_000), { headers: JSON_TYPE }), "sts-malformed-answer"],
  truncated: [() => new Response(body(IDENTITY).slice(0, -4), { headers: JSON_TYPE }), "sts-malformed-answer"],
  "duplicate keys": [
    () => new Response(body(IDENTITY).replace('"Arn"', '"Arn":"x","Arn"'), { headers: JSON_TYPE }),
    "sts-malformed-answer",
  ],
  "wrong account": [
    () => new Response(body({ ...IDENTITY, Account: "999999999999" }), { headers: JSON_TYPE }),
    "sts-contradicts-itself",
  ],
} as const satisfies Record<string, readonly [() => Response | Promise<Response>, string]>;

let answer: () => Response | Promise<Response> = healthy;
let asked = 0;
let server: TlsServer;
beforeAll(async () => {
  server = await startTlsServer(() => {
    asked += 1;
    return answer();
  });
});
afterAll(() => server.stop());

/** Real TLS and real timers; STS is given 600 ms in all, and left alone for 100 ms after three failures. */
function gate(port = server.port): { ask: AskSts; states: () => string[] } {
  const observed: GateObservation[] = [];
  const askSts = createAskSts({
    clusterId: "prod",
    fetch: (url, init) => fetch(url, init),
    connect: () => Promise.resolve(),
    timeoutSignal: (milliseconds) => AbortSignal.timeout((milliseconds / 5_000) * 600),
    now: Date.now,
    userAgent: "iamgate/test",
    unsafeStsDial: { host: "127.0.0.1", port, ca: server.ca },
  });
  const ask = createIdentities({
    askSts,
    clusterId: "prod",
    secret: crypto.getRandomValues(new Uint8Array(32)),
    now: () => NOW,
    monotonicNow: () => performance.now(),
    after: (milliseconds, action) => {
      const timer = setTimeout(action, milliseconds);
      return () => clearTimeout(timer);
    },
    observe: (observation) => observed.push(observation),
    rules: { failuresToOpen: 3, openMs: 100 },
  });
  const states = (): string[] => observed.flatMap((seen) => (seen.kind === "breaker" ? [seen.state] : []));
  return { ask, states };
}

const outcomeOf = async (asking: ReturnType<AskSts>): Promise<string> => {
  try {
    const verdict = await asking;
    return verdict.ok ? "confirmed" : verdict.reason;
  } catch (cause) {
    return cause instanceof WebhookFault ? cause.code : String(cause);
  }
};

describe("identities over TLS", () => {
  test("1,000 reviews of one new token at once: one STS call, all answered", async () => {
    answer = healthy;
    const { ask } = gate();
    const before = asked;
    const request = newRequest();
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => outcomeOf(ask(request))));
    expect(new Set(outcomes)).toEqual(new Set(["confirmed"]));
    expect(asked - before).toBe(1);
  });

  for (const [name, [answerSickly, code]] of Object.entries(sick)) {
    test(`${name}: ${code} for who is new, nothing for who is remembered; then recovery`, async () => {
      answer = healthy;
      const { ask } = gate();
      const remembered = newRequest();
      const fresh = newRequest();
      expect(await outcomeOf(ask(remembered))).toBe("confirmed");
      answer = answerSickly;
      expect(await outcomeOf(ask(fresh))).toBe(code);
      expect(await outcomeOf(ask(remembered))).toBe("confirmed");
      answer = healthy;
      expect(await outcomeOf(ask(fresh))).toBe("confirmed");
    });
  }

  test("an outage: STS is left alone, then probed, then asked by all again", async () => {
    answer = sick["500"][0];
    const { ask, states } = gate();
    for (let i = 0; i < 3; i++) expect(await outcomeOf(ask(newRequest()))).toBe("sts-unavailable");
    const before = asked;
    expect(await outcomeOf(ask(newRequest()))).toBe("breaker-open");
    expect(asked).toBe(before);
    answer = healthy;
    await Bun.sleep(110);
    expect(await outcomeOf(ask(newRequest()))).toBe("confirmed");
    expect(await outcomeOf(ask(newRequest()))).toBe("confirmed");
    expect(states()).toEqual(["open", "half-open", "closed"]);
  });

  test("a refused connection: sts-unreachable, then left alone", async () => {
    const gone = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
    const { port } = gone;
    gone.stop(true);
    const { ask } = gate(port);
    const outcomes: string[] = [];
    for (let i = 0; i < 4; i++) outcomes.push(await outcomeOf(ask(newRequest())));
    expect(outcomes).toEqual(["sts-unreachable", "sts-unreachable", "sts-unreachable", "breaker-open"]);
  });
});

/** A byte every 10 ms, without end. */
function drip(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      await Bun.sleep(10);
      controller.enqueue(Uint8Array.of(0x20));
    },
  });
}
