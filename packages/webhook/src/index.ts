export type { AuditedIdentity, AuditEvent } from "./audit.ts";
export { authenticate, verifyToken } from "./authenticate.ts";
export { WebhookFault } from "./fault.ts";
export type { Gate, Verifier } from "./gate.ts";
export { FAULT_CODES, type FaultCode, STS_REASONS, type StsReason } from "./reasons.ts";
export {
  type AskSts,
  type AskStsOptions,
  createAskSts,
  type StsDial,
  type StsFetchInit,
  type TcpAddress,
} from "./sts/ask-sts.ts";
export type { ConfirmedIdentity, StsRefusal } from "./sts/judge-answer.ts";
export type { AnyRefusal, Step, Trail, Verdict, VerifiedPrincipal } from "./verdict.ts";
export { createWebhook, type WebhookOptions } from "./webhook.ts";
