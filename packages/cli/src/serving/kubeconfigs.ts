import { join, resolve } from "node:path";
import type { Deps } from "../deps.ts";
import { writeState } from "../state-dir.ts";
import { webhookKubeconfig } from "../webhook-kubeconfig.ts";

/** Where each cluster's kube-apiserver finds its webhook. */
export interface ServedPlace {
  readonly id: string;
  readonly path: string;
  /** `https://127.0.0.1:21362/authenticate`. */
  readonly url: string;
  /** The file that tells kube-apiserver so. */
  readonly kubeconfig: string;
}

/** The places of the clusters at `base`, `https://HOST:PORT`. */
export function placesOf(
  clusters: readonly { readonly id: string; readonly path: string }[],
  { base, stateDir }: { readonly base: string; readonly stateDir: string },
): readonly ServedPlace[] {
  return clusters.map(({ id, path }) => {
    const name = clusters.length === 1 ? "kubeconfig.yaml" : `kubeconfig-${encodeURIComponent(id)}.yaml`;
    return { id, path, url: `${base}${path}`, kubeconfig: join(resolve(stateDir), name) };
  });
}

/**
 * Writes a kubeconfig for each.
 *
 * @throws CliError `state-dir-unusable`.
 */
export async function writeKubeconfigs(
  places: readonly ServedPlace[],
  { base, trustPem }: { readonly base: string; readonly trustPem: string | undefined },
  deps: Pick<Deps, "files">,
): Promise<void> {
  for (const { path, kubeconfig } of places) {
    await writeState(kubeconfig, webhookKubeconfig(base, trustPem, path), deps);
  }
}
