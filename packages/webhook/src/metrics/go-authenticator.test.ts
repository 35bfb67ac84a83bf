import { type PresignedRequest, readToken } from "@iamgate/token";
import { describe, expect, test } from "vitest";
import { readSamples } from "../../test/samples.ts";
import { HOSTS, NOW, someMetrics, tokenWith } from "../../test/world.ts";
import type { AuditEvent } from "../audit.ts";
import type { AskStsOptions } from "../sts/ask-sts.ts";

const base = { requestId: "1", durationMs: 20, detail: "d" };
const GRANTED: AuditEvent = {
  message: "authentication granted",
  result: "granted",
  requestId: "1",
  durationMs: 20,
  username: "alice",
  groups: [],
  entry: "f:1",
  cached: false,
};
const refused = (stage: string): AuditEvent => ({
  message: "authentication refused",
  result: "refused",
  ...base,
  stage,
  reason: "any",
  cached: false,
});
const failed = (code: "sts-throttled" | "sts-timeout" | "internal-error"): AuditEvent => ({
  message: "authentication failed",
  result: "failed",
  ...base,
  code,
});
const rejected = (reason: "not-found" | "method-not-allowed" | "not-a-token-review"): AuditEvent => ({
  message: "request rejected",
  result: "rejected",
  ...base,
  status: 400,
  reason,
});

// pkg/server/server.go of 0.7.18; `uknown_user` is its spelling.
for (const [what, event, result] of [
  ["a granted review", GRANTED, "success"],
  ["a token that is none", refused("read"), "invalid_token"],
  ["STS's refusal, since all but 200 is one error there", refused("sts"), "sts_error"],
  ["an identity that is not believed", refused("identify"), "sts_error"],
  ["somebody unmapped", refused("map"), "uknown_user"],
  ["STS throttling", failed("sts-throttled"), "sts_throttling"],
  ["STS down", failed("sts-timeout"), "sts_error"],
  ["a defect", failed("internal-error"), "sts_error"],
  ["another method", rejected("method-not-allowed"), "malformed_request"],
  ["another document", rejected("not-a-token-review"), "malformed_request"],
  ["another path, which is not counted there", rejected("not-found"), undefined],
] as const) {
  test(`authenticate_latency_seconds: ${what}: ${result ?? "nothing"}`, () => {
    const metrics = someMetrics();
    metrics.audited(event);
    const counts = [...readSamples(metrics.render())].filter(
      ([series, value]) => series.startsWith("aws_iam_authenticator_authenticate_latency_seconds_count") && value > 0,
    );
    const expected = `aws_iam_authenticator_authenticate_latency_seconds_count{result="${result}"}`;
    expect(counts).toEqual(result === undefined ? [] : [[expected, 1]]);
  });
}

describe("countedAskSts", () => {
  const identity = { GetCallerIdentityResponse: { GetCallerIdentityResult: { Account: "1", Arn: "a", UserId: "u" } } };
  const json = (status: number, document: unknown): Promise<Response> =>
    Promise.resolve(Response.json(document, { status }));
  const error = (status: number, Code: string): Promise<Response> =>
    json(status, { Error: { Code, Message: "m", Type: "Sender" } });

  function request(authority?: string): PresignedRequest {
    const read = readToken(tokenWith({ secretAccessKey: "s", sessionToken: "t" }), { hosts: HOSTS, now: NOW });
    if (!read.ok) throw new Error(read.detail);
    return authority === undefined ? read : { ...read, authority };
  }

  /** What was counted of STS by the Go authenticator's names, without what stayed zero. */
  async function countedOf(fetch: AskStsOptions["fetch"], ...requests: PresignedRequest[]): Promise<unknown> {
    const metrics = someMetrics();
    const askSts = metrics.countedAskSts({
      clusterId: "prod",
      fetch,
      connect: () => Promise.resolve(),
      timeoutSignal: () => new AbortController().signal,
      now: () => NOW,
      userAgent: "test",
    });
    for (const each of requests) await askSts(each).catch(() => {});
    const samples = [...readSamples(metrics.render())];
    const name = /^aws_iam_authenticator_sts_(.*)$/;
    return Object.fromEntries(
      samples
        .flatMap(([series, value]) => (value === 0 ? [] : [[name.exec(series)?.[1] ?? "", value]]))
        .filter(([key]) => key !== ""),
    );
  }

  test("an answer: by status and region", async () => {
    expect(await countedOf(() => json(200, identity), request(), request())).toEqual({
      'responses_total{ResponseCode="200",StsRegion="us-west-2"}': 2,
    });
    expect(await countedOf(() => error(403, "InvalidClientTokenId"), request())).toEqual({
      'responses_total{ResponseCode="403",StsRegion="us-west-2"}': 1,
    });
  });

  test("throttling, which STS answers with 400: by its code and not its status", async () => {
    expect(await countedOf(() => error(400, "Throttling"), request())).toEqual({
      'responses_total{ResponseCode="400",StsRegion="us-west-2"}': 1,
      'throttling_total{StsRegion="us-west-2"}': 1,
    });
    expect(await countedOf(() => error(400, "MalformedQueryString"), request())).toEqual({
      'responses_total{ResponseCode="400",StsRegion="us-west-2"}': 1,
    });
  });

  test("no answer: a connection failure", async () => {
    expect(await countedOf(() => Promise.reject(new Error("ECONNREFUSED")), request())).toEqual({
      'connection_failures_total{StsRegion="us-west-2"}': 1,
    });
  });

  test("the legacy host is `global`, one outside AWS's table `other`, and so is a status nobody expects", async () => {
    const fetch = (): Promise<Response> => json(418, {});
    expect(await countedOf(fetch, request("sts.amazonaws.com"), request("127.0.0.1:8443"))).toEqual({
      'responses_total{ResponseCode="other",StsRegion="global"}': 1,
      'responses_total{ResponseCode="other",StsRegion="other"}': 1,
    });
  });

  test("what STS said is passed on as it is, identity or fault", async () => {
    const ask = (fetch: AskStsOptions["fetch"]): Promise<unknown> =>
      someMetrics().countedAskSts({
        clusterId: "prod",
        fetch,
        connect: () => Promise.resolve(),
        timeoutSignal: () => new AbortController().signal,
        now: () => NOW,
        userAgent: "test",
      })(request());
    expect(await ask(() => json(200, identity))).toEqual({ ok: true, account: "1", arn: "a", userId: "u" });
    await expect(ask(() => error(400, "Throttling"))).rejects.toMatchObject({ code: "sts-throttled" });
    await expect(ask(() => Promise.reject(new Error("x")))).rejects.toMatchObject({ code: "sts-unreachable" });
  });
});

test("what iamgate never does is 0, and not absent", () => {
  const samples = readSamples(someMetrics().render());
  for (const name of ["configmap_watch_failures_total", "ec2_describe_instances_calls_total"]) {
    expect(samples.get(`aws_iam_authenticator_${name}`)).toBe(0);
  }
});
