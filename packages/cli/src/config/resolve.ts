import { acceptedHosts } from "@iamgate/token";
import { GATE_DEFAULTS } from "@iamgate/webhook";
import { usageError } from "../errors.ts";
import { formatAddress, parseListenAddress, type Address } from "../lib/address.ts";
import { quote } from "../lib/quote.ts";
import type { ClusterSettings, ServeSettings } from "../serving/settings.ts";
import { type ClusterLayer, fileOf, type Given, misfit, type SettingsLayer } from "./layer.ts";

/** What holds where neither a flag nor the file says otherwise. The ports are those of the Go authenticator. */
export const DEFAULTS = {
  listen: "127.0.0.1:21362",
  operations: "127.0.0.1:21363",
  partition: "aws",
  futureSkewSeconds: 300,
  drainSeconds: 10,
} as const;

/** What flags say of the one cluster; a file may name several. */
export interface ClusterFlags {
  readonly id: ClusterLayer["id"];
  readonly awsAuth: ClusterLayer["awsAuth"];
}

/**
 * Makes settings of what is given: flags override the file, and the defaults fill in.
 *
 * @throws CliError naming flag or place for what is missing or does not go together.
 */
export function resolveSettings(
  flags: SettingsLayer & ClusterFlags,
  file: SettingsLayer & { readonly path?: string },
  defaults: { readonly stateDir: string },
): ServeSettings {
  const partition = flags.partition?.value ?? file.partition?.value ?? DEFAULTS.partition;
  const listen = (flags.listen ?? file.listen)?.value ?? listenAddress(DEFAULTS.listen);
  return {
    listen,
    operations: operationsOf(flags.operations ?? file.operations, listen),
    stateDir: (flags.stateDir ?? file.stateDir)?.value ?? defaults.stateDir,
    certificate: certificateOf(flags, file),
    clientCa: optionalFile(flags.clientCa ?? file.clientCa),
    clusters: clustersOf(flags, file),
    partition,
    regions: regionsOf(flags.regions ?? file.regions ?? [], partition),
    stsHosts: stsHostsOf(flags.stsHosts ?? file.stsHosts ?? [], partition),
    unsafeStsDial: dialOf(flags, file),
    futureSkewSeconds: (flags.futureSkewSeconds ?? file.futureSkewSeconds)?.value ?? DEFAULTS.futureSkewSeconds,
    gate: { ...GATE_DEFAULTS, ...file.gate, ...flags.gate },
    drainSeconds: (flags.drainSeconds ?? file.drainSeconds)?.value ?? DEFAULTS.drainSeconds,
  };
}

function listenAddress(text: string): Address {
  const address = parseListenAddress(text);
  if (address === undefined) throw new RangeError(`listen address ${quote(text)}: cannot be one`);
  return address;
}

function operationsOf(given: Given<Address | "off"> | undefined, listen: Address): Address | undefined {
  if (given?.value === "off") return undefined;
  const address = given?.value ?? listenAddress(DEFAULTS.operations);
  if (address.port === 0 || formatAddress(address) !== formatAddress(listen)) return address;
  const hint = `choose another port, or off; the default is ${DEFAULTS.operations}`;
  const state = ` ${quote(formatAddress(address))}: is where the webhook itself listens`;
  throw given === undefined ? usageError(`flag --operations (default)${state}`, hint) : misfit(given, state, hint);
}

function certificateOf(flags: SettingsLayer, file: SettingsLayer): ServeSettings["certificate"] {
  const { cert, key } = flags.cert === undefined && flags.key === undefined ? file : flags;
  const pair = bothOrNeither(cert, key, {
    flags: ["--cert", "--key"],
    settings: ["tls.cert", "tls.key"],
    otherwise: "to serve with a certificate that iamgate makes",
  });
  return pair && { cert: fileOf(pair[0]), key: fileOf(pair[1]) };
}

function dialOf(flags: SettingsLayer, file: SettingsLayer): ServeSettings["unsafeStsDial"] {
  const { dialAddress, dialCa } = flags.dialAddress === undefined && flags.dialCa === undefined ? file : flags;
  const pair = bothOrNeither(dialAddress, dialCa, {
    flags: ["--sts-dial", "--sts-ca"],
    settings: ["sts.unsafeDial.address", "sts.unsafeDial.ca"],
    otherwise: "to ask AWS itself",
  });
  return pair && { address: pair[0].value, ca: fileOf(pair[1]) };
}

