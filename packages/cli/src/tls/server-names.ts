import { isIP } from "node:net";
import { isWildcard } from "../lib/address.ts";
import type { ServerNames } from "./certificate-authority.ts";

/** What a certificate must name for a server that listens at a host: the loopback names, and the host itself. */
export function serverNamesFor(host: string, moreDnsNames: readonly string[] = []): ServerNames {
  const own = isIP(host) !== 0 && !isWildcard(host) ? [host] : [];
  return {
    dnsNames: [...new Set(["localhost", ...moreDnsNames])],
    ipAddresses: [...new Set(["127.0.0.1", "::1", ...own])],
  };
}

/** The host by which a program on the same machine reaches a server that listens at `host`. */
export function reachableAt(host: string): string {
  if (!isWildcard(host)) return host;
  return isIP(host) === 6 ? "::1" : "127.0.0.1";
}
