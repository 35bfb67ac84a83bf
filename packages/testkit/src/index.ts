export { startTlsServer, type TlsServer } from "./tls-server.ts";
