import type { Command } from "./command-spec.ts";

/** Every command by its name, in the order of the help; loaded when it is called, since minting must start fast. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["token", async () => (await import("./commands/token.ts")).command],
  ["decode", async () => (await import("./commands/decode.ts")).command],
  ["verify", async () => (await import("./commands/verify.ts")).command],
  ["serve", async () => (await import("./commands/serve.ts")).command],
  ["config", async () => (await import("./commands/config.ts")).command],
  ["init", async () => (await import("./commands/init.ts")).command],
  ["iam", async () => (await import("./commands/iam.ts")).command],
  ["sts", async () => (await import("./commands/sts.ts")).command],
  ["demo", async () => (await import("./commands/demo.ts")).command],
]);

/** Other names of commands, not listed in the help: `server` is what the Go authenticator calls it. */
export const ALIASES: ReadonlyMap<string, string> = new Map([["server", "serve"]]);
