import { PARTITIONS, type Partition, partitionOfRegion } from "./regions.ts";

/** A name under which AWS runs STS. */
export interface StsHost {
  /** For example `sts.us-west-2.amazonaws.com`. */
  readonly host: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  /** The region that a credential scope must name for this host; `us-east-1` for the global one. */
  readonly region: string;
  readonly kind: "regional" | "global" | "fips" | "dual-stack" | "dual-stack-fips";
}

/** Which of a region's STS names is meant. */
export interface StsHostOptions {
  /** The FIPS 140 validated endpoint (`AWS_USE_FIPS_ENDPOINT`). */
  readonly fips?: boolean;
  /** The endpoint that also answers on IPv6 (`AWS_USE_DUALSTACK_ENDPOINT`). */
  readonly dualStack?: boolean;
}

const GLOBAL_HOST: StsHost = { host: "sts.amazonaws.com", partition: "aws", region: "us-east-1", kind: "global" };

let known: ReadonlyMap<string, StsHost> | undefined;
const ofRegion = new Map<string, readonly StsHost[]>();

/**
 * Every STS name of every known region in every partition: regional, global, FIPS and dual-stack.
 *
 * @returns about 150 hosts, each exactly once.
 * @example
 * ```ts
 * import { allStsHosts } from "@iamgate/token";
 *
 * const names = allStsHosts().map((sts) => sts.host);
 * console.assert(names.includes("sts.cn-north-1.amazonaws.com.cn"));
 * ```
 */
export function allStsHosts(): readonly StsHost[] {
  return [...knownHosts().values()];
}

/**
 * What AWS's table says of an STS name. The name is compared byte for byte: no case folding, no trailing dot.
 *
 * @param host - for example `sts.eu-west-1.amazonaws.com`.
 * @returns its partition, region and kind, or `undefined` for a name that is not in the table.
 * @example
 * ```ts
 * import { stsHostOf } from "@iamgate/token";
 *
 * console.assert(stsHostOf("sts.amazonaws.com")?.region === "us-east-1");
 * console.assert(stsHostOf("sts.amazonaws.com.evil.example") === undefined);
 * ```
 */
export function stsHostOf(host: string): StsHost | undefined {
  return knownHosts().get(host);
}

/**
 * The STS name to sign for in a region; regions that opened after the table was made are recognised by their form.
 *
 * @param region - for example `us-west-2`, or `aws-global` for the legacy global endpoint.
 * @param options - FIPS or dual-stack instead of the plain regional name.
 * @returns the host, its partition and the region its credential scope must name.
 * @throws RangeError when no partition has regions of this form, or none such endpoint.
 * @example
 * ```ts
 * import { stsHostFor } from "@iamgate/token";
 *
 * console.assert(stsHostFor("us-west-2").host === "sts.us-west-2.amazonaws.com");
 * console.assert(stsHostFor("us-west-2", { fips: true }).host === "sts-fips.us-west-2.amazonaws.com");
 * ```
 */
export function stsHostFor(region: string, options: StsHostOptions = {}): StsHost {
  if (region === "aws-global" && !options.fips && !options.dualStack) return GLOBAL_HOST;
  const partition = partitionOfRegion(region);
  if (partition === undefined) {
    throw new RangeError(`STS host of region ${JSON.stringify(region)}: no AWS partition has such a region`);
  }
  // In GovCloud the plain name is the FIPS one.
  const fips = options.fips === true && partition.name !== "aws-us-gov";
  const kind = options.dualStack ? (fips ? "dual-stack-fips" : "dual-stack") : fips ? "fips" : "regional";
  const found = rememberedHostsOf(partition, region).find((sts) => sts.kind === kind);
  if (found === undefined) {
    throw new RangeError(`STS host of region "${region}": partition ${partition.name} has no ${kind} endpoint`);
  }
  return found;
}

/** The names of one region, the plain one first. */
export function hostsOfRegion(partition: Partition, region: string): readonly StsHost[] {
  const { name, dnsSuffix, dualStackDnsSuffix, hasFipsNames } = partition;
  const host = (text: string, kind: StsHost["kind"]): StsHost => ({ host: text, partition: name, region, kind });
  const hosts = [host(`sts.${region}.${dnsSuffix}`, "regional")];
  if (hasFipsNames) hosts.push(host(`sts-fips.${region}.${dnsSuffix}`, "fips"));
  if (dualStackDnsSuffix !== undefined) {
    hosts.push(host(`sts.${region}.${dualStackDnsSuffix}`, "dual-stack"));
    if (hasFipsNames) hosts.push(host(`sts-fips.${region}.${dualStackDnsSuffix}`, "dual-stack-fips"));
  }
  return hosts;
}

/** Minting asks for the same region again and again; regions are few, and only those of a known form get here. */
function rememberedHostsOf(partition: Partition, region: string): readonly StsHost[] {
  const hosts = ofRegion.get(region) ?? hostsOfRegion(partition, region);
  if (ofRegion.size < 1_000) ofRegion.set(region, hosts);
  return hosts;
}

function knownHosts(): ReadonlyMap<string, StsHost> {
  known ??= new Map(
    [
      GLOBAL_HOST,
      ...PARTITIONS.flatMap((partition) => partition.regions.flatMap((region) => hostsOfRegion(partition, region))),
    ].map((sts) => [sts.host, sts]),
  );
  return known;
}
