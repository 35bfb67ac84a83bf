import type { Credentials } from "@iamgate/token";
import type { JSONWebKeySet } from "jose";
import type { MfaDevice } from "./mfa.ts";
import type { PolicyDocument } from "./policy/types.ts";

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
export type Principal = User | Role;

/** What users and roles have in common. */
export interface Entity {
  readonly account: string;
  readonly partition: string;
  readonly name: string;
  /** `/` or `/division/team/`. */
  readonly path: string;
  /** With its path: `arn:aws:iam::111122223333:role/team/Developer`. */
  readonly arn: string;
  /** `AIDA…` or `AROA…` */
  readonly uniqueId: string;
  /** One that is not active is answered for as if it had been deleted. */
  readonly active: boolean;
  readonly tags: ReadonlyMap<string, string>;
  /** Its own, and of a user also those of its groups. */
  readonly policies: readonly PolicyDocument[];
  readonly boundary?: PolicyDocument;
}

/** A declared user. */
export interface User extends Entity {
  readonly kind: "user";
  readonly mfa?: MfaDevice;
}

/** A declared role. */
export interface Role extends Entity {
  readonly kind: "role";
  /** Who may assume it; nobody where it is absent. */
  readonly trust?: PolicyDocument;
  readonly maxSessionDurationSeconds: number;
}

/** An identity provider whose tokens AssumeRoleWithWebIdentity takes. */
export interface OidcProvider {
  /** `arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/A` */
  readonly arn: string;
  readonly account: string;
  readonly partition: string;
  /** As tokens name it: `https://oidc.example.com/id/A`. */
  readonly issuer: string;
  /** Of which a token has to be meant for one. */
  readonly audiences: readonly string[];
  /** Its public keys. */
  readonly jwks: JSONWebKeySet;
}

/** A pair of keys, and whose they are. */
export interface AccessKey {
  readonly credentials: Credentials;
  /** Whether it is switched on; a key that is not answers like one that does not exist. */
  readonly active: boolean;
  readonly identity: Identity;
  /** The user or role behind it; a federated user's is the user who asked for the session. Absent for root. */
  readonly principal?: Principal;
  /** What a session was given when it was made; absent for long-term keys and for sessions of the file. */
  readonly session?: Session;
}

/** What a session was given when it was made. */
export interface Session {
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  /** Only what one of these allows remains; absent where the session is not limited. */
  readonly policies?: readonly PolicyDocument[];
  /** Session tags, in the case that they were given in. */
  readonly tags: ReadonlyMap<string, string>;
  /** Those of the tags that pass on to the next role. */
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
  /** When a code of an MFA device was given, in milliseconds since 1970. */
  readonly mfaAt?: number;
  /** The identity provider behind it, as `aws:FederatedProvider` names it. */
  readonly federatedProvider?: string;
}

/** The identities that a local STS knows: an immutable snapshot. */
export interface Iam {
  /** What it was read from, for people. */
  readonly source: string;
  /** In the order of the file. */
  readonly principals: readonly Principal[];
  /** By access key id, in the order of the file. */
  readonly accessKeys: ReadonlyMap<string, AccessKey>;
  /** In the order of the file. */
  readonly oidcProviders: readonly OidcProvider[];
  /** The partition of each account, by its id. */
  readonly accounts: ReadonlyMap<string, string>;
  /** Actions that are answered `Throttling`, to see what clients make of it. */
  readonly throttled: ReadonlySet<string>;
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
