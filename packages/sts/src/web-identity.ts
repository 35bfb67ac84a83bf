import { createLocalJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import type { OidcProvider } from "./iam.ts";
import { invalidIdentityToken, type StsError } from "./sts-error.ts";

/** Whom an identity provider vouches for. */
export interface WebIdentity {
  readonly provider: OidcProvider;
  readonly subject: string;
  /** The audience that the token is meant for, of those that the provider is declared with. */
  readonly audience: string;
  readonly payload: JWTPayload;
}

/** What a token is held against. */
export interface WebIdentityRules {
  /** Those of the role's account. */
  readonly providers: readonly OidcProvider[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Verified = ({ readonly ok: true } & WebIdentity) | { readonly ok: false; readonly error: StsError };

/**
 * Verifies a JSON Web Token: the signature by the provider's keys, issuer, audience and time.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export async function verifyWebIdentity(token: string, { providers, now }: WebIdentityRules): Promise<Verified> {
  const issuer = issuerOf(token);
  if (issuer === undefined) return refused(NOT_A_JWT);
  const provider = providers.find((each) => each.issuer === issuer);
  if (provider === undefined) {
    return refused(`No OpenIDConnect provider found in your account for ${issuer.slice(0, 256)}`);
  }
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(provider.jwks), {
      issuer,
      audience: [...provider.audiences],
      algorithms: ALGORITHMS,
      requiredClaims: ["sub", "exp", "iat"],
      currentDate: new Date(now),
    });
    const subject: unknown = payload.sub;
    if (typeof subject !== "string") return refused("Missing a required claim: sub");
    const meantFor = Array.isArray(payload.aud) ? payload.aud : [payload.aud ?? ""];
    const audience = meantFor.find((each) => provider.audiences.includes(each)) ?? "";
    return { ok: true, provider, subject, audience, payload };
  } catch (error) {
    // What is none of jose's comes from importing the provider's key: iam.yaml has one that is no point on its curve.
    return error instanceof errors.JOSEError ? { ok: false, error: errorOf(error, now) } : refused(NO_KEY);
  }
}

/** Asymmetric ones: a provider's keys are public. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

const NOT_A_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";

const NO_KEY =
  "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements";

/** Read before the signature is verified, to know by whose keys; nothing of it is believed. */
function issuerOf(token: string): string | undefined {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === "string" ? iss : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function errorOf(error: errors.JOSEError, now: number): StsError {
  if (error instanceof errors.JWTExpired) {
    const seconds = Math.floor(now / 1000);
    const message = `Token expired: current date/time ${seconds} must be before the expiration date/time ${error.payload.exp}`;
    return { status: 400, code: "ExpiredTokenException", message };
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud") return invalidIdentityToken("Incorrect token audience");
    if (error.claim === "nbf") return invalidIdentityToken("Token is not valid yet");
    return invalidIdentityToken(`Missing a required claim: ${error.claim}`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return invalidIdentityToken("The token's signature is not its provider's");
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return invalidIdentityToken(NO_KEY);
  }
  return invalidIdentityToken(NOT_A_JWT);
}

function refused(message: string): { readonly ok: false; readonly error: StsError } {
  return { ok: false, error: invalidIdentityToken(message) };
}
