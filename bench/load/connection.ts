import { type Outcome, readAnswer } from "./answer.ts";
import type { LoadTarget } from "./messages.ts";

/** A connection that is kept alive, for one request at a time. */
export interface Connection {
  send(request: Uint8Array): void;
  close(): void;
}

/** What happens on a connection. */
export interface ConnectionEvents {
  readonly onAnswer: (outcome: Outcome) => void;
  /** The server closed it. */
  readonly onLost: () => void;
}

/**
 * Opens a TLS connection. Bytes are written to the socket as they are: a `fetch` for each request costs more than the
 * server that answers it.
 */
export function openConnection(target: LoadTarget, { onAnswer, onLost }: ConnectionEvents): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let isOpen = false;
    let received: Buffer | undefined;
    let unsent: Uint8Array | undefined;
    Bun.connect({
      hostname: "127.0.0.1",
      port: target.port,
      tls: { ca: target.caPem },
      socket: {
        handshake: (socket, success, error) => {
          if (!success) return reject(error ?? new Error("TLS handshake failed"));
          isOpen = true;
          resolve({
            send: (request) => {
              const written = socket.write(request);
              if (written < request.length) unsent = request.subarray(written);
            },
            close: () => {
              isOpen = false;
              socket.terminate();
            },
          });
        },
        data: (_socket, bytes) => {
          received = received === undefined ? bytes : Buffer.concat([received, bytes]);
          const outcome = readAnswer(received);
          if (outcome === undefined) return;
          received = undefined;
          onAnswer(outcome);
        },
        drain: (socket) => {
          if (unsent === undefined) return;
          const written = socket.write(unsent);
          unsent = written < unsent.length ? unsent.subarray(written) : undefined;
        },
        close: () => {
          if (isOpen) onLost();
          isOpen = false;
        },
        connectError: (_socket, error) => reject(error),
      },
    }).catch(reject);
  });
}
