import type { ExtraAuthority } from "@iamgate/token";
import type { GateRules } from "@iamgate/webhook";
import type { Address } from "../lib/address.ts";
import type { NamedFile } from "../lib/text-file.ts";
import type { MappingFile } from "../mapping-file.ts";

/** Everything that `iamgate serve` can be told, whether by flags, by its own file or by the Go authenticator's. */
export interface ServeSettings {
  /** Where kube-apiserver finds the webhook. */
  readonly listen: Address;
  /** Where health and metrics are served in plain HTTP; `undefined` for nowhere. */
  readonly operations: Address | undefined;
  readonly stateDir: string;
  /** A certificate of one's own; `undefined` for the one that iamgate makes in the state directory. */
  readonly certificate: { readonly cert: NamedFile; readonly key: NamedFile } | undefined;
  /** The authorities of client certificates; `undefined` when none is asked for. */
  readonly clientCa: NamedFile | undefined;
  /** At least one, ids and paths all different. */
  readonly clusters: readonly [ClusterSettings, ...ClusterSettings[]];
  readonly partition: string;
  /** Regions that this release does not know yet. */
  readonly regions: readonly string[];
  readonly stsHosts: readonly ExtraAuthority[];
  /** Another address and another root of trust for STS; `undefined` to ask AWS. */
  readonly unsafeStsDial: { readonly address: Address; readonly ca: NamedFile } | undefined;
  /** How far ahead a token may be dated. */
  readonly futureSkewSeconds: number;
  readonly gate: GateRules;
  /** How long requests in flight may take once the process is asked to end. */
  readonly drainSeconds: number;
}

/** A cluster that tokens are verified for. */
export interface ClusterSettings {
  /** What its tokens must be signed for. */
  readonly id: string;
  /** The manifest of its aws-auth, or the Go authenticator's own file; for `openMappingFile`. */
  readonly awsAuth: MappingFile;
  /** `/authenticate` for the only cluster, `/authenticate/<id>` (percent-encoded) for one of several, unless told. */
  readonly path: string;
}
