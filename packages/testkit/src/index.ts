export { newAuthority, startTlsServer, type TlsServer } from "./tls-server.ts";
