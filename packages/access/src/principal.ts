import type { Refusal } from "@iamgate/token";
import type { IdentifyReason } from "./reasons.ts";

/** What STS GetCallerIdentity says of whoever signed a request. */
export interface CallerIdentity {
  /** Twelve digits. */
  readonly account: string;
  /** For example `arn:aws:sts::111122223333:assumed-role/Admin/alice`. */
  readonly arn: string;
  /** For example `AROAEXAMPLE:alice`. */
  readonly userId: string;
}

interface PrincipalFacts {
  readonly ok: true;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  /** Twelve digits. */
  readonly account: string;
  /** The ARN as STS said it. */
  readonly arn: string;
  /** The ARN that mappings name: a session's is its role's (`arn:aws:iam::…:role/NAME`), any other's is its own. */
  readonly canonicalArn: string;
  /** STS's UserId as it stands, for example `AROAEXAMPLE:alice`. */
  readonly userId: string;
}

/** An AWS identity whose account, ARN and user id agree with one another. */
export type Principal =
  | (PrincipalFacts & {
      readonly kind: "user";
      readonly name: string;
      /** `/` or `/division/team/`. */
      readonly path: string;
      /** `AIDA…` */
      readonly uniqueId: string;
    })
  | (PrincipalFacts & {
      readonly kind: "role-session";
      /** The role's name, without its path (STS drops it). */
      readonly name: string;
      readonly sessionName: string;
      /** `AROA…` */
      readonly uniqueId: string;
    })
  | (PrincipalFacts & { readonly kind: "federated-user"; readonly name: string })
  | (PrincipalFacts & { readonly kind: "root" });

/** An identity that is not believed, see docs/errors.md. */
export type IdentifyRefusal = Refusal<"identify", IdentifyReason>;
