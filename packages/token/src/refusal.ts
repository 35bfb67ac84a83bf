/**
 * A refusal: this token, identity or mapping does not let its bearer in, and why.
 *
 * Refusals are values. Faults (STS is down, a file cannot be read) are thrown instead: they say nothing about the
 * bearer and must never be remembered as if they did.
 */
export interface Refusal<Stage extends string = string, Reason extends string = string> {
  readonly ok: false;
  /** The stage that refused: `read`, `sts`, `identify` or `map`; `sigv4` from `@iamgate/token/sigv4`. */
  readonly stage: Stage;
  /** A code from the stage's closed list; each has an entry in docs/errors.md. */
  readonly reason: Reason;
  /** One sentence for people: what was found, what was expected. Never holds a token, a signature or a key. */
  readonly detail: string;
}
