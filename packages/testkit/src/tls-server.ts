import { makeCertificateAuthority, makeServerCertificate } from "iamgate/tls/certificate-authority";

/** A server with a certificate of its own authority. */
export interface TlsServer {
  readonly port: number;
  /** PEM of the authority. */
  readonly ca: string;
  readonly stop: () => Promise<void>;
}

const DEPS = { now: Date.now, randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };

let authority: ReturnType<typeof makeCertificateAuthority> | undefined;

/** Serves a handler on a free port of 127.0.0.1, under a certificate that is good for these names and that address. */
export async function startTlsServer(
  handler: (request: Request) => Response | Promise<Response>,
  dnsNames: readonly string[] = ["sts.us-west-2.amazonaws.com"],
): Promise<TlsServer> {
  authority ??= makeCertificateAuthority(DEPS);
  const ca = await authority;
  const { certPem, keyPem } = await makeServerCertificate(ca, { dnsNames, ipAddresses: ["127.0.0.1"] }, DEPS);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { cert: certPem, key: keyPem },
    development: false,
    fetch: handler,
    error: () => new Response(null, { status: 500 }),
  });
  return { port: server.port ?? 0, ca: ca.certPem, stop: () => server.stop(true) };
}

/** PEM of an authority that signed nothing. */
export async function newAuthority(): Promise<string> {
  return (await makeCertificateAuthority(DEPS)).certPem;
}
