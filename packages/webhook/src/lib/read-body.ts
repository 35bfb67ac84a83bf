/** What a Request and a Response have in common, as far as reading them goes. */
interface Message {
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly bytes: () => Promise<Uint8Array>;
}

/** The whole body, or `undefined` when it is longer than the limit; nothing beyond the limit is kept in memory. */
export async function readBody(message: Message, maxBytes: number): Promise<Uint8Array | undefined> {
  const length = framedLength(message.headers);
  if (length === undefined) return await readStream(message.body, maxBytes);
  return length > maxBytes ? undefined : await message.bytes();
}

/**
 * The length of a body that HTTP itself ends after so many bytes, as nearly all are. Reading such a one in a piece takes
 * a third of a review's time less than a stream of chunks; what may unfold (an encoding) or has no end stays a stream.
 */
function framedLength(headers: Headers): number | undefined {
  const declared = headers.get("content-length");
  if (declared === null || !/^\d{1,15}$/.test(declared)) return undefined;
  return headers.has("transfer-encoding") || headers.has("content-encoding") ? undefined : Number(declared);
}

async function readStream(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.byteLength;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(read.value);
  }
  return concatenate(chunks, length);
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
