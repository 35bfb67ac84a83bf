import { type IdentifyRefusal, match, render } from "@iamgate/access";
import { type PresignedRequest, type ReadRefusal, readToken } from "@iamgate/token";
import type { Gate, Verifier } from "./gate.ts";
import { identifyOrFault } from "./sts/identify-or-fault.ts";
import type { StsRefusal } from "./sts/judge-answer.ts";
import type { AnyRefusal, Step, Verdict, VerifiedPrincipal } from "./verdict.ts";

/**
 * The way of a token to a Kubernetes user: read, ask STS, identify, map, render. The webhook, `iamgate verify` and the
 * demo all call this; there is no second way.
 *
 * @param token - the bearer token as it came.
 * @param gate - what this verifier knows and whom it may ask.
 * @param steps - receives each stage as it is passed, so that the way up to a fault is known too.
 * @returns a Kubernetes user, or the refusal; both with the stages passed.
 * @throws WebhookFault when STS cannot tell who signed.
 * @example
 * ```ts
 * import { acceptedHosts } from "@iamgate/token";
 * import { authenticate } from "@iamgate/webhook";
 *
 * const verdict = await authenticate("k8s-aws-v1.", {
 *   hosts: acceptedHosts(),
 *   partition: "aws",
 *   askSts: () => Promise.reject(new Error("not reached")),
 *   mappings: () => ({ source: "none", entries: [] }),
 *   now: () => Date.now(),
 * });
 * console.assert(!verdict.ok && verdict.refusal.reason === "url-not-printable");
 * ```
 */
export async function authenticate(token: string, gate: Gate, steps: Step[] = []): Promise<Verdict> {
  const refused = (refusal: AnyRefusal): Verdict => ({ ok: false, refusal, trail: steps });

  const principal = await verifyToken(token, gate, steps);
  if (!principal.ok) return refused(principal);

  const entry = match(principal, gate.mappings());
  if (!entry.ok) return refused(entry);
  steps.push({ stage: "map", learnt: entry });

  const user = render(entry, principal, { accessKeyId: principal.accessKeyId });
  if (!user.ok) return refused(user);
  steps.push({ stage: "render", learnt: user });

  return { ok: true, user, principal, entry, trail: steps };
}

/**
 * The first half of the way, without any mapping: who signed a token.
 *
 * @param token - the bearer token as it came.
 * @param verifier - what this verifier knows and whom it may ask.
 * @param steps - receives each stage as it is passed.
 * @returns the principal, or the refusal of the stage that it did not pass.
 * @throws WebhookFault when STS cannot tell who signed.
 * @example
 * ```ts
 * import { acceptedHosts } from "@iamgate/token";
 * import { verifyToken } from "@iamgate/webhook";
 *
 * const verified = await verifyToken("not a token", {
 *   hosts: acceptedHosts(),
 *   partition: "aws",
 *   askSts: () => Promise.reject(new Error("not reached")),
 *   now: () => Date.now(),
 * });
 * console.assert(!verified.ok && verified.reason === "not-an-eks-token");
 * ```
 */
export async function verifyToken(
  token: string,
  verifier: Verifier,
  steps: Step[] = [],
): Promise<VerifiedPrincipal | ReadRefusal | StsRefusal | IdentifyRefusal> {
  const { hosts, futureSkewSeconds, now } = verifier;
  const request = readToken(token, {
    hosts,
    now: now(),
    ...(futureSkewSeconds === undefined ? {} : { futureSkewSeconds }),
  });
  if (!request.ok) return request;
  steps.push({ stage: "read", learnt: withoutSecrets(request) });

  const identity = await verifier.askSts(request);
  if (!identity.ok) return identity;
  const { account, arn, userId, cached = false } = identity;
  steps.push({ stage: "sts", learnt: { account, arn, userId }, cached });

  const principal = identifyOrFault(identity, verifier.partition);
  if (!principal.ok) return principal;
  steps.push({ stage: "identify", learnt: principal });

  return { ...principal, accessKeyId: request.accessKeyId };
}

function withoutSecrets({
  ok: _ok,
  query: _query,
  ...learnt
}: PresignedRequest): Omit<PresignedRequest, "ok" | "query"> {
  return learnt;
}
