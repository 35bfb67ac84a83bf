import type { Command } from "./command-spec.ts";

/** Every command by its name, in the order of the help; loaded when it is called, since minting must start fast. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["token", async () => (await import("./commands/token.ts")).command],
  ["decode", async () => (await import("./commands/decode.ts")).command],
  ["verify", async () => (await import("./commands/verify.ts")).command],
  ["serve", async () => (await import("./commands/serve.ts")).command],
  ["sts", async () => (await import("./commands/sts.ts")).command],
  ["demo", async () => (await import("./commands/demo.ts")).command],
]);
