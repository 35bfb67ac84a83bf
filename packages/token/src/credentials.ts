/**
 * AWS credentials, as a credential chain or an environment gives them.
 *
 * Long-term keys (`AKIA…`) have no session token; temporary ones (`ASIA…`) do, and usually an expiration.
 *
 * @example
 * ```ts
 * import type { Credentials } from "@iamgate/token";
 *
 * const credentials: Credentials = {
 *   accessKeyId: "AKIAIOSFODNN7EXAMPLE",
 *   secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
 * };
 * ```
 */
export interface Credentials {
  /** `AKIA…` or `ASIA…`; no secret, it is part of every signed request. */
  readonly accessKeyId: string;
  /** What signatures are made with; never sent. */
  readonly secretAccessKey: string;
  /** Present exactly where the credentials are temporary. */
  readonly sessionToken?: string;
  /** When temporary credentials die, and with them every token signed by them. */
  readonly expiration?: Date;
}
