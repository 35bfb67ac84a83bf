import type { Identity } from "./iam.ts";

/** What an action answers: text by name, nested as deep as the API nests it. */
export interface Result {
  readonly [name: string]: string | Result;
}

/** One action of the API; each is a file in `actions/`. */
export interface Action {
  /** As the `Action` parameter names it. */
  readonly name: string;
  readonly run: (caller: Identity) => Result;
}
