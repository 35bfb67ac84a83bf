import { formatAddress } from "../lib/address.ts";
import { formatDuration } from "../lib/duration.ts";
import type { ServeSettings } from "../serving/settings.ts";

/** Settings as lines for people: name and value; no secret is in them, only paths. */
export function describeSettings(settings: ServeSettings): readonly (readonly [name: string, value: string])[] {
  const { certificate, clientCa, unsafeStsDial, gate } = settings;
  const list = (items: readonly string[]): string => (items.length === 0 ? "none" : items.join(", "));
  return [
    ["listen", formatAddress(settings.listen)],
    ["operations", settings.operations === undefined ? "off" : formatAddress(settings.operations)],
    ["state directory", settings.stateDir],
    [
      "certificate",
      certificate === undefined ? "made by iamgate" : `${certificate.cert.path}, key ${certificate.key.path}`,
    ],
    ["client CA", clientCa === undefined ? "none: any client is answered" : clientCa.path],
    ["partition", settings.partition],
    ["more regions", list(settings.regions)],
    [
      "more STS hosts",
      list(
        settings.stsHosts.map(({ authority, region }) => (region === undefined ? authority : `${authority}=${region}`)),
      ),
    ],
    [
      "STS",
      unsafeStsDial === undefined
        ? "AWS, at the host that a token names"
        : `UNSAFE: ${formatAddress(unsafeStsDial.address)}, trusting ${unsafeStsDial.ca.path}`,
    ],
    ["future skew", formatDuration(settings.futureSkewSeconds * 1000)],
    [
      "gate",
      Object.entries(gate)
        .map(([name, value]: [string, number]) =>
          name.endsWith("Ms") ? `${name.slice(0, -2)} ${formatDuration(value)}` : `${name} ${value}`,
        )
        .join(", "),
    ],
    ["drain", formatDuration(settings.drainSeconds * 1000)],
  ];
}
