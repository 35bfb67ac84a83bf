import type { Sigv4Reason } from "@iamgate/token/sigv4";

/** What a local STS tells of each request. No parameter, signature, session token or secret is among the fields. */
export type AuditEvent =
  | {
      readonly message: "answered";
      readonly requestId: string;
      readonly action: string;
      readonly accessKeyId: string;
      /** Whom the access key speaks for. */
      readonly arn: string;
    }
  | {
      readonly message: "refused";
      readonly requestId: string;
      readonly status: number;
      /** As the answer says it: `SignatureDoesNotMatch`. */
      readonly code: string;
      /** Why a signature was not believed. */
      readonly reason?: Sigv4Reason;
    }
  | { readonly message: "redirected"; readonly requestId: string };
