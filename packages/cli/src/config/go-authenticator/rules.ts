import { formatAddress, parseListenAddress } from "../../lib/address.ts";
import { CLUSTER_ID_FORM, parseClusterId } from "../../lib/cluster-id.ts";
import { quote } from "../../lib/quote.ts";
import { VERIFIER_FLAGS } from "../../verifier-flags.ts";
import type { GoSetting } from "./go-settings.ts";

/** What becomes of a setting: it counts here too, it does not, or it stops the start. */
export type Fate =
  | { readonly kind: "taken"; readonly how: string }
  /** `loses`: whether something that the Go authenticator does is then not done. */
  | { readonly kind: "ignored"; readonly why: string; readonly loses?: boolean }
  | { readonly kind: "refused"; readonly why: string; readonly hint: string };

/** What is known when fates are decided. */
export interface RuleContext {
  /** Whether a flag names the mapping. */
  readonly hasMapping: boolean;
  /** Whether the certificate of the Go authenticator is there to be served. */
  readonly keepsCertificate: boolean;
}

type Rule = (setting: GoSetting, context: RuleContext) => Fate;

/** Backends whose mapping stands in the file itself; `File` is the older name (pkg/mapper/mapper.go). */
const MOUNTED_FILE: ReadonlySet<string> = new Set(["MountedFile", "File"]);

/**
 * What becomes of each setting that aws-iam-authenticator 0.7.18 reads (cmd/aws-iam-authenticator/*.go, `viper`), by
 * its name in lower case, which is how viper knows it.
 */
export const FATES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["clusterid", expect(CLUSTER_ID_FORM, parseClusterId, "tokens must be signed for it")],
  ["server.port", expect("a port from 0 to 65535", portOf, "the webhook listens there")],
  ["server.address", expect("an IP address or localhost", addressOf, "the webhook listens there")],
  [
    "server.partition",
    expect(VERIFIER_FLAGS.partition.expected, VERIFIER_FLAGS.partition.parse, "identities must be of it"),
  ],
  ["server.hostname", ignored("iamgate's kubeconfig for kube-apiserver names the address that it listens at")],
  ["server.statedir", takeStateDir],
  ["server.generatekubeconfig", ignoreKubeconfig],
  [
    "server.kubeconfigpregenerated",
    ignored("iamgate writes a kubeconfig into its own state directory and nowhere else"),
  ],
  ["server.backendmode", judgeBackends],
  ["server.maproles", takeMapping],
  ["server.mapusers", takeMapping],
  ["server.mapaccounts", takeMapping],
  ["server.reservedprefixconfig", takePrefixes],
  ["server.scrubbedaccounts", judgeScrubbing],
  ["server.ec2describeinstancesrolearn", loses(asksNoEc2)],
  ["server.ec2describeinstancesqps", loses(asksNoEc2)],
  ["server.ec2describeinstancesburst", loses(asksNoEc2)],
  ["server.sourcearn", loses(asksNoEc2)],
  [
    "server.kubeconfig",
    ignored("it is for the backends CRD and EKSConfigMap, and iamgate reads its mapping from a file"),
  ],
  ["server.master", ignored("it is for the backends CRD and EKSConfigMap, and iamgate reads its mapping from a file")],
  ["server.dynamicfilepath", refuseBackend],
  ["server.dynamicfileuseridstrict", ignored("it is for the backend DynamicFile alone")],
  ["server.dynamicbackendmodepath", refuseBackend],
  ["log-verbosity", ignored("iamgate logs one line for each decision, whatever its outcome")],
  [
    "feature-gates",
    ignored("the Go authenticator reads it only as a flag; iamgate matches sso entries without a gate"),
  ],
  ...["defaultrole", "region", "role", "externalid", "tokenonly", "forwardsessionname", "sessionname", "cache"].map(
    (name): [string, Rule] => [name, ignored("it is for `aws-iam-authenticator token`, not for the server")],
  ),
  ...["token", "output", "partition"].map((name): [string, Rule] => [
    name,
    ignored("it is for `aws-iam-authenticator verify`, not for the server"),
  ]),
]);

