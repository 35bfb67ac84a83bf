/** Where TokenReviews are sent. */
export interface LoadTarget {
  readonly port: number;
  /** PEM of the authority that the server's certificate is of. */
  readonly caPem: string;
}

/** What one kind of client sends. */
export interface StreamSpec {
  readonly tokens: TokenKind;
  /** Kept alive, one request at a time on each. */
  readonly connections: number;
  /** Sent at this pace, whatever the server does; absent: each connection sends as soon as it has its answer. */
  readonly perSecond?: number;
  /** After so many it ends. */
  readonly limit?: number;
}

/**
 * `distinct`: a new token each time; `repeated`: one token; `mix`: nine times in ten one of 100 tokens, else a new one;
 * `junk`: 24 kinds of malformed tokens.
 */
export type TokenKind = "distinct" | "repeated" | "mix" | "junk";

/** What is asked of the load generator: first to make tokens and connections, then to use them. */
export type LoadAsk =
  | {
      readonly do: "prepare";
      readonly target: LoadTarget;
      readonly seconds: number;
      readonly streams: readonly StreamSpec[];
    }
  | { readonly do: "run" };

/** What came of one stream. */
export interface StreamResult {
  readonly sent: number;
  /** 200, authenticated. */
  readonly granted: number;
  /** 200, not authenticated, or 403, which is how the Go authenticator refuses. */
  readonly refused: number;
  /** Every other answer, or none. */
  readonly failed: number;
  /** From the first request to the last answer. */
  readonly elapsedSeconds: number;
  /** From when a request was due to its answer. */
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}
