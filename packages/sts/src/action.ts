import type { ActionName } from "./action-names.ts";
import type { AccessKey, Iam } from "./iam.ts";
import type { Sealing } from "./session/session.ts";
import type { StsError } from "./sts-error.ts";

/** What an action answers: values by name, nested as deep as the API nests them. A Date is a moment of whole seconds. */
export interface Result {
  readonly [name: string]: string | number | Date | Result;
}

/** A request's parameters and what it is answered from. */
export interface Call {
  readonly parameters: ReadonlyMap<string, string>;
  readonly iam: Iam;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly userAgent?: string;
}

/** A call whose signature was verified. */
export interface SignedCall extends Call {
  readonly caller: AccessKey;
  /** Of the signature's scope. */
  readonly region: string;
}

/** What an action comes to. */
export type Answer =
  | {
      readonly ok: true;
      readonly result: Result;
      /** Who was acted for where nobody signed: the identity provider's subject. */
      readonly subject?: string;
    }
  | { readonly ok: false; readonly error: StsError; readonly why?: string };

/** One action of the API; each is a file in `actions/`. */
export type Action =
  | {
      readonly kind: "read";
      readonly name: ActionName;
      readonly run: (call: SignedCall) => Answer;
    }
  /** One that gives temporary credentials to whoever signed. */
  | {
      readonly kind: "issue";
      readonly name: ActionName;
      readonly run: (call: SignedCall, sealing: Sealing) => Answer;
    }
  /** One that gives temporary credentials, and that nobody signs. */
  | {
      readonly kind: "issue-unsigned";
      readonly name: ActionName;
      readonly run: (call: Call, sealing: Sealing) => Promise<Answer>;
    };
