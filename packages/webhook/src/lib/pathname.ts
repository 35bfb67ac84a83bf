/**
 * The path of a request, or `undefined` where its URL cannot be read. Bun leaves scheme and host out of the URL where the
 * Host header is not one, so a base is given.
 */
export function pathnameOf({ url }: Request): string | undefined {
  return URL.parse(url, "https://webhook.invalid")?.pathname;
}
