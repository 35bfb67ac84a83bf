import type { Mappings } from "@iamgate/access";
import { acceptedHosts, mintToken } from "@iamgate/token";
import { beforeEach, describe, expect, test } from "vitest";
import type { AuditEvent } from "./audit.ts";
import { WebhookFault } from "./fault.ts";
import type { AskSts } from "./sts/ask-sts.ts";
import type { Trail } from "./verdict.ts";
import { createWebhook } from "./webhook.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");
const ALICE = { account: "111122223333", arn: "arn:aws:iam::111122223333:user/alice", userId: "AIDAEXAMPLE" };
const CAROL = {
  account: "111122223333",
  arn: "arn:aws:sts::111122223333:assumed-role/Developer/carol@example.com",
  userId: "AROAEXAMPLE:carol@example.com",
};
const DAVE = {
  account: "111122223333",
  arn: "arn:aws:sts::111122223333:federated-user/dave",
  userId: "111122223333:dave",
};

const place = { source: "aws-auth.yaml", line: 7, column: 5 };
const mappings: Mappings = {
  source: "aws-auth.yaml",
  entries: [
    {
      ok: true,
      section: "mapRoles",
      matcher: { kind: "arn", arn: "arn:aws:iam::111122223333:role/Developer" },
      username: "dev:{{SessionName}}",
      groups: ["developers"],
      place,
    },
    {
      ok: true,
      section: "mapUsers",
      matcher: { kind: "arn", arn: ALICE.arn },
      username: "alice",
      groups: ["admins", "developers"],
      place,
    },
    { ok: true, section: "mapUsers", matcher: { kind: "arn", arn: DAVE.arn }, username: "dave", groups: [], place },
  ],
};

let audited: AuditEvent[] = [];
let trails: Trail[] = [];
beforeEach(() => {
  audited = [];
  trails = [];
});

function webhookThat(askSts: AskSts): (request: Request) => Promise<Response> {
  return createWebhook({
    gate: {
      hosts: acceptedHosts({ partition: "aws" }),
      partition: "aws",
      askSts,
      mappings: () => mappings,
      now: () => NOW,
    },
    audit: (event, trail) => {
      audited.push(event);
      trails.push(trail);
    },
    requestId: () => "request-1",
  });
}

const confirms = (identity: typeof ALICE) => webhookThat(() => Promise.resolve({ ok: true, ...identity }));

function token(now = NOW): string {
  const credentials = {
    accessKeyId: "ASIAIOSFODNN7EXAMPLE",
    secretAccessKey: "canary-secret",
    sessionToken: "canary-session",
  };
  return mintToken({ clusterId: "prod", region: "us-west-2", credentials, now }).token;
}

function review(body: unknown, init: RequestInit = {}): Request {
  return new Request("https://127.0.0.1:21362/authenticate", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
  });
}

const reviewOf = (bearer: string, version = "v1"): Request =>
  review({ kind: "TokenReview", apiVersion: `authentication.k8s.io/${version}`, spec: { token: bearer } });

describe("webhook: granted", () => {
  test("a user: name, groups, and uid and extra as the Go authenticator gives them", async () => {
    const response = await confirms(ALICE)(reviewOf(token()));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenReview",
      status: {
        authenticated: true,
        user: {
          username: "alice",
          uid: "aws-iam-authenticator:111122223333:AIDAEXAMPLE",
          groups: ["admins", "developers"],
          extra: {
            accessKeyId: ["ASIAIOSFODNN7EXAMPLE"],
            arn: [ALICE.arn],
            canonicalArn: [ALICE.arn],
            principalId: ["AIDAEXAMPLE"],
            sessionName: [""],
            "sigs.k8s.io/aws-iam-authenticator/principalId": ["AIDAEXAMPLE"],
          },
        },
      },
    });
  });

  test("a role session: principal id without the session, canonical ARN of the role, rendered name", async () => {
    const { status } = (await (await confirms(CAROL)(reviewOf(token()))).json()) as { status: { user: unknown } };
    expect(status.user).toMatchObject({
      username: "dev:carol-example.com",
      uid: "aws-iam-authenticator:111122223333:AROAEXAMPLE",
      groups: ["developers"],
      extra: {
        arn: [CAROL.arn],
        canonicalArn: ["arn:aws:iam::111122223333:role/Developer"],
        principalId: ["AROAEXAMPLE"],
        sessionName: ["carol@example.com"],
      },
    });
  });

  test("a federated user: its whole user id, for the account alone would be root's", async () => {
    const { status } = (await (await confirms(DAVE)(reviewOf(token()))).json()) as { status: { user: unknown } };
    expect(status.user).toMatchObject({ uid: "aws-iam-authenticator:111122223333:111122223333:dave" });
  });

  test("v1beta1: answered in v1beta1", async () => {
    const answer = (await (await confirms(ALICE)(reviewOf(token(), "v1beta1"))).json()) as Record<string, unknown>;
    expect(answer["apiVersion"]).toBe("authentication.k8s.io/v1beta1");
    expect(answer["kind"]).toBe("TokenReview");
  });

  test("audit: a remembered identity is said to be one", async () => {
    await webhookThat(() => Promise.resolve({ ok: true, ...ALICE, cached: true }))(reviewOf(token()));
    expect(audited).toMatchObject([{ result: "granted", cached: true }]);
  });

  test("audit: how long it took, to the microsecond, by a clock that nobody sets back", async () => {
    let ticks = 1000;
    const webhook = createWebhook({
      gate: {
        hosts: acceptedHosts(),
        partition: "aws",
        askSts: () => Promise.resolve({ ok: true, ...ALICE }),
        mappings: () => mappings,
        now: () => NOW,
      },
      audit: (event) => audited.push(event),
      requestId: () => "1",
      monotonicNow: () => (ticks += 0.123_456_7),
    });
    await webhook(reviewOf(token()));
    expect(audited.map((event) => event.durationMs)).toEqual([0.123]);
  });

  test("audit: who, as whom, by which line of the mapping", async () => {
    await confirms(ALICE)(reviewOf(token()));
    expect(audited).toEqual([
      {
        message: "authentication granted",
        result: "granted",
        requestId: "request-1",
        durationMs: 0,
        accessKeyId: "ASIAIOSFODNN7EXAMPLE",
        arn: ALICE.arn,
        username: "alice",
        groups: ["admins", "developers"],
        entry: "aws-auth.yaml:7",
        cached: false,
      },
    ]);
    expect(trails[0]?.map((step) => step.stage)).toEqual(["read", "sts", "identify", "map", "render"]);
  });
});

