import type { Sigv4Refusal } from "@iamgate/token/sigv4";

/** What STS answers instead of a result. */
export interface StsError {
  readonly status: number;
  /** As clients match it: `SignatureDoesNotMatch`. */
  readonly code: string;
  readonly message: string;
}

/** A parameter that cannot be read. The status is that of AWS's list of common errors. */
export function malformedQueryString(message: string): StsError {
  return { status: 404, code: "MalformedQueryString", message };
}

/** An action or a version of the API that this STS does not have. */
export function invalidAction(action: string, version: string | undefined): StsError {
  const message = `Could not find operation ${action} for version ${version ?? "NO_VERSION_SPECIFIED"}`;
  return { status: 400, code: "InvalidAction", message };
}

/** A path other than `/`. */
export const UNKNOWN_OPERATION: StsError = {
  status: 404,
  code: "UnknownOperationException",
  message: "STS answers at / only",
};

/** A method other than GET and POST. */
export const METHOD_NOT_ALLOWED: StsError = {
  status: 405,
  code: "MethodNotAllowed",
  message: "STS takes GET and POST",
};

/** A body that no action needs. */
export const BODY_TOO_LARGE: StsError = {
  status: 413,
  code: "RequestEntityTooLarge",
  message: "The body is larger than 65536 bytes",
};

/** A key that is not known, not active, or came without its own session token. */
export const INVALID_CLIENT_TOKEN_ID: StsError = {
  status: 403,
  code: "InvalidClientTokenId",
  message: "The security token included in the request is invalid.",
};

/** Parameters outside their constraints, each told as AWS words it. */
export function validationErrors(violations: readonly string[]): StsError {
  const count = `${violations.length} validation error${violations.length === 1 ? "" : "s"} detected`;
  return validationError(`${count}: ${violations.join("; ")}`);
}

/** A parameter that makes no sense here. */
export function validationError(message: string): StsError {
  return { status: 400, code: "ValidationError", message };
}

/** Something that the caller may not do. */
export function accessDenied(message: string): StsError {
  return { status: 403, code: "AccessDenied", message };
}

/** A session policy that is none. */
export function malformedPolicyDocument(message: string): StsError {
  return { status: 400, code: "MalformedPolicyDocument", message };
}

/** A web identity token that is not believed. */
export function invalidIdentityToken(message: string): StsError {
  return { status: 400, code: "InvalidIdentityToken", message };
}

/** An action that the file says is throttled: 400, not 429. */
export const THROTTLING: StsError = { status: 400, code: "Throttling", message: "Rate exceeded" };

/** What AWS answers where a signature is not believed; texts as users of AWS report them. */
export function errorOfSignature(refusal: Sigv4Refusal): StsError {
  switch (refusal.reason) {
    case "not-signed":
      return {
        status: 403,
        code: "MissingAuthenticationToken",
        message: "Request is missing Authentication Token",
      };
    case "malformed-path":
    case "malformed-query":
      return malformedQueryString(refusal.detail);
    case "signed-twice":
    case "duplicate-parameter":
    case "missing-parameter":
    case "malformed-authorization":
    case "wrong-algorithm":
    case "malformed-signature":
    case "malformed-date":
    case "malformed-expires":
    case "malformed-credential":
    case "malformed-signed-headers":
      return { status: 400, code: "IncompleteSignature", message: refusal.detail };
    case "wrong-scope-date":
      return signatureDoesNotMatch(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP",
      );
    case "wrong-scope-region":
      return signatureDoesNotMatch("Credential should be scoped to a valid region. ");
    case "wrong-scope-service":
      return signatureDoesNotMatch("Credential should be scoped to correct service: 'sts'. ");
    case "host-not-signed":
      return signatureDoesNotMatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    case "expired":
    case "not-yet-valid":
      return signatureDoesNotMatch(refusal.detail);
    case "missing-signed-header":
    case "signature-mismatch":
      return signatureDoesNotMatch(
        "The request signature we calculated does not match the signature you provided. " +
          "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
      );
    case "unknown-access-key":
    case "wrong-session-token":
      return INVALID_CLIENT_TOKEN_ID;
    case "expired-credentials":
      return {
        status: 403,
        code: "ExpiredToken",
        message: "The security token included in the request is expired",
      };
  }
}

function signatureDoesNotMatch(message: string): StsError {
  return { status: 403, code: "SignatureDoesNotMatch", message };
}
