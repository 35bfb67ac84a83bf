import { allStsHosts } from "@iamgate/token";

const PARTITIONS: ReadonlySet<string> = new Set(allStsHosts().map(({ partition }) => partition));

/** Whether there is such a partition: `aws`, `aws-cn`, … */
export function isPartition(text: string): boolean {
  return PARTITIONS.has(text);
}
