import { expect, test } from "vitest";
import { HOSTS, MAPPINGS, ALICE, NOW, reviewRequest, someMetrics, tokenWith } from "../test/world.ts";
import { type AuditEvent, auditRecord } from "./audit.ts";
import { createHealth } from "./health.ts";
import type { AskStsOptions } from "./sts/ask-sts.ts";
import type { Trail } from "./verdict.ts";
import { createWebhook } from "./webhook.ts";

/**
 * Secrets in every place that an outsider, or STS, can fill; each with its own mark. Nothing that iamgate shows may hold
 * any of them: audit events, trails, metrics, answers of the webhook and of health.
 */
const BEARER = tokenWith({ secretAccessKey: "canary-secret-key", sessionToken: "canary-session-token" });
const URL_IN_TOKEN = atob(BEARER.slice("k8s-aws-v1.".length).replaceAll("-", "+").replaceAll("_", "/"));
const SIGNATURE = /X-Amz-Signature=([0-9a-f]{64})/.exec(URL_IN_TOKEN)?.[1] ?? "no signature found";
const SECRETS = ["canary", BEARER, BEARER.slice(0, 60), SIGNATURE, SIGNATURE.slice(0, 63), "X-Amz-Signature="];

const tokenOf = (url: string): string => `k8s-aws-v1.${btoa(url).replaceAll("=", "")}`;
const errorOf = (Code: string): string => JSON.stringify({ Error: { Code, Message: "canary-sts-message" } });
const identityOf = (identity: typeof ALICE): string => {
  const { account: Account, arn: Arn, userId: UserId } = identity;
  return JSON.stringify({ GetCallerIdentityResponse: { GetCallerIdentityResult: { Account, Arn, UserId } } });
};

/** Everything STS can do to a review. */
const STS: Readonly<Record<string, AskStsOptions["fetch"]>> = {
  confirms: () => answer(200, identityOf(ALICE)),
  "confirms somebody unmapped": () => answer(200, identityOf({ ...ALICE, arn: `${ALICE.arn}2` })),
  "lies about the account": () => answer(200, identityOf({ ...ALICE, account: "999999999999" })),
  refuses: () => answer(403, errorOf("SignatureDoesNotMatch")),
  "refuses with a code of its own": () => answer(403, errorOf("canary-code")),
  throttles: () => answer(400, errorOf("Throttling")),
  fails: () => answer(500, "canary-page"),
  redirects: () => answer(302, "", { Location: "https://canary.example/" }),
  "speaks another type": () => answer(200, "<canary/>", { "Content-Type": "text/canary" }),
  "talks nonsense": () => answer(200, '{"canary": '),
  "says things twice": () => answer(200, '{"canary":1,"canary":2}'),
  "cannot be reached": (url) => Promise.reject(Object.assign(new Error(`canary ${url}`), { code: "ECONNREFUSED" })),
  "is unknown to the runtime": (url) => Promise.reject(Object.assign(new Error("canary"), { code: `canary ${url}` })),
};

function answer(status: number, body: string, headers: Record<string, string> = {}): Promise<Response> {
  const all = { "Content-Type": "application/json", "X-Canary": "canary-header", ...headers };
  return Promise.resolve(new Response(body, { status, headers: all }));
}

const post = (body: string, headers: Record<string, string> = {}): Request =>
  new Request("https://127.0.0.1:21362/authenticate?canary-query=1", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: "Bearer canary-header", ...headers },
    body,
  });
const review = (fields: Record<string, unknown>): string =>
  JSON.stringify({ kind: "TokenReview", apiVersion: "authentication.k8s.io/v1", ...fields });

/** Everything an outsider can send. */
const REQUESTS: Readonly<Record<string, () => Request>> = {
  "a genuine token": () => reviewRequest(BEARER),
  "a genuine token beside other secrets": () =>
    post(review({ spec: { token: BEARER, audiences: ["canary-audience"] }, metadata: { name: "canary-name" } })),
  "a token cut off": () => reviewRequest(BEARER.slice(0, -10)),
  "a token with a blank": () => reviewRequest(`${BEARER} `),
  "another kind of token": () => reviewRequest("eyJhbGciOiJub25lIn0.canary.canary"),
  "a token with user information": () => reviewRequest(tokenOf("https://canary:canary@sts.amazonaws.com/?a=b")),
  // Hosts and parameters' names are told on purpose: they say what is wrong, and no client puts a secret there.
  "a token for another host": () => reviewRequest(tokenOf("https://sts.example/?canary=canary")),
  "a token with another parameter": () => reviewRequest(tokenOf(`${URL_IN_TOKEN}&X-Extra=canary`)),
  "a token with its secret twice": () => reviewRequest(tokenOf(`${URL_IN_TOKEN}&X-Amz-Security-Token=canary`)),
  "a long-term key with a session token": () => reviewRequest(tokenOf(URL_IN_TOKEN.replace("ASIA", "AKIA"))),
  "a signature cut off": () => reviewRequest(tokenOf(URL_IN_TOKEN.replace(SIGNATURE, SIGNATURE.slice(0, 63)))),
  "another kind of document": () => post(review({ kind: "canary" })),
  "no JSON": () => post('{"canary'),
  "a key twice": () => post('{"canary":1,"canary":2}'),
  "another content type": () => post("canary", { "Content-Type": "text/canary" }),
  "another path": () => new Request("https://canary.example/canary-path?canary=1", { method: "POST", body: "canary" }),
  "another method": () => new Request("https://canary.example/authenticate?canary=1"),
  "too much": () => post(`"${"canary".repeat(20_000)}"`),
};

test("canary: no secret that is planted in any input is shown anywhere", async () => {
  const metrics = someMetrics();
  const shown: unknown[] = [];
  const messages = new Set<string>();
  const health = createHealth({
    isMappingLoaded: () => false,
    certificate: () => undefined,
    isDraining: () => true,
    metrics,
    now: () => NOW,
  });
  for (const fetch of Object.values(STS)) {
    const webhook = createWebhook({
      gate: {
        hosts: HOSTS,
        partition: "aws",
        askSts: metrics.countedAskSts({
          clusterId: "prod",
          fetch,
          connect: () => Promise.resolve(),
          timeoutSignal: () => new AbortController().signal,
          now: () => NOW,
          userAgent: "test",
        }),
        mappings: () => MAPPINGS,
        now: () => NOW,
      },
      started: metrics.started,
      audit: (event: AuditEvent, trail: Trail) => {
        metrics.audited(event);
        messages.add(event.message);
        shown.push(event, auditRecord(event), trail);
      },
      requestId: () => "1",
      health,
    });
    for (const request of Object.values(REQUESTS)) {
      const response = await webhook(request());
      shown.push([...response.headers], await response.text());
    }
  }
  for (const path of ["/healthz", "/livez", "/readyz", "/metrics", "/canary-path"]) {
    const request = new Request(`http://canary.example${path}?verbose&canary=${SIGNATURE}`, {
      headers: { Authorization: `Bearer ${BEARER}` },
    });
    const response = await health(request);
    shown.push([...response.headers], await response.text());
  }

  // All four kinds of event were there, so that silence is not what passes this test.
  expect([...messages].toSorted()).toEqual([
    "authentication failed",
    "authentication granted",
    "authentication refused",
    "request rejected",
  ]);
  const everything = JSON.stringify(shown);
  expect(SECRETS.filter((secret) => everything.includes(secret))).toEqual([]);
});
