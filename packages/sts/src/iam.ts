import type { Credentials } from "@iamgate/token";

/** Who an access key speaks for, as GetCallerIdentity tells it. */
export interface Identity {
  readonly kind: "user" | "role-session" | "federated-user" | "root";
  /** Twelve digits. */
  readonly account: string;
  /** `aws`, `aws-cn`, … */
  readonly partition: string;
  /** For example `arn:aws:sts::111122223333:assumed-role/Developer/carol@example.com`: a session without the role's path. */
  readonly arn: string;
  /** For example `AROA…:carol@example.com`. */
  readonly userId: string;
  /** What people call it: `alice`, `Developer/carol@example.com`, `federated-user/bob`, `root`. */
  readonly label: string;
}

/** A declared user or role, also one that has no keys. */
export interface Principal {
  readonly kind: "user" | "role";
  readonly account: string;
  readonly name: string;
  /** `/` or `/division/team/`. */
  readonly path: string;
  /** With its path: `arn:aws:iam::111122223333:role/team/Developer`. */
  readonly arn: string;
  /** `AIDA…` or `AROA…` */
  readonly uniqueId: string;
}

/** A pair of keys, and whose they are. */
export interface AccessKey {
  readonly credentials: Credentials;
  /** Whether it is switched on; a key that is not answers like one that does not exist. */
  readonly active: boolean;
  readonly identity: Identity;
}

/** The identities that a local STS knows: an immutable snapshot. */
export interface Iam {
  /** What it was read from, for people. */
  readonly source: string;
  /** In the order of the file. */
  readonly principals: readonly Principal[];
  /** By access key id, in the order of the file. */
  readonly accessKeys: ReadonlyMap<string, AccessKey>;
}

/** Something in an iam file that is not as it should be. */
export interface IamError {
  readonly source: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units as editors count. */
  readonly column: number;
  /** The field it is about, for example `accessKeyId`, or `file`. */
  readonly field: string;
  /** What stands there; absent where it may be a secret. */
  readonly value?: string;
  /** What should stand there instead. */
  readonly expected: string;
  /** All of it as one line: `iam.yaml:12:15: name "a b": expected …`. */
  readonly message: string;
}
