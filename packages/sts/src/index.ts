export type { AuditEvent } from "./audit.ts";
export { credentialsOf } from "./credentials-of.ts";
export type {
  AccessKey,
  Entity,
  Iam,
  IamError,
  Identity,
  OidcProvider,
  Principal,
  Role,
  Session,
  User,
} from "./iam.ts";
export { type MfaDevice, totp } from "./mfa.ts";
export { type ParsedIam, parseIam } from "./parse-iam.ts";
export type { Sealing } from "./session/session.ts";
export { createSts, type StsDeps } from "./sts.ts";
export { type AccessAnswer, type AccessQuestion, canAccess } from "./policy/can.ts";
export type { DecidingStatement, Decision, NearMiss, PolicyPlace, PolicyType } from "./policy/types.ts";
