import type { Mappings } from "@iamgate/access";
import { acceptedHosts, mintToken } from "@iamgate/token";
import { createMetrics, type Metrics } from "../src/metrics/metrics.ts";

export const NOW = Date.parse("2026-01-02T03:04:05Z");
export const ALICE = { account: "111122223333", arn: "arn:aws:iam::111122223333:user/alice", userId: "AIDAEXAMPLE" };
export const HOSTS = acceptedHosts({ partition: "aws", extraAuthorities: [{ authority: "127.0.0.1:8443" }] });

/** Maps {@link ALICE} and nobody else. */
export const MAPPINGS: Mappings = {
  source: "aws-auth.yaml",
  entries: [
    {
      ok: true,
      section: "mapUsers",
      matcher: { kind: "arn", arn: ALICE.arn },
      username: "alice",
      groups: ["admins"],
      place: { source: "aws-auth.yaml", line: 7, column: 5 },
    },
  ],
};

export function someMetrics(): Metrics {
  return createMetrics({
    version: "0.1.0",
    runtime: "bun 1.4.5",
    clusters: ["prod", "staging"],
    hosts: HOSTS,
    usage: () => ({ cpuSeconds: 1.5, residentBytes: 50_000_000, startedAt: NOW }),
    now: () => NOW,
  });
}

export function tokenWith(secrets: { readonly secretAccessKey: string; readonly sessionToken: string }): string {
  const credentials = { accessKeyId: "ASIAIOSFODNN7EXAMPLE", ...secrets };
  return mintToken({ clusterId: "prod", region: "us-west-2", credentials, now: NOW }).token;
}

export function reviewRequest(token: string): Request {
  return new Request("https://127.0.0.1:21362/authenticate", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ kind: "TokenReview", apiVersion: "authentication.k8s.io/v1", spec: { token } }),
  });
}
