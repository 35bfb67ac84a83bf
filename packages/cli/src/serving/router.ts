import type { ServedCluster } from "./cluster.ts";

/** Leads each request to the webhook of the cluster that its path names; the first one says of any other that it is none. */
export function createRouter(
  clusters: readonly [ServedCluster, ...ServedCluster[]],
): (request: Request) => Promise<Response> {
  const [first] = clusters;
  if (clusters.length === 1) return first.handle;
  const byPath = new Map(clusters.map((cluster) => [cluster.path, cluster]));
  return (request) => {
    // As the webhook does: Bun leaves scheme and host out of the URL where the Host header is not one.
    const pathname = URL.parse(request.url, "https://webhook.invalid")?.pathname ?? "";
    return (byPath.get(pathname) ?? first).handle(request);
  };
}
