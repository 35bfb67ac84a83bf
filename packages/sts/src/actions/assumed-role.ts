import type { Result } from "../action.ts";
import type { Iam, Role } from "../iam.ts";

/** Whether a text has the form of a role's ARN. */
export function isRoleArn(arn: string): boolean {
  return /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:[!-~]+\/)*[\w+=,.@-]{1,64}$/.test(arn);
}

/** For the audit; callers are not told which of it is the case. */
export const NO_SUCH_ROLE = "there is no such role, or it is switched off, or it has no trust policy";

/** The role of an ARN, unless it is switched off. */
export function roleOf({ principals }: Iam, arn: string): Role | undefined {
  const role = principals.find((principal) => principal.arn === arn);
  return role?.kind === "role" && role.active ? role : undefined;
}

/** `AssumedRoleUser` of an answer: the role's path is dropped in its ARN. */
export function assumedRole({ partition, account, name, uniqueId }: Role, sessionName: string): Result {
  return {
    AssumedRoleId: `${uniqueId}:${sessionName}`,
    Arn: `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`,
  };
}
