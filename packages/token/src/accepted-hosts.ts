import { allStsHosts, hostsOfRegion, type StsHost } from "./hosts.ts";
import { PARTITIONS, partitionOfRegion } from "./regions.ts";

/** An STS authority that is accepted because the configuration names it: a VPC endpoint, or a local STS. */
export interface ExtraAuthority {
  /** `vpce-0a1b.sts.us-west-2.vpce.amazonaws.com` or `127.0.0.1:8443`, exactly as tokens name it. */
  readonly authority: string;
  /** The region that credential scopes must name; when absent, any region of an accepted partition. */
  readonly region?: string;
}

/** Which STS names a verifier believes. */
export interface AcceptedHostsOptions {
  /** Only hosts of this partition, for example `aws`; every partition when absent. */
  readonly partition?: string;
  /** Regions that opened after this version was made, for example `["eu-west-9"]`. */
  readonly extraRegions?: readonly string[];
  /** Authorities outside AWS's table. */
  readonly extraAuthorities?: readonly ExtraAuthority[];
}

/** The STS names that a verifier believes; made by {@link acceptedHosts}. */
export interface AcceptedHosts {
  /** Keyed by the raw bytes of the authority in a token's URL. */
  readonly byAuthority: ReadonlyMap<string, AcceptedHost>;
  /** Regions that a scope may name where the authority itself has none. */
  readonly regions: ReadonlySet<string>;
}

/** One believed authority; `region` is absent where any accepted region will do. */
export interface AcceptedHost {
  readonly authority: string;
  readonly partition: string;
  readonly region?: string;
}

/**
 * Builds the table of STS names that tokens may be signed for.
 *
 * @param options - the partition, and what the configuration adds to AWS's own names.
 * @returns an immutable table for {@link readToken}; build it once, not per token.
 * @throws RangeError for a partition, region or authority that cannot be one.
 * @example
 * ```ts
 * import { acceptedHosts } from "@iamgate/token";
 *
 * const hosts = acceptedHosts({ partition: "aws", extraAuthorities: [{ authority: "127.0.0.1:8443" }] });
 * console.assert(hosts.byAuthority.has("sts.us-west-2.amazonaws.com"));
 * console.assert(!hosts.byAuthority.has("sts.cn-north-1.amazonaws.com.cn"));
 * ```
 */
export function acceptedHosts(options: AcceptedHostsOptions = {}): AcceptedHosts {
  const { partition, extraRegions = [], extraAuthorities = [] } = options;
  if (partition !== undefined && !PARTITIONS.some((known) => known.name === partition)) {
    const names = PARTITIONS.map((known) => known.name).join(", ");
    throw new RangeError(`partition ${JSON.stringify(partition)}: not one of ${names}`);
  }
  const hosts = [...allStsHosts(), ...extraRegions.flatMap(hostsOfExtraRegion)].filter(
    (sts) => partition === undefined || sts.partition === partition,
  );
  const byAuthority = new Map<string, AcceptedHost>(
    hosts.map(({ host, partition: of, region }) => [host, { authority: host, partition: of, region }]),
  );
  for (const extra of extraAuthorities) {
    byAuthority.set(extra.authority, extraHost(extra, partition ?? "aws"));
  }
  return { byAuthority, regions: new Set(hosts.map((sts) => sts.region)) };
}

function hostsOfExtraRegion(region: string): readonly StsHost[] {
  const partition = partitionOfRegion(region);
  if (partition === undefined) {
    throw new RangeError(`extra region ${JSON.stringify(region)}: no AWS partition has regions of this form`);
  }
  return hostsOfRegion(partition, region);
}

function extraHost({ authority, region }: ExtraAuthority, fallbackPartition: string): AcceptedHost {
  if (!/^([a-z0-9.-]{1,253}|\[[0-9a-f:.]+\])(:[1-9]\d{0,4})?$/.test(authority)) {
    throw new RangeError(
      `extra STS authority ${JSON.stringify(authority)}: expected a lower-case HOST or HOST:PORT, as tokens name it`,
    );
  }
  if (region === undefined) return { authority, partition: fallbackPartition };
  const partition = partitionOfRegion(region);
  if (partition === undefined) {
    throw new RangeError(`region ${JSON.stringify(region)} of STS authority "${authority}": no such AWS region`);
  }
  return { authority, partition: partition.name, region };
}
