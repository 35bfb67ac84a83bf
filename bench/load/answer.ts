/** What a TokenReview was answered with. */
export type Outcome = "granted" | "refused" | "failed";

/** One answer at the beginning of some bytes: its outcome, or undefined while more of it is to come. */
export function readAnswer(bytes: Buffer): Outcome | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  const body = bytes.toString("latin1", headEnd + 4);
  if (!isComplete(head, body)) return undefined;
  // `HTTP/1.1 200 OK`
  const status = head.slice(9, 12);
  if (status === "200" && body.includes('"authenticated":true')) return "granted";
  // The Go authenticator leaves `authenticated` out when it is false.
  if (status === "403") return "refused";
  return status === "200" && body.includes('"authenticated":false') ? "refused" : "failed";
}

/** By Content-Length, or by the last chunk (RFC 9112 sections 6.2 and 7.1). */
function isComplete(head: string, body: string): boolean {
  const [, length] = /^content-length: *(\d+)/im.exec(head) ?? [];
  return length === undefined ? body.endsWith("0\r\n\r\n") : body.length >= Number(length);
}
