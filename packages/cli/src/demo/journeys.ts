import type { Credentials } from "@iamgate/token";
import { mintToken } from "@iamgate/token";
import { credentialsOf, type Iam } from "@iamgate/sts";
import type { AuditEvent, Trail } from "@iamgate/webhook";
import type { Deps } from "../deps.ts";
import { CLI_ERROR_CODES, CliError } from "../errors.ts";
import type { Outcome } from "../trail-report.ts";

/** Somebody who wants to log in to the demo's cluster, and what has to come of it. */
export interface Journey {
  readonly title: string;
  /** As `credentialsOf` of @iamgate/sts names them. */
  readonly who: string;
  readonly clusterId: string;
  /** The username they must become, or the reason for which they must be refused. */
  readonly expected: { readonly username: string } | { readonly reason: string };
}

/** The cluster that the demo's webhook verifies for. */
export const DEMO_CLUSTER_ID = "demo";

/** One of each kind: a user, a role session with a templated name, somebody unmapped, and a token for elsewhere. */
export const JOURNEYS: readonly Journey[] = [
  { title: "alice, an IAM user", who: "alice", clusterId: DEMO_CLUSTER_ID, expected: { username: "alice" } },
  {
    title: "carol@example.com, in a session of the role Developer",
    who: "Developer/carol@example.com",
    clusterId: DEMO_CLUSTER_ID,
    expected: { username: "dev:carol-example.com" },
  },
  {
    title: "eve, an IAM user whom the map does not name",
    who: "eve",
    clusterId: DEMO_CLUSTER_ID,
    expected: { reason: "not-mapped" },
  },
  {
    title: 'alice again, with a token for the cluster "staging"',
    who: "alice",
    clusterId: "staging",
    expected: { reason: "signature-does-not-match" },
  },
];

/** What came of a journey: the stages passed, and what kube-apiserver was answered. */
export interface Arrival {
  readonly journey: Journey;
  readonly trail: Trail;
  readonly outcome: Outcome;
  /** `status` of the TokenReview, as it came over TLS. */
  readonly status: ReviewStatus;
}

/** What the demo reads of a TokenReview's status. */
export interface ReviewStatus {
  readonly authenticated: boolean;
  readonly user?: { readonly username: string; readonly groups: readonly string[] };
}

/** The last thing that the webhook's audit log was told; the demo sends one request at a time. */
export interface AuditTap {
  readonly last: () => { readonly event: AuditEvent; readonly trail: Trail } | undefined;
}

/** Mints a token, and sends it through the webhook over TLS as kube-apiserver would. */
export async function travel(
  journey: Journey,
  { iam, url, caPem, tap }: { readonly iam: Iam; readonly url: string; readonly caPem: string; readonly tap: AuditTap },
  { fetch, now }: Deps,
): Promise<Arrival> {
  const credentials: Credentials = credentialsOf(iam, journey.who);
  const { token } = mintToken({ clusterId: journey.clusterId, credentials, region: "us-east-1", now: now() });
  const response = await fetch(`${url}/authenticate`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token } }),
    tls: { ca: caPem },
  });
  const audited = tap.last();
  if (response.status !== 200 || audited === undefined) {
    throw new CliError(CLI_ERROR_CODES.unexpected, `demo of ${journey.title}: the webhook answers ${response.status}`, {
      hint: "run it again; if it stays so, report it with the output of `iamgate --version`",
    });
  }
  const { status } = (await response.json()) as { status: ReviewStatus };
  return { journey, trail: audited.trail, outcome: outcomeOf(audited.event), status };
}

/** How an audited request ended, for {@link trailText}. */
export function outcomeOf(event: AuditEvent): Outcome {
  switch (event.message) {
    case "authentication granted":
      return { kind: "passed" };
    case "authentication refused":
      return { kind: "refused", refusal: event };
    case "authentication failed":
      return { kind: "failed", code: event.code, detail: event.detail };
    case "request rejected":
      return { kind: "refused", refusal: { stage: "request", reason: String(event.status), detail: event.detail } };
  }
}

/** Whether a journey ended as it has to. */
export function isAsExpected({ journey: { expected }, outcome, status }: Arrival): boolean {
  if ("username" in expected) return status.authenticated && status.user?.username === expected.username;
  return !status.authenticated && outcome.kind === "refused" && outcome.refusal.reason === expected.reason;
}
