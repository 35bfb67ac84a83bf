export { AUDIT_MESSAGES, type AuditedIdentity, type AuditEvent, auditRecord, type AuditResult } from "./audit.ts";
export { authenticate, verifyToken } from "./authenticate.ts";
export { WebhookFault } from "./fault.ts";
export type { Gate, Verifier } from "./gate.ts";
export type { After } from "./gate/concurrency.ts";
export { GATE_DEFAULTS, type GateRules } from "./gate/gate-rules.ts";
export { createIdentities, type IdentitiesOptions } from "./gate/identities.ts";
export type { BreakerState, GateObservation, ObserveGate } from "./gate/observation.ts";
export { type CertificateValidity, createHealth, type HealthOptions } from "./health.ts";
export { type LabelDefinition, type MetricDefinition, METRICS } from "./metrics/definitions.ts";
export { createMetrics, type Metrics, type MetricsOptions } from "./metrics/metrics.ts";
export type { ProcessUsage } from "./metrics/process-metrics.ts";
export {
  FAULT_CODES,
  type FaultCode,
  REQUEST_REASONS,
  type RequestReason,
  STS_REASONS,
  type StsReason,
} from "./reasons.ts";
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
