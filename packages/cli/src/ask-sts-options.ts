import type { AskStsOptions, StsDial } from "@iamgate/webhook";
import manifest from "../package.json" with { type: "json" };
import type { Deps } from "./deps.ts";

/** How STS is asked for a cluster's tokens: over the real network, by AWS's own names or at another address. */
export function askStsOptions(
  clusterId: string,
  dial: StsDial | undefined,
  { fetch, connect, timers, now }: Deps,
): AskStsOptions {
  return {
    clusterId,
    fetch,
    connect,
    timeoutSignal: timers.timeoutSignal,
    now,
    userAgent: `iamgate/${manifest.version}`,
    ...(dial === undefined ? {} : { unsafeStsDial: dial }),
  };
}
