import { ALGORITHM, type EncodedPair } from "./canonical.ts";
import type { RawParameter } from "./raw-query.ts";
import { refuse, SIGV4_REASONS, type Sigv4Refusal } from "./reasons.ts";
import type { SignedRequest } from "./signed-request.ts";

/** What a request claims about its signature, in whichever of the two forms; nothing of it is checked. */
export interface Claim {
  readonly ok: true;
  readonly form: "presigned" | "header";
  readonly credential: string;
  /** `X-Amz-Date` */
  readonly date: string;
  /** `X-Amz-Expires`; the header form has none. */
  readonly expires?: string;
  readonly sessionToken?: string;
  readonly signedHeaders: string;
  /** 64 lower-case hexadecimal digits. */
  readonly signature: string;
  /** The query parameters that are signed: all but `X-Amz-Signature`. */
  readonly signedQuery: readonly EncodedPair[];
}

/** Reads the claim from the parameters of a presigned URL or from an `Authorization` header; both at once is refused. */
export function readClaim(request: SignedRequest, parameters: readonly RawParameter[]): Claim | Sigv4Refusal {
  const authorization = request.headers.get("authorization") ?? undefined;
  const presigned = parameters.some(({ name }) => PRESIGNED_ONLY.has(name));
  if (authorization === undefined) {
    return presigned ? readPresigned(parameters) : refuse(SIGV4_REASONS.notSigned, "the request is not signed");
  }
  if (presigned) {
    return refuse(
      SIGV4_REASONS.signedTwice,
      "the request has both an Authorization header and a signature in its query; one of them is expected",
    );
  }
  return readAuthorization(authorization, request, parameters);
}

const PRESIGNED_ONLY: ReadonlySet<string> = new Set(["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"]);
const PRESIGNED_NAMES: ReadonlySet<string> = new Set([
  ...PRESIGNED_ONLY,
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-SignedHeaders",
  "X-Amz-Security-Token",
]);
const SIGNATURE = /^[0-9a-f]{64}$/;

function readPresigned(parameters: readonly RawParameter[]): Claim | Sigv4Refusal {
  const values = new Map<string, string>();
  for (const { name, value } of parameters) {
    if (!PRESIGNED_NAMES.has(name)) continue;
    if (values.has(name)) return refuse(SIGV4_REASONS.duplicateParameter, `parameter ${name} is given twice`);
    values.set(name, value);
  }
  const algorithm = values.get("X-Amz-Algorithm");
  const credential = values.get("X-Amz-Credential");
  const date = values.get("X-Amz-Date");
  const signedHeaders = values.get("X-Amz-SignedHeaders");
  const signature = values.get("X-Amz-Signature");
  if (algorithm === undefined) return missing("X-Amz-Algorithm");
  if (credential === undefined) return missing("X-Amz-Credential");
  if (date === undefined) return missing("X-Amz-Date");
  if (signedHeaders === undefined) return missing("X-Amz-SignedHeaders");
  if (signature === undefined) return missing("X-Amz-Signature");
  if (algorithm !== ALGORITHM) return wrongAlgorithm();
  if (!SIGNATURE.test(signature)) return malformedSignature();
  const expires = values.get("X-Amz-Expires");
  const sessionToken = values.get("X-Amz-Security-Token");
  return {
    ok: true,
    form: "presigned",
    credential,
    date,
    signedHeaders,
    signature,
    ...(expires !== undefined && { expires }),
    ...(sessionToken !== undefined && { sessionToken }),
    signedQuery: parameters.filter(({ name }) => name !== "X-Amz-Signature").map(({ encoded }) => encoded),
  };
}

function readAuthorization(
  authorization: string,
  { headers }: SignedRequest,
  parameters: readonly RawParameter[],
): Claim | Sigv4Refusal {
  const space = authorization.indexOf(" ");
  if (space === -1 || authorization.slice(0, space) !== ALGORITHM) return wrongAlgorithm();
  const values = new Map<string, string>();
  for (const part of authorization.slice(space + 1).split(",")) {
    const [, name, value] = AUTHORIZATION_PART.exec(part) ?? [];
    if (name === undefined || value === undefined || values.has(name)) return malformedAuthorization();
    values.set(name, value);
  }
  const credential = values.get("Credential");
  const signedHeaders = values.get("SignedHeaders");
  const signature = values.get("Signature");
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    return malformedAuthorization();
  }
  if (!SIGNATURE.test(signature)) return malformedSignature();
  const date = headers.get("x-amz-date") ?? undefined;
  if (date === undefined) return refuse(SIGV4_REASONS.malformedDate, "the X-Amz-Date header is missing");
  const sessionToken = headers.get("x-amz-security-token") ?? undefined;
  return {
    ok: true,
    form: "header",
    credential,
    date,
    signedHeaders,
    signature,
    ...(sessionToken !== undefined && { sessionToken }),
    signedQuery: parameters.map(({ encoded }) => encoded),
  };
}

const AUTHORIZATION_PART = /^[ \t]*(Credential|SignedHeaders|Signature)=([!-~]*)[ \t]*$/;

function missing(name: string): Sigv4Refusal {
  return refuse(SIGV4_REASONS.missingParameter, `parameter ${name} is missing`);
}

function wrongAlgorithm(): Sigv4Refusal {
  return refuse(SIGV4_REASONS.wrongAlgorithm, `the request is not signed with ${ALGORITHM}`);
}

function malformedSignature(): Sigv4Refusal {
  return refuse(SIGV4_REASONS.malformedSignature, "the signature is not 64 lower-case hexadecimal digits");
}

function malformedAuthorization(): Sigv4Refusal {
  return refuse(
    SIGV4_REASONS.malformedAuthorization,
    "the Authorization header does not have exactly one each of Credential, SignedHeaders and Signature",
  );
}
