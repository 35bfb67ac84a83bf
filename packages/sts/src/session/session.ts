import type { Credentials } from "@iamgate/token";
import type { AccessKey, Iam, Identity, Principal, Session } from "../iam.ts";
import { parsePolicyText } from "../policy/parse-policy.ts";
import { ACCESS_KEY_ID_RANDOM_BYTES, temporaryKeyId } from "./access-key-id.ts";
import { NONCE_BYTES, seal, sealedLength, unseal } from "./seal.ts";

/** What makes sessions. */
export interface Sealing {
  /** 32 bytes, kept by whoever runs the STS: sessions live as long as the key does. */
  readonly key: Uint8Array;
  /** Cryptographically strong. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** A session to be made. */
export interface NewSession extends Omit<Session, "policies"> {
  readonly kind: "user" | "role-session" | "federated-user" | "root";
  readonly account: string;
  /** Whose permissions it has: the unique id of a user or role, or the account's id for its root user. */
  readonly principalId: string;
  /** The name of a role session or of a federated user; empty otherwise. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** JSON texts of policies. */
  readonly policies?: readonly string[];
  /** How many characters its token has at least. */
  readonly minimumTokenSize: number;
}

/** Temporary credentials, of which nothing is kept: the session token holds the session, sealed. */
export function issueSession(session: NewSession, sealing: Sealing): Required<Credentials> {
  const accessKeyId = temporaryKeyId(session.account, sealing.randomBytes(ACCESS_KEY_ID_RANDOM_BYTES));
  const secretAccessKey = secretOf(sealing.randomBytes(SECRET_BYTES));
  const { minimumTokenSize, tags, ...rest } = session;
  const content: Content = { ...rest, tags: [...tags], secretAccessKey };
  const text = JSON.stringify(content);
  const bytes = new TextEncoder().encode(text).length;
  let padding = 0;
  while (sealedLength(bytes + padding) < minimumTokenSize) padding++;
  const nonce = sealing.randomBytes(NONCE_BYTES);
  const sessionToken = seal(text + " ".repeat(padding), { key: sealing.key, nonce, boundTo: accessKeyId });
  return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(session.expiresAt) };
}

/**
 * The key pair that a session token holds, and whose it is now.
 *
 * @returns undefined where the token is none of ours, or whoever it was made for no longer exists, is not active, or is
 *   another one of the same name.
 */
export function openSession(
  { accessKeyId, sessionToken }: { readonly accessKeyId: string; readonly sessionToken: string },
  { iam, key }: { readonly iam: Iam; readonly key: Uint8Array },
): AccessKey | undefined {
  const text = unseal(sessionToken, { key, boundTo: accessKeyId });
  if (text === undefined) return undefined;
  // Nobody but the holder of the key could have written it.
  const content = JSON.parse(text) as Content;
  const partition = iam.accounts.get(content.account);
  const principal = iam.principals.find(({ uniqueId }) => uniqueId === content.principalId);
  if (partition === undefined || (principal === undefined && content.principalId !== content.account)) return undefined;
  if (principal?.active === false) return undefined;

  const identity = identityOf(content, { principal, partition });
  const { secretAccessKey, issuedAt, tags, transitiveTagKeys, sourceIdentity, mfaAt, federatedProvider } = content;
  const policies = content.policies?.map((json) => parsePolicyText(json, SESSION_POLICY_OPTIONS));
  const session: Session = {
    issuedAt,
    tags: new Map(tags),
    transitiveTagKeys,
    ...(policies !== undefined && { policies: policies.flatMap((each) => (each.ok ? [each.policy] : [])) }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(mfaAt !== undefined && { mfaAt }),
    ...(federatedProvider !== undefined && { federatedProvider }),
  };
  const credentials = { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(content.expiresAt) };
  return { credentials, active: true, identity, session, ...(principal !== undefined && { principal }) };
}

const SECRET_BYTES = 30;

/** What a session policy is called, and where it stands. */
export const SESSION_POLICY_OPTIONS = { name: "session policy", kind: "session", source: "Policy" } as const;

type Content = Omit<NewSession, "minimumTokenSize" | "tags"> & {
  readonly tags: readonly (readonly [string, string])[];
  readonly secretAccessKey: string;
};

function identityOf(
  { kind, account, name }: Content,
  { principal, partition }: { readonly principal: Principal | undefined; readonly partition: string },
): Identity {
  switch (kind) {
    case "role-session": {
      const label = `${principal?.name}/${name}`;
      // The role's path is dropped here, as STS does.
      const arn = `arn:${partition}:sts::${account}:assumed-role/${label}`;
      return { kind, account, partition, arn, userId: `${principal?.uniqueId}:${name}`, label };
    }
    case "federated-user": {
      const label = `federated-user/${name}`;
      return {
        kind,
        account,
        partition,
        arn: `arn:${partition}:sts::${account}:${label}`,
        userId: `${account}:${name}`,
        label,
      };
    }
    case "user":
    case "root": {
      const arn = principal?.arn ?? `arn:${partition}:iam::${account}:root`;
      return {
        kind,
        account,
        partition,
        arn,
        userId: principal?.uniqueId ?? account,
        label: principal?.name ?? "root",
      };
    }
  }
}

/** 40 characters, as AWS's are. */
function secretOf(random: Uint8Array): string {
  return btoa(String.fromCharCode(...random));
}
