import { type CallerIdentity, identify, type IdentifyRefusal, IDENTIFY_REASONS, type Principal } from "@iamgate/access";
import { WebhookFault } from "../fault.ts";
import { FAULT_CODES } from "../reasons.ts";

/**
 * An identity of another partition is refused; one that contradicts itself is STS's failure, not its bearer's.
 *
 * @throws WebhookFault when account, ARN and user id do not agree.
 */
export function identifyOrFault(identity: CallerIdentity, partition: string): Principal | IdentifyRefusal {
  const principal = identify(identity, partition);
  if (!principal.ok && principal.reason !== IDENTIFY_REASONS.wrongPartition) {
    throw new WebhookFault(FAULT_CODES.stsContradictsItself, `STS's answer contradicts itself: ${principal.detail}`);
  }
  return principal;
}
