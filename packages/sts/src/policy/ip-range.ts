/** A range of addresses: a prefix of bits, written as text of 0 and 1. */
export interface IpRange {
  readonly family: 4 | 6;
  readonly prefix: string;
}

/** Reads an address or a range in CIDR form; an address alone is a range of one. */
export function parseIpRange(text: string): IpRange | undefined {
  const [, address = "", length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bits = ipv4Bits(address) ?? ipv6Bits(address);
  if (bits === undefined) return undefined;
  const size = length === undefined ? bits.length : Number(length);
  if (size > bits.length) return undefined;
  return { family: bits.length === 32 ? 4 : 6, prefix: bits.slice(0, size) };
}

/** Whether an address lies in a range. */
export function lies(address: string, { family, prefix }: IpRange): boolean {
  const bits = ipv4Bits(address) ?? ipv6Bits(address);
  return bits !== undefined && bits.length === (family === 4 ? 32 : 128) && bits.startsWith(prefix);
}

function ipv4Bits(text: string): string | undefined {
  const parts = text.split(".");
  const wellFormed =
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return wellFormed ? parts.map((part) => Number(part).toString(2).padStart(8, "0")).join("") : undefined;
}

/** A dual-stack socket tells IPv4 callers as ::ffff:203.0.113.7: those are their IPv4 address. */
function ipv6Bits(text: string): string | undefined {
  const mapped = /^::ffff:([\d.]+)$/i.exec(text)?.[1];
  if (mapped !== undefined) return ipv4Bits(mapped);
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: tail === undefined ? 0 : missing }, () => "0"), ...after];
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, "0")).join("");
}