function bothOrNeither<A, B>(
  first: Given<A> | undefined,
  second: Given<B> | undefined,
  names: {
    readonly flags: readonly [string, string];
    readonly settings: readonly [string, string];
    readonly otherwise: string;
  },
): readonly [Given<A>, Given<B>] | undefined {
  if (first !== undefined && second !== undefined) return [first, second];
  // A pair is given as a whole, by flags or by the file: half of each would be of two minds.
  const lonely = first ?? second;
  if (lonely === undefined) return undefined;
  const missing = names[lonely.place === undefined ? "flags" : "settings"][first === undefined ? 0 : 1];
  const hint = `add ${missing}, or leave ${lonely.name} away ${names.otherwise}`;
  throw misfit(lonely, `: is taken only together with ${missing}`, hint);
}

function optionalFile(given: Given<string> | undefined): ServeSettings["clientCa"] {
  return given && fileOf(given);
}

function clustersOf(
  { id, awsAuth }: ClusterFlags,
  { clusters = [], path: filePath }: SettingsLayer & { readonly path?: string },
): ServeSettings["clusters"] {
  const [first, ...more] = clusters;
  const flag = id ?? awsAuth;
  if (flag !== undefined && more.length > 0) {
    const names = `${quote(filePath ?? "")} names ${clusters.length} clusters`;
    throw misfit(
      flag,
      `: ${names}, and the flag cannot say which it is for`,
      "leave the flag away, or correct the file",
    );
  }
  const alone = more.length === 0;
  const head = settingsOf({ ...first, id: id ?? first?.id, awsAuth: awsAuth ?? first?.awsAuth }, { alone, filePath });
  const rest = more.map((each) => settingsOf(each, { alone, filePath }));
  for (const [index, each] of rest.entries()) {
    const before = [head, ...rest.slice(0, index)];
    const layer = more[index] ?? {};
    refuseSame(each, before, layer);
  }
  return [head, ...rest];
}

function settingsOf(
  { id, awsAuth, path }: ClusterLayer,
  { alone, filePath }: { readonly alone: boolean; readonly filePath: string | undefined },
): ClusterSettings {
  const orFile = filePath === undefined ? ", or name it in a file with --config FILE" : ` or to ${quote(filePath)}`;
  if (id === undefined) throw usageError("flag --cluster-id: is required", `add --cluster-id ID${orFile}`);
  if (awsAuth === undefined) throw usageError("flag --aws-auth: is required", `add --aws-auth FILE${orFile}`);
  const byDefault = alone ? "/authenticate" : `/authenticate/${encodeURIComponent(id.value)}`;
  // What a client would make of `/authenticate/..` is another path.
  if (path === undefined && /\/\.{1,2}$/.test(byDefault)) {
    throw misfit(
      id,
      ` ${quote(id.value)}: cannot be part of a path`,
      "add a path of its own: path: /authenticate/NAME",
    );
  }
  return { id: id.value, awsAuth: awsAuth.value, path: path?.value ?? byDefault };
}

function refuseSame(cluster: ClusterSettings, before: readonly ClusterSettings[], layer: ClusterLayer): void {
  if (layer.id !== undefined && before.some(({ id }) => id === cluster.id)) {
    throw misfit(layer.id, ` ${quote(cluster.id)}: is named twice`, "name each cluster once");
  }
  const origin = layer.path ?? layer.id;
  if (origin !== undefined && before.some(({ path }) => path === cluster.path)) {
    throw misfit(
      origin,
      ` ${quote(origin.value)}: another cluster has the path ${quote(cluster.path)}`,
      "choose another path",
    );
  }
}

function regionsOf(given: readonly Given<string>[], partition: string): readonly string[] {
  for (const region of given) {
    if (acceptedHosts({ partition, extraRegions: [region.value] }).regions.has(region.value)) continue;
    throw misfit(
      region,
      ` ${quote(region.value)}: is not of partition ${partition}`,
      `name regions of partition ${partition}, or choose the region's partition`,
    );
  }
  return given.map(({ value }) => value);
}

function stsHostsOf(given: ServeSettingsHosts, partition: string): ServeSettings["stsHosts"] {
  const extraAuthorities = given.map(({ value }) => value);
  const hosts = acceptedHosts({ partition, extraAuthorities });
  for (const host of given) {
    const accepted = hosts.byAuthority.get(host.value.authority);
    if (accepted === undefined || accepted.partition === partition) continue;
    const written = quote(`${host.value.authority}=${accepted.region ?? ""}`);
    throw misfit(
      host,
      ` ${written}: its region is of partition ${accepted.partition}`,
      `name a region of partition ${partition}, or choose partition ${accepted.partition}`,
    );
  }
  return extraAuthorities;
}

type ServeSettingsHosts = NonNullable<SettingsLayer["stsHosts"]>;