describe("webhook: refused", () => {
  const neverAsked: AskSts = () => Promise.reject(new Error("STS must not be asked"));
  const statusOf = async (response: Response): Promise<unknown> => {
    expect(response.status).toBe(200);
    return ((await response.json()) as { status: unknown }).status;
  };
  const CACHEABLE = { authenticated: false };
  const NOT_CACHEABLE = { authenticated: false, error: "not authenticated" };

  test("malformed or expired: no error, so that kube-apiserver remembers it; STS is not asked", async () => {
    const webhook = webhookThat(neverAsked);
    expect(await statusOf(await webhook(reviewOf("eyJhbGciOiJSUzI1NiJ9.e30.c2ln")))).toEqual(CACHEABLE);
    expect(await statusOf(await webhook(reviewOf("")))).toEqual(CACHEABLE);
    expect(await statusOf(await webhook(reviewOf(token(NOW - 901_000))))).toEqual(CACHEABLE);
    expect(audited.map((event) => "reason" in event && event.reason)).toEqual([
      "not-an-eks-token",
      "not-an-eks-token",
      "expired",
    ]);
  });

  test("dated ahead: an error, since time alone will mend it", async () => {
    expect(await statusOf(await webhookThat(neverAsked)(reviewOf(token(NOW + 301_000))))).toEqual(NOT_CACHEABLE);
  });

  test("dated ahead within the configured skew: STS is asked", async () => {
    const gate = { hosts: acceptedHosts(), partition: "aws", mappings: () => mappings, now: () => NOW };
    const askSts: AskSts = () => Promise.resolve({ ok: true, ...ALICE });
    for (const [futureSkewSeconds, isLetIn] of [
      [600, true],
      [60, false],
    ] as const) {
      const webhook = createWebhook({
        gate: { ...gate, askSts, futureSkewSeconds },
        audit: () => {},
        requestId: () => "r",
      });
      const { status } = (await (await webhook(reviewOf(token(NOW + 301_000)))).json()) as {
        status: { authenticated: boolean };
      };
      expect(status.authenticated).toBe(isLetIn);
    }
  });

  test("refused by STS: no error; not yet current by STS's clock: an error", async () => {
    const refuses = (reason: "invalid-client-token-id" | "signature-not-yet-current") =>
      webhookThat(() => Promise.resolve({ ok: false, stage: "sts", reason, detail: "d" }));
    expect(await statusOf(await refuses("invalid-client-token-id")(reviewOf(token())))).toEqual(CACHEABLE);
    expect(await statusOf(await refuses("signature-not-yet-current")(reviewOf(token())))).toEqual(NOT_CACHEABLE);
  });

  test("not mapped: an error, so that a new mapping works at once", async () => {
    const eve = { ...ALICE, arn: "arn:aws:iam::111122223333:user/eve" };
    expect(await statusOf(await confirms(eve)(reviewOf(token())))).toEqual(NOT_CACHEABLE);
    expect(audited[0]).toMatchObject({
      message: "authentication refused",
      stage: "map",
      reason: "not-mapped",
      arn: eve.arn,
    });
  });

  test("another partition: refused, no error", async () => {
    const china = { ...ALICE, arn: "arn:aws-cn:iam::111122223333:user/alice" };
    expect(await statusOf(await confirms(china)(reviewOf(token())))).toEqual(CACHEABLE);
    expect(audited[0]).toMatchObject({ stage: "identify", reason: "wrong-partition" });
  });
});

