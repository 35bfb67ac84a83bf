/** More than any action needs: a web identity token has at most 20,000 characters. */
const MAX_BYTES = 65_536;

const NOTHING = new Uint8Array();

/** Reads a body whole, unless it is larger than any action needs. */
export async function readBody(request: Request): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BYTES) return undefined;
  if (request.body === null) return NOTHING;
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream: nothing beyond the limit is kept.
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

/** A form body as text; empty where the body is none, undefined where it is no UTF-8. */
export function formOf(request: Request, body: Uint8Array): string | undefined {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (request.method !== "POST" || type !== "application/x-www-form-urlencoded") return "";
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}
