import type { Mappings } from "@iamgate/access";
import type { AcceptedHosts } from "@iamgate/token";
import {
  type AskSts,
  createIdentities,
  createWebhook,
  type GateRules,
  type Metrics,
  type StsDial,
} from "@iamgate/webhook";
import { askStsOptions } from "../ask-sts-options.ts";
import { auditLine } from "../audit-log.ts";
import type { Deps } from "../deps.ts";
import type { LiveFile } from "../live-file.ts";
import { type MappingFile, openMappingFile } from "../mapping-file.ts";
import type { ClusterSettings } from "./settings.ts";

/** What all clusters have in common. */
export interface SharedParts {
  readonly hosts: AcceptedHosts;
  readonly partition: string;
  readonly futureSkewSeconds: number;
  readonly unsafeStsDial: StsDial | undefined;
  readonly metrics: Metrics;
  /** Health and metrics on the webhook's own port. */
  readonly health: (request: Request) => Promise<Response>;
}

/** A cluster whose tokens are verified. */
export interface ServedCluster {
  readonly id: string;
  readonly path: string;
  readonly mappings: () => Mappings;
  /** Its webhook, which answers at its path. */
  readonly handle: (request: Request) => Promise<Response>;
  /** Opens the mapping anew, perhaps from another file, and gives what makes it count. Throws a CliError as a start would. */
  readonly reopenMapping: (file: MappingFile) => Promise<Reopened>;
  /** Other limits from now on; what was remembered is forgotten. */
  readonly setRules: (rules: GateRules) => void;
  readonly stop: () => void;
}

/** Something opened that does not count yet. */
export interface Reopened {
  readonly take: () => void;
  readonly discard: () => void;
}

/**
 * Opens a cluster: its mapping, its gate before STS, its webhook.
 *
 * @throws CliError when its mapping cannot be read.
 */
export async function openCluster(
  { id, path, awsAuth }: ClusterSettings,
  rules: GateRules,
  shared: SharedParts,
  deps: Deps,
): Promise<ServedCluster> {
  const { hosts, partition, futureSkewSeconds, metrics, health } = shared;
  let mapping = await openMappingFile(awsAuth, deps);
  const follow = (): void => {
    metrics.mappingLoaded(id, mapping.current());
    mapping.follow({
      onTaken: (mappings) => metrics.mappingLoaded(id, mappings),
      onKept: () => metrics.mappingKept(id),
    });
  };
  follow();
  let askSts = gateBefore(id, rules, shared, deps);
  const handle = createWebhook({
    gate: {
      hosts,
      partition,
      futureSkewSeconds,
      askSts: (request) => askSts(request),
      mappings: () => mapping.current(),
      now: deps.now,
    },
    path,
    started: metrics.started,
    audit: (event) => {
      metrics.audited(event);
      deps.stderr.write(auditLine(event, { now: deps.now(), cluster: id }));
    },
    requestId: deps.randomUuid,
    monotonicNow: deps.monotonicNow,
    health,
  });
  return {
    id,
    path,
    mappings: () => mapping.current(),
    handle,
    reopenMapping: async (file) => {
      const next: LiveFile<Mappings> = await openMappingFile(file, deps);
      return {
        take: () => {
          mapping.stop();
          mapping = next;
          follow();
        },
        discard: next.stop,
      };
    },
    setRules: (next) => {
      askSts = gateBefore(id, next, shared, deps);
    },
    stop: () => mapping.stop(),
  };
}

function gateBefore(clusterId: string, rules: GateRules, { metrics, unsafeStsDial }: SharedParts, deps: Deps): AskSts {
  const askSts = metrics.countedAskSts(askStsOptions(clusterId, unsafeStsDial, deps));
  return createIdentities({
    askSts,
    clusterId,
    secret: deps.randomBytes(32),
    now: deps.now,
    monotonicNow: deps.monotonicNow,
    after: deps.timers.after,
    observe: metrics.observe,
    rules,
  });
}
