export {
  genuineParts,
  type GenuineTokenOptions,
  pick,
  seeded,
  tokenOf,
  type TokenParts,
  wrap,
} from "./genuine-token.ts";
export { HOSTILE_CLASSES, type HostileClass } from "./hostile-classes.ts";
export { newAuthority, startTlsServer, type TlsServer } from "./tls-server.ts";