function expect(expected: string, parse: (text: string) => unknown, how: string): Rule {
  return ({ text }) => {
    if (text !== undefined && parse(text) !== undefined) return { kind: "taken", how };
    return { kind: "refused", why: `expected ${expected}`, hint: "correct the value" };
  };
}

function ignored(why: string): Rule {
  return () => ({ kind: "ignored", why });
}

function loses(why: () => string): Rule {
  return () => ({ kind: "ignored", why: why(), loses: true });
}

/** The port of a setting, or `undefined`. */
export function portOf(text: string): number | undefined {
  return parseListenAddress(`127.0.0.1:${text}`)?.port;
}

/** The host of a setting, or `undefined`. */
export function addressOf(text: string): string | undefined {
  return parseListenAddress(formatAddress({ host: text, port: 0 }))?.host;
}

function asksNoEc2(): string {
  return "iamgate does not ask EC2, and whoever is mapped with {{EC2PrivateDNSName}} is refused";
}

function takeStateDir({ text }: GoSetting, { keepsCertificate }: RuleContext): Fate {
  if (text === undefined || text === "")
    return { kind: "refused", why: "expected a directory's path", hint: "correct it" };
  const own = "iamgate keeps its own files in the directory iamgate below it";
  const kept = "serves the certificate there, so that kube-apiserver's kubeconfig stays good";
  return { kind: "taken", how: keepsCertificate ? `${own}, and ${kept}` : own };
}

function ignoreKubeconfig(_setting: GoSetting, { keepsCertificate }: RuleContext): Fate {
  if (keepsCertificate)
    return { kind: "ignored", why: "iamgate does not write it; it stays good with the certificate that is served" };
  const next = "point kube-apiserver's --authentication-token-webhook-config-file there";
  return { kind: "ignored", why: `iamgate writes kubeconfig.yaml into its state directory: ${next}`, loses: true };
}

const OTHER_MAPPING = "a flag names the mapping";
const NAME_A_FILE = "write the manifest of the ConfigMap aws-auth to a file and name it with --aws-auth FILE";

function takeMapping(_setting: GoSetting, { hasMapping }: RuleContext): Fate {
  if (hasMapping) return { kind: "ignored", why: OTHER_MAPPING, loses: true };
  return { kind: "taken", how: "it is the mapping; read again when the file changes" };
}

function takePrefixes(_setting: GoSetting, { hasMapping }: RuleContext): Fate {
  if (hasMapping) return { kind: "ignored", why: OTHER_MAPPING, loses: true };
  return {
    kind: "taken",
    how: "usernames of the mapping may not begin so; what it says of backends other than MountedFile is ignored",
  };
}

function judgeBackends({ texts }: GoSetting, { hasMapping }: RuleContext): Fate {
  if (hasMapping) return { kind: "ignored", why: OTHER_MAPPING };
  if (texts === undefined) return { kind: "refused", why: "expected a list of backends", hint: "correct it" };
  const other = texts.find((mode) => !MOUNTED_FILE.has(mode));
  if (other === undefined) return { kind: "taken", how: "the mapping is that of this file" };
  return { kind: "refused", why: `iamgate has no backend ${quote(other)}, only MountedFile`, hint: NAME_A_FILE };
}

function refuseBackend(_setting: GoSetting, { hasMapping }: RuleContext): Fate {
  if (hasMapping) return { kind: "ignored", why: OTHER_MAPPING };
  return { kind: "refused", why: "iamgate reads its mapping from this file or from a manifest", hint: NAME_A_FILE };
}

function judgeScrubbing({ texts }: GoSetting): Fate {
  if (texts?.length === 0) return { kind: "ignored", why: "it names no account" };
  const hint = "take the setting out if that may be, or filter the log before it is kept";
  return { kind: "refused", why: "iamgate's log names the ARN of everybody who logs in", hint };
}
