/**
 * Credentials that cannot make a token that works: better told now than by STS.
 *
 * @example
 * ```ts
 * import { TokenError } from "@iamgate/token";
 *
 * const error = new TokenError("credentials-expired", "mint a token: the credentials expired");
 * console.assert(error.code === "credentials-expired");
 * ```
 */
export class TokenError extends Error {
  override readonly name: string = "TokenError";
  /** What is wrong with the credentials. */
  readonly code: TokenErrorCode;

  constructor(code: TokenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The codes of {@link TokenError}; each is told in docs/errors.md. */
export const TOKEN_ERROR_CODES = {
  credentialsExpired: "credentials-expired",
  sessionTokenMissing: "session-token-missing",
  sessionTokenUnexpected: "session-token-unexpected",
} as const;

/** A code of {@link TOKEN_ERROR_CODES}. */
export type TokenErrorCode = (typeof TOKEN_ERROR_CODES)[keyof typeof TOKEN_ERROR_CODES];
