/**
 * A client in a process of its own that asks as kube-apiserver does: over connections that it keeps, again and again. It
 * dials again when a connection ends between two requests, or before it was asked anything on; a request that was sent
 * and not answered as expected is a failure. Ends after some seconds, or when nobody listens any more.
 */
import { connect, type TLSSocket } from "node:tls";

/** What the process is told, as JSON in its first argument. */
export interface LoadSpec {
  readonly port: number;
  readonly ca: string;
  readonly path: string;
  readonly body: string;
  /** What the answer has to hold. */
  readonly expected: string;
  readonly seconds: number;
  /** Connections that are kept. */
  readonly kept: number;
  /** Clients that dial anew for each request. */
  readonly fresh: number;
  /** Pause of each client between two requests. */
  readonly pauseMs: number;
}

/** What it prints at its end, as JSON. */
export interface LoadReport {
  readonly answered: number;
  /** Connections that were reset before anything was asked on them. */
  readonly redialled: number;
  readonly failures: readonly string[];
}

if (import.meta.main) {
  const spec = JSON.parse(process.argv[2] ?? "") as LoadSpec;
  process.stdout.write(JSON.stringify(await run(spec)));
  process.exit(0);
}

async function run(spec: LoadSpec): Promise<LoadReport> {
  const end = Date.now() + spec.seconds * 1000;
  const failures: string[] = [];
  let answered = 0;
  let redialled = 0;
  let isRefused = false;

  const client = async (isKept: boolean): Promise<void> => {
    let connection: Connection | undefined;
    while (Date.now() < end && !isRefused) {
      if (connection === undefined || connection.isClosed()) {
        connection = await dial(spec).catch((error: unknown) => {
          if (error instanceof Error && "code" in error && error.code === "ECONNREFUSED") isRefused = true;
          else redialled += 1;
          return undefined;
        });
        if (connection === undefined) continue;
      }
      try {
        const answer = await connection.ask(isKept);
        if (answer.includes(spec.expected)) answered += 1;
        else failures.push(`another answer: ${answer.slice(0, 80)}`);
        if (!isKept || /^connection: close/im.test(answer)) connection.end();
      } catch (error) {
        failures.push(error instanceof Error ? error.message : "unknown");
        connection.end();
      }
      await Bun.sleep(spec.pauseMs);
    }
    connection?.end();
  };
  await Promise.all([
    ...Array.from({ length: spec.kept }, () => client(true)),
    ...Array.from({ length: spec.fresh }, () => client(false)),
  ]);
  return { answered, redialled, failures };
}

interface Connection {
  readonly isClosed: () => boolean;
  readonly ask: (isKept: boolean) => Promise<string>;
  readonly end: () => void;
}

async function dial(spec: LoadSpec): Promise<Connection> {
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const dialled = connect({ host: "127.0.0.1", port: spec.port, ca: spec.ca }, () => resolve(dialled));
    dialled.once("error", reject);
    dialled.once("close", () => reject(new Error("closed in the handshake")));
  });
  let isClosed = false;
  let waiting:
    | { got: string; readonly resolve: (answer: string) => void; readonly reject: (error: Error) => void }
    | undefined;
  const fail = (why: string): void => {
    isClosed = true;
    waiting?.reject(new Error(why));
    waiting = undefined;
  };
  socket.on("error", (error) => fail(`error after asking: ${error.message}`));
  socket.on("close", () => fail("closed after asking"));
  socket.on("data", (chunk) => {
    if (waiting === undefined) return;
    waiting.got += chunk.toString();
    const [head = "", body] = waiting.got.split("\r\n\r\n");
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
    if (body === undefined || Buffer.byteLength(body) < length) return;
    const { got, resolve } = waiting;
    waiting = undefined;
    resolve(got);
  });
  return {
    isClosed: () => isClosed,
    end: () => {
      isClosed = true;
      socket.destroy();
    },
    ask: (isKept) =>
      new Promise((resolve, reject) => {
        waiting = { got: "", resolve, reject };
        const headers = [
          `POST ${spec.path} HTTP/1.1`,
          "Host: 127.0.0.1",
          "Content-Type: application/json",
          `Content-Length: ${Buffer.byteLength(spec.body)}`,
          ...(isKept ? [] : ["Connection: close"]),
        ];
        socket.write(`${headers.join("\r\n")}\r\n\r\n${spec.body}`);
      }),
  };
}
