/** Where a request goes, as it stands in the request line. */
export interface Target {
  /** The URL's authority; empty where the URL has none. */
  readonly authority: string;
  /** Percent-encoded, from its first `/`. */
  readonly path: string;
  /** Without the `?`; empty where there is none. */
  readonly rawQuery: string;
}

/**
 * Takes a request's URL apart without decoding or normalising anything.
 *
 * Not with `URL`: `Bun.serve` gives a URL without scheme and host, which `URL` refuses, where the `Host` header is
 * missing or no host, and a signature is over the query as it came.
 */
export function targetOf(url: string): Target {
  const [, authority = "", path = "", rawQuery = ""] = FORM.exec(url) ?? [];
  return { authority, path: path === "" ? "/" : path, rawQuery };
}

const FORM = /^(?:https?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/;
