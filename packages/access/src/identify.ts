import { type Arn, canonicalArn, parseArn } from "./arn.ts";
import type { CallerIdentity, IdentifyRefusal, Principal } from "./principal.ts";
import { IDENTIFY_REASONS, type IdentifyReason } from "./reasons.ts";

/**
 * Decides whether an identity as STS said it is to be believed, and who it is.
 *
 * The account, the ARN and the user id must agree with one another: the Go authenticator authenticates on answers in
 * which they do not. `AIDA…` is a user, `AROA…:SESSION` a role session, `ACCT:NAME` a federated user, `ACCT` root
 * (IAM user guide, "Unique identifiers"; STS API reference, GetCallerIdentity).
 *
 * @param identity - What STS GetCallerIdentity answered.
 * @param partition - The partition that this gate serves, for example `aws`.
 * @returns The principal, or a refusal. Reason `wrong-partition` is a sound identity of another partition; every other
 * reason is an answer that a true STS cannot give: a fault of whoever answered, not a property of the caller.
 *
 * @example
 * ```ts
 * import { identify } from "@iamgate/access";
 *
 * const principal = identify(
 *   {
 *     account: "111122223333",
 *     arn: "arn:aws:sts::111122223333:assumed-role/Admin/alice",
 *     userId: "AROAEXAMPLE:alice",
 *   },
 *   "aws",
 * );
 * console.assert(principal.ok && principal.canonicalArn === "arn:aws:iam::111122223333:role/Admin");
 * ```
 */
export function identify(identity: CallerIdentity, partition: string): Principal | IdentifyRefusal {
  if (!/^[0-9]{12}$/.test(identity.account)) {
    return refuse(IDENTIFY_REASONS.malformedAccount, `account ${quote(identity.account)}: not twelve digits`);
  }
  const arn = parseArn(identity.arn);
  if (arn === undefined) {
    return refuse(IDENTIFY_REASONS.malformedArn, `ARN ${quote(identity.arn)}: not one of a user, session or root`);
  }
  if (arn.account !== identity.account) {
    return refuse(
      IDENTIFY_REASONS.accountMismatch,
      `ARN ${quote(identity.arn)}: of another account than ${identity.account}, which STS names beside it`,
    );
  }
  const principal = principalOf(arn, identity);
  if (!principal.ok) return principal;
  if (arn.partition !== partition) {
    return refuse(
      IDENTIFY_REASONS.wrongPartition,
      `ARN ${quote(identity.arn)}: of partition ${arn.partition}, and this gate serves ${partition}`,
    );
  }
  return principal;
}

function principalOf(arn: Arn, identity: CallerIdentity): Principal | IdentifyRefusal {
  const { userId } = identity;
  const facts = {
    ok: true as const,
    partition: arn.partition,
    account: arn.account,
    arn: identity.arn,
    canonicalArn: canonicalArn(arn),
    userId,
  };
  switch (arn.kind) {
    case "user":
      if (!/^AIDA[A-Z0-9]+$/.test(userId)) return mismatch(identity, "AIDA…");
      return { ...facts, kind: "user", name: arn.name, path: arn.path, uniqueId: userId };
    case "assumed-role": {
      const uniqueId = userId.slice(0, -arn.sessionName.length - 1);
      if (!/^AROA[A-Z0-9]+$/.test(uniqueId) || userId !== `${uniqueId}:${arn.sessionName}`) {
        return mismatch(identity, `AROA…:${arn.sessionName}`);
      }
      return { ...facts, kind: "role-session", name: arn.name, sessionName: arn.sessionName, uniqueId };
    }
    case "federated-user":
      if (userId !== `${arn.account}:${arn.name}`) return mismatch(identity, `${arn.account}:${arn.name}`);
      return { ...facts, kind: "federated-user", name: arn.name };
    case "root":
      if (userId !== arn.account) return mismatch(identity, arn.account);
      return { ...facts, kind: "root" };
    case "role":
      return refuse(
        IDENTIFY_REASONS.notACaller,
        `ARN ${quote(identity.arn)}: a role itself never signs a request, only a session of it does`,
      );
  }
}

function mismatch(identity: CallerIdentity, expected: string): IdentifyRefusal {
  return refuse(
    IDENTIFY_REASONS.userIdMismatch,
    `user id ${quote(identity.userId)}: does not fit ${identity.arn}, whose user id is ${expected}`,
  );
}

function refuse(reason: IdentifyReason, detail: string): IdentifyRefusal {
  return { ok: false, stage: "identify", reason, detail };
}

// What STS answered is foreign text: JSON's escapes keep it on one line, and a bound keeps it short.
function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
