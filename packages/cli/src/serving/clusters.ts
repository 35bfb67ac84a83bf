import type { GateRules } from "@iamgate/webhook";
import type { Deps } from "../deps.ts";
import { openCluster, type Reopened, type ServedCluster, type SharedParts } from "./cluster.ts";
import type { ServeSettings } from "./settings.ts";

/** All clusters that are served. */
export interface ServedClusters {
  readonly all: readonly [ServedCluster, ...ServedCluster[]];
  /** Opens what these settings say of mappings and limits; nothing counts until it is taken. Throws a CliError as a start would. */
  readonly reopen: (settings: Pick<ServeSettings, "clusters" | "gate">) => Promise<Reopened>;
  readonly stop: () => void;
}

/**
 * Opens every cluster of the settings, or none.
 *
 * @throws CliError when a mapping cannot be read.
 */
export async function openClusters(
  settings: Pick<ServeSettings, "clusters" | "gate">,
  shared: SharedParts,
  deps: Deps,
): Promise<ServedClusters> {
  using opened = new DisposableStack();
  let rules: GateRules = settings.gate;
  const open = async (cluster: ServeSettings["clusters"][0]): Promise<ServedCluster> =>
    opened.adopt(await openCluster(cluster, rules, shared, deps), ({ stop }) => stop());
  const [first, ...others] = settings.clusters;
  const all: [ServedCluster, ...ServedCluster[]] = [await open(first)];
  for (const each of others) all.push(await open(each));
  const running = opened.move();

  return {
    all,
    reopen: async (next) => {
      const reopened: Reopened[] = [];
      const discard = (): void => {
        for (const each of reopened) each.discard();
      };
      try {
        for (const [index, { awsAuth }] of next.clusters.entries()) {
          const again = await all[index]?.reopenMapping(awsAuth);
          if (again !== undefined) reopened.push(again);
        }
      } catch (cause) {
        discard();
        throw cause;
      }
      return {
        discard,
        take: () => {
          for (const each of reopened) each.take();
          if (Bun.deepEquals(rules, next.gate, true)) return;
          rules = next.gate;
          for (const cluster of all) cluster.setRules(rules);
        },
      };
    },
    stop: () => running.dispose(),
  };
}
