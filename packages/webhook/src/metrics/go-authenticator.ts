import type { AcceptedHosts } from "@iamgate/token";
import type { AuditEvent } from "../audit.ts";
import { WebhookFault } from "../fault.ts";
import { FAULT_CODES, REQUEST_REASONS } from "../reasons.ts";
import { type AskSts, type AskStsOptions, createAskSts } from "../sts/ask-sts.ts";
import { METRICS, OTHER } from "./definitions.ts";
import { Counter, createFamily, type Family, Histogram } from "./series.ts";

type GoResult = (typeof METRICS.goLatency.labels)[0]["values"][number];

/** What the Go authenticator's dashboards and alerts ask for, counted beside iamgate's own. */
export interface GoMetrics {
  readonly audited: (event: AuditEvent, seconds: number) => void;
  readonly mappingKept: () => void;
  readonly countedAskSts: (options: AskStsOptions) => AskSts;
  readonly families: readonly Family<Counter | Histogram>[];
}

/** @param hosts - the STS names that are accepted; they close the list of regions. */
export function createGoMetrics(hosts: AcceptedHosts): GoMetrics {
  const latency = createFamily(METRICS.goLatency, () => new Histogram(METRICS.goLatency.buckets));
  const latencyOf = new Map(METRICS.goLatency.labels[0].values.map((result) => [result, latency.of(result)]));
  const counter = (): Counter => new Counter();
  const fileFailures = createFamily(METRICS.goDynamicFileFailures, counter);
  // iamgate makes no such calls; their absence would alarm whoever watches them.
  const watchFailures = createFamily(METRICS.goConfigMapWatchFailures, counter);
  const instanceCalls = createFamily(METRICS.goEc2DescribeInstances, counter);
  for (const family of [fileFailures, watchFailures, instanceCalls]) family.of();
  const sts = countSts(hosts);

  return {
    audited: (event, seconds) => {
      const result = goResultOf(event);
      if (result !== undefined) latencyOf.get(result)?.observe(seconds);
    },
    mappingKept: () => fileFailures.of().increment(),
    countedAskSts: sts.countedAskSts,
    families: [latency, ...sts.families, fileFailures, watchFailures, instanceCalls],
  };
}

/** The result that the Go authenticator (0.7.18, pkg/server/server.go) would count; other paths it does not count. */
function goResultOf(event: AuditEvent): GoResult | undefined {
  switch (event.result) {
    case "granted":
      return "success";
    case "refused":
      // Whatever STS answers but 200 is an `sts_error` there.
      if (event.stage === "sts" || event.stage === "identify") return "sts_error";
      return event.stage === "map" ? "uknown_user" : "invalid_token";
    case "failed":
      return event.code === FAULT_CODES.stsThrottled ? "sts_throttling" : "sts_error";
    case "rejected":
      return event.reason === REQUEST_REASONS.notFound ? undefined : "malformed_request";
  }
}

interface Region {
  readonly connectionFailures: Counter;
  readonly throttling: Counter;
  readonly responses: (status: number) => Counter;
}

function countSts(hosts: AcceptedHosts): Pick<GoMetrics, "countedAskSts" | "families"> {
  const names = new Map([...hosts.byAuthority.values()].map((host) => [host.authority, regionOf(host)]));
  const given = { StsRegion: [...new Set(names.values()), OTHER] };
  const counter = (): Counter => new Counter();
  const connectionFailures = createFamily(METRICS.goStsConnectionFailures, counter, given);
  const throttling = createFamily(METRICS.goStsThrottling, counter, given);
  const responses = createFamily(METRICS.goStsResponses, counter, given);
  const codes: ReadonlySet<string> = new Set(METRICS.goStsResponses.labels[0].values);

  const begin = (name: string): Region => ({
    connectionFailures: connectionFailures.of(name),
    throttling: throttling.of(name),
    responses: (status) => responses.of(codes.has(String(status)) ? String(status) : OTHER, name),
  });
  const begun = new Map<string, Region>();
  /** Begun at a region's first call: zeros for the forty others would only be noise. */
  const regionAt = (authority: string | undefined): Region => {
    const name = names.get(authority ?? "") ?? OTHER;
    const known = begun.get(name) ?? begin(name);
    begun.set(name, known);
    return known;
  };

  const countedAskSts = (options: AskStsOptions): AskSts => {
    const countedFetch: AskStsOptions["fetch"] = async (url, init) => {
      const region = regionAt(init.headers["Host"]);
      try {
        const response = await options.fetch(url, init);
        region.responses(response.status).increment();
        return response;
      } catch (cause) {
        region.connectionFailures.increment();
        throw cause;
      }
    };
    const askSts = createAskSts({ ...options, fetch: countedFetch });
    return async (request) => {
      try {
        return await askSts(request);
      } catch (cause) {
        const isThrottled = cause instanceof WebhookFault && cause.code === FAULT_CODES.stsThrottled;
        if (isThrottled) regionAt(request.authority).throttling.increment();
        throw cause;
      }
    };
  };
  return { countedAskSts, families: [connectionFailures, throttling, responses] };
}

/** The Go authenticator calls the legacy host's region `global`. */
function regionOf({ authority, region }: { readonly authority: string; readonly region?: string }): string {
  return authority === "sts.amazonaws.com" ? "global" : (region ?? OTHER);
}
