/** What is asked of the stub. */
export type StubAsk =
  | { readonly do: "listen"; readonly host: string; readonly port: number; readonly stsHost: string }
  | { readonly do: "delay"; readonly milliseconds: number }
  | { readonly do: "count" };

/** What it answers; both counts are from the start. */
export interface StubAnswer {
  readonly calls: number;
  readonly connections: number;
  readonly port: number;
  /** PEM of the authority that its certificate is of. */
  readonly caPem: string;
}
