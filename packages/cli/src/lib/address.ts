import { isIP } from "node:net";

/** A host and a port, as a flag names them. */
export interface Address {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What {@link parseListenAddress} takes, for people. */
export const LISTEN_ADDRESS_FORM =
  "HOST:PORT with an IP address or localhost, for example 127.0.0.1:8443 or [::1]:8443 (port 0: any free one)";

/** What {@link parseDialAddress} takes, for people. */
export const DIAL_ADDRESS_FORM = "HOST:PORT, for example 127.0.0.1:8443 or sts.example.internal:443";

/** An address of this machine; not a name, since Bun calls a name that does not resolve a port in use. */
export function parseListenAddress(text: string): Address | undefined {
  const address = splitAddress(text);
  if (address === undefined) return undefined;
  return isIP(address.host) !== 0 || address.host === "localhost" ? address : undefined;
}

/** An address to connect to, by name too. */
export function parseDialAddress(text: string): Address | undefined {
  const address = splitAddress(text);
  if (address === undefined || address.port === 0) return undefined;
  // What ends in a number is an IPv4 address or nothing (WHATWG URL): not 10.0.0.300 as a name.
  const isName = /^(?!.*\.\.)[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(address.host);
  const endsInNumber = /(^|\.)\d+$/.test(address.host);
  return isIP(address.host) !== 0 || (isName && !endsInNumber) ? address : undefined;
}

/** `127.0.0.1:8443`, `[::1]:8443`. */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Whether it stands for every address of the machine. */
export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || (isIP(host) === 6 && /^[0:]+$/.test(host));
}

/** Whether only programs of the same machine reach it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function splitAddress(text: string): Address | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^[\]:\s]+)):(0|[1-9]\d{0,4})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6)) return undefined;
  return { host, port };
}
