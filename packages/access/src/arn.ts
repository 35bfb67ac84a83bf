/**
 * Every partition that AWS names; the same list as the Go authenticator's `pkg/endpoints/partitions.go`.
 *
 * @example
 * ```ts
 * import { PARTITIONS } from "@iamgate/access";
 *
 * console.assert(PARTITIONS.includes("aws-eusc"));
 * ```
 */
export const PARTITIONS = [
  "aws",
  "aws-cn",
  "aws-us-gov",
  "aws-iso",
  "aws-iso-b",
  "aws-iso-e",
  "aws-iso-f",
  "aws-eusc",
] as const;

/** A partition of {@link PARTITIONS}. */
export type Partition = (typeof PARTITIONS)[number];

interface InAccount {
  readonly partition: Partition;
  /** Twelve digits. */
  readonly account: string;
}

/** The ARN of somebody: the five forms that IAM and STS give to principals. */
export type Arn =
  | (InAccount & { readonly kind: "user"; readonly path: string; readonly name: string })
  | (InAccount & { readonly kind: "role"; readonly path: string; readonly name: string })
  | (InAccount & { readonly kind: "assumed-role"; readonly name: string; readonly sessionName: string })
  | (InAccount & { readonly kind: "federated-user"; readonly name: string })
  | (InAccount & { readonly kind: "root" });

/**
 * Reads the ARN of a principal, strictly: a known partition, twelve digits, no region, IAM's own characters and lengths.
 *
 * What it reads, {@link formatArn} writes back identically. The forms are those of the IAM user guide ("IAM identifiers")
 * and of STS GetCallerIdentity; names are 1 to 64 of `[\w+=,.@-]`, paths up to 512 visible ASCII characters.
 *
 * @param text - For example `arn:aws:iam::111122223333:role/team/Admin`; compared case-sensitively.
 * @returns The parts, or undefined where the text is no such ARN.
 *
 * @example
 * ```ts
 * import { parseArn } from "@iamgate/access";
 *
 * const arn = parseArn("arn:aws:iam::111122223333:role/team/Admin");
 * console.assert(arn?.kind === "role" && arn.path === "/team/" && arn.name === "Admin");
 * console.assert(parseArn("arn:aws:s3:::bucket") === undefined);
 * ```
 */
export function parseArn(text: string): Arn | undefined {
  const [, partition, service, account, resource] = ARN.exec(text) ?? [];
  if (partition === undefined || account === undefined || resource === undefined || !isPartition(partition)) {
    return undefined;
  }
  const inAccount = { partition, account };
  const [type, ...rest] = resource.split("/");
  if (service === "iam") {
    if (resource === "root") return { kind: "root", ...inAccount };
    const name = rest.pop();
    const path = ["", ...rest, ""].join("/");
    if ((type !== "user" && type !== "role") || name === undefined) return undefined;
    return NAME.test(name) && PATH.test(path) ? { kind: type, ...inAccount, path, name } : undefined;
  }
  const [name, sessionName] = rest;
  if (name === undefined || !NAME.test(name)) return undefined;
  if (type === "federated-user" && rest.length === 1) return { kind: "federated-user", ...inAccount, name };
  if (type !== "assumed-role" || rest.length !== 2 || sessionName === undefined) return undefined;
  return NAME.test(sessionName) ? { kind: "assumed-role", ...inAccount, name, sessionName } : undefined;
}

/**
 * Writes an ARN.
 *
 * @param arn - Its parts; not checked.
 * @returns For example `arn:aws:sts::111122223333:assumed-role/Admin/alice`.
 *
 * @example
 * ```ts
 * import { formatArn } from "@iamgate/access";
 *
 * const root = formatArn({ kind: "root", partition: "aws", account: "111122223333" });
 * console.assert(root === "arn:aws:iam::111122223333:root");
 * ```
 */
export function formatArn(arn: Arn): string {
  const iam = `arn:${arn.partition}:iam::${arn.account}:`;
  const sts = `arn:${arn.partition}:sts::${arn.account}:`;
  switch (arn.kind) {
    case "user":
    case "role":
      return `${iam}${arn.kind}${arn.path}${arn.name}`;
    case "assumed-role":
      return `${sts}assumed-role/${arn.name}/${arn.sessionName}`;
    case "federated-user":
      return `${sts}federated-user/${arn.name}`;
    case "root":
      return `${iam}root`;
  }
}

/**
 * The ARN that an aws-auth mapping must name for this principal to be found.
 *
 * STS drops a role's path, so a role session and a role both become `arn:P:iam::ACCT:role/NAME`; a user keeps its path,
 * and federated users and root are their own (aws-iam-authenticator `pkg/arn/arn.go`, Canonicalize and StripPath).
 *
 * @param arn - As {@link parseArn} read it.
 * @returns The canonical ARN.
 *
 * @example
 * ```ts
 * import { canonicalArn, parseArn } from "@iamgate/access";
 *
 * const arn = parseArn("arn:aws:sts::111122223333:assumed-role/Admin/alice");
 * console.assert(arn !== undefined && canonicalArn(arn) === "arn:aws:iam::111122223333:role/Admin");
 * ```
 */
export function canonicalArn(arn: Arn): string {
  if (arn.kind !== "role" && arn.kind !== "assumed-role") return formatArn(arn);
  return formatArn({ kind: "role", partition: arn.partition, account: arn.account, path: "/", name: arn.name });
}

/** Whether a text is one of {@link PARTITIONS}; `aws-auth` names partitions too, in its `sso` entries. */
export function isPartition(text: string): text is Partition {
  return (PARTITIONS as readonly string[]).includes(text);
}

// Neither has a "u" flag: \w is ASCII only.
const ARN = /^arn:([a-z-]+):(iam|sts)::([0-9]{12}):([!-~]+)$/;
const NAME = /^[\w+=,.@-]{1,64}$/;
// Empty segments are legal in IAM ("/a//b/"): its pattern is \u002F or \u002F[\u0021-\u007E]+\u002F.
const PATH = /^\/(?:[!-~]{1,510}\/)?$/;