describe("webhook: faults", () => {
  test("STS cannot tell: 503 without Retry-After, and without a TokenReview to be cached", async () => {
    const response = await webhookThat(() => Promise.reject(new WebhookFault("sts-throttled", "m")))(reviewOf(token()));
    expect(response.status).toBe(503);
    expect(response.headers.has("retry-after")).toBe(false);
    expect(await response.text()).not.toContain("TokenReview");
    expect(audited[0]).toMatchObject({ message: "authentication failed", code: "sts-throttled" });
    expect(trails[0]?.map((step) => step.stage)).toEqual(["read"]);
  });

  test("STS contradicts itself: 503, whoever it confirms", async () => {
    for (const lie of [
      { ...ALICE, account: "999999999999" },
      { ...ALICE, account: "1" },
      { ...ALICE, arn: "arn:aws:iam::111122223333:role/Developer" },
      { ...ALICE, arn: "alice" },
      { ...ALICE, userId: "AROAEXAMPLE:alice" },
      { ...CAROL, userId: "AROAEXAMPLE:mallory" },
    ]) {
      expect((await confirms(lie)(reviewOf(token()))).status).toBe(503);
    }
    expect(audited.map((event) => "code" in event && event.code)).toEqual(Array(6).fill("sts-contradicts-itself"));
  });

  test("a defect: 503, and its message is not logged", async () => {
    const response = await webhookThat(() => Promise.reject(new Error("canary")))(reviewOf(token()));
    expect(response.status).toBe(503);
    expect(audited[0]).toMatchObject({ message: "authentication failed", code: "internal-error" });
    expect(JSON.stringify(audited)).not.toContain("canary");
  });
});

describe("webhook: what is no TokenReview", () => {
  const webhook = (request: Request): Promise<Response> => confirms(ALICE)(request);

  test("another method: 405 that names POST", async () => {
    for (const method of ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]) {
      const response = await webhook(new Request("https://127.0.0.1/authenticate", { method }));
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    }
  });

  test("another path: 404", async () => {
    for (const path of ["/", "/authenticate/", "/Authenticate", "/authenticate/x", "//authenticate"]) {
      expect((await webhook(new Request(`https://127.0.0.1${path}`, { method: "POST" }))).status).toBe(404);
    }
  });

  test("another content type: 415", async () => {
    for (const type of [
      "text/plain",
      "application/yaml",
      "application/jsonx",
      "application/vnd.kubernetes.protobuf",
      "",
    ]) {
      expect((await webhook(review("{}", { headers: { "Content-Type": type } }))).status).toBe(415);
    }
    const charset = { headers: { "Content-Type": "application/json; charset=utf-8" } };
    expect((await webhook(review("{}", charset))).status).toBe(400);
  });

  test("another document: 400", async () => {
    for (const body of ["", "x", "[]", "{}", '{"kind":"TokenReview"}', `${await reviewOf("t").text()}{}`]) {
      expect((await webhook(review(body))).status).toBe(400);
    }
  });

  test("64 KiB is taken, a byte more is 413", async () => {
    const body = await reviewOf("t").text();
    expect((await webhook(review(body + " ".repeat(65_536 - body.length)))).status).toBe(200);
    expect((await webhook(review(body + " ".repeat(65_537 - body.length)))).status).toBe(413);
  });

  test("whoever goes away while sending: 400, and no failure of ours", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("canary: connection reset")) });
    const response = await webhook(review("", { body }));
    expect(response.status).toBe(400);
    expect(audited).toMatchObject([{ result: "rejected", reason: "body-incomplete" }]);
    expect(JSON.stringify(audited)).not.toContain("canary");
  });

  test("each is audited once, with its status and reason", async () => {
    await webhook(new Request("https://127.0.0.1/authenticate"));
    expect(audited).toEqual([
      {
        message: "request rejected",
        result: "rejected",
        requestId: "request-1",
        durationMs: 0,
        status: 405,
        reason: "method-not-allowed",
        detail: "expected POST",
      },
    ]);
  });
});

test("webhook: no answer, audit event or trail holds the secret key, the session token or the signature", async () => {
  const bearer = token();
  const signature = /X-Amz-Signature=([0-9a-f]{64})/.exec(
    atob(bearer.slice(11).replaceAll("-", "+").replaceAll("_", "/")),
  );
  const outcomes: AskSts[] = [
    () => Promise.resolve({ ok: true, ...ALICE }),
    () => Promise.resolve({ ok: true, ...ALICE, arn: "arn:aws:iam::111122223333:user/eve" }),
    () => Promise.resolve({ ok: false, stage: "sts", reason: "access-denied", detail: "d" }),
    () => Promise.reject(new WebhookFault("sts-timeout", "m")),
  ];
  let shown = "";
  for (const askSts of outcomes) {
    const response = await webhookThat(askSts)(reviewOf(bearer));
    shown += JSON.stringify([await response.text(), audited, trails]);
  }
  expect(shown).toContain("alice");
  for (const secret of ["canary", bearer, signature?.[1] ?? "no signature found", "X-Amz-"]) {
    expect(shown).not.toContain(secret);
  }
});
