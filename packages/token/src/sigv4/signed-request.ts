/** A request as it came over the wire. */
export interface SignedRequest {
  readonly method: string;
  /** As it stands in the request line, percent-encoded, from its first `/` up to the `?`. */
  readonly path: string;
  /** As it stands in the request line, without the `?`; empty where there is none. */
  readonly rawQuery: string;
  /**
   * Looks a header up by its lower-case name; a `Headers` does, and so does a `Map`.
   *
   * Values are byte strings: each character is one byte, U+00FF the last. That is what `Headers` holds; `Bun.serve`
   * and Node hand the UTF-8 bytes of `é` over as `Ã©`.
   */
  readonly headers: { readonly get: (name: string) => string | null | undefined };
  /** The SHA-256 of the body that came, see {@link hashPayload}. */
  readonly payloadHash: string;
}
