/**
 * A client in a process of its own, with file descriptors of its own, that opens many connections and never asks
 * anything. Arguments: port, how many in plain TCP, how many in TLS. Says `open` when all are, and stays until it is killed.
 */
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";

const [port = 0, tcp = 0, tls = 0] = process.argv.slice(2).map(Number);
const at = { host: "127.0.0.1", port };

async function openMany(count: number, open: (done: () => void) => unknown): Promise<void> {
  for (let opened = 0; opened < count; opened += 100) {
    const batch = Math.min(100, count - opened);
    await Promise.all(Array.from({ length: batch }, () => new Promise<void>((resolve) => open(resolve))));
  }
}

await openMany(tcp, (done) => connectTcp(at, done).on("error", () => process.exit(1)));
await openMany(tls, (done) =>
  connectTls({ ...at, rejectUnauthorized: false }, done).on("error", () => process.exit(1)),
);
process.stdout.write("open");
setInterval(() => undefined, 60_000);
