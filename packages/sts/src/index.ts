export type { AuditEvent } from "./audit.ts";
export { credentialsOf } from "./credentials-of.ts";
export type { AccessKey, Iam, IamError, Identity, Principal } from "./iam.ts";
export { type ParsedIam, parseIam } from "./parse-iam.ts";
export { createSts, type StsDeps } from "./sts.ts";
