import type { Mappings } from "@iamgate/access";
import type { AcceptedHosts } from "@iamgate/token";
import type { AskSts } from "./sts/ask-sts.ts";

/** What is needed to learn who signed a token; see {@link verifyToken}. */
export interface Verifier {
  /** STS names that tokens may be signed for. */
  readonly hosts: AcceptedHosts;
  /** The partition that identities must be of, for example `aws`. */
  readonly partition: string;
  /** Asks STS; knows the cluster id. */
  readonly askSts: AskSts;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How far ahead a token may be dated; 300 when absent. */
  readonly futureSkewSeconds?: number;
}

/** What is needed to turn a token into a Kubernetes user; see {@link authenticate}. */
export interface Gate extends Verifier {
  /** The mapping as it stands now. */
  readonly mappings: () => Mappings;
}
