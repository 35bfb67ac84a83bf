import type { Deps } from "../deps.ts";
import { type CliError, toCliError } from "../errors.ts";
import { describeMappings, openMappingFile } from "../mapping-file.ts";
import type { ClusterSettings, ServeSettings } from "../serving/settings.ts";
import { readCaFile } from "../tls/read-ca-file.ts";
import { readOwnCertificate } from "../tls/served-certificate.ts";

/** What came of reading the files that settings name. */
export interface CheckedFiles {
  /** For each cluster, in order: `12 entries`, or `undefined` where its mapping cannot be read. */
  readonly mappings: readonly (string | undefined)[];
  readonly errors: readonly CliError[];
}

/** Reads every file that the settings name, as `iamgate serve` would at its start. */
export async function checkFiles(settings: ServeSettings, deps: Deps): Promise<CheckedFiles> {
  const errors: CliError[] = [];
  const attempt = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      errors.push(toCliError(error));
      return undefined;
    }
  };
  const { certificate, clientCa, unsafeStsDial } = settings;
  if (certificate !== undefined) await attempt(() => readOwnCertificate(certificate, deps));
  if (clientCa !== undefined) await attempt(() => readCaFile(clientCa, deps.files));
  if (unsafeStsDial !== undefined) await attempt(() => readCaFile(unsafeStsDial.ca, deps.files));
  const mappings: (string | undefined)[] = [];
  for (const cluster of settings.clusters) mappings.push(await attempt(() => readMapping(cluster, deps)));
  return { mappings, errors };
}

async function readMapping({ awsAuth }: ClusterSettings, deps: Deps): Promise<string> {
  const mapping = await openMappingFile(awsAuth, deps);
  mapping.stop();
  return describeMappings(mapping.current());
}
