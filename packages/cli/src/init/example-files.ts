import { formatDuration } from "../lib/duration.ts";
import { DEFAULTS } from "../config/resolve.ts";
import { GATE_DEFAULTS } from "@iamgate/webhook";

/** What an example is written for. */
export interface ExampleSettings {
  readonly clusterId: string;
  /** As the file names it: relative to itself, or absolute. */
  readonly awsAuth: string;
  readonly listen: string;
  readonly stateDir: string;
}

/** An `iamgate.yaml` that can be served as it is, with every other setting and its default in a comment. */
export function exampleConfig({ clusterId, awsAuth, listen, stateDir }: ExampleSettings): string {
  const gate = Object.entries(GATE_DEFAULTS).map(([name, value]: [string, number]) =>
    name.endsWith("Ms") ? `#   ${name.slice(0, -2)}: ${formatDuration(value)}` : `#   ${name}: ${value}`,
  );
  return `# Settings of \`iamgate serve --config\`. What stands in a comment is the default, or an example.
# docs/configuration.md tells every setting; \`iamgate config check\` checks this file.

clusters:
  # What tokens must be signed for (\`iamgate token --cluster-id\`), and who is let in. Several may be listed.
  - id: ${JSON.stringify(clusterId)}
    awsAuth: ${JSON.stringify(awsAuth)}
    # path: /authenticate

# Where kube-apiserver finds the webhook, and where health and metrics are served in plain HTTP (or off).
listen: ${JSON.stringify(listen)}
# operations: ${DEFAULTS.operations}

# Certificates that iamgate makes, and the kubeconfig for kube-apiserver.
stateDir: ${JSON.stringify(stateDir)}

# How long requests in flight may take after SIGTERM.
# drain: ${formatDuration(DEFAULTS.drainSeconds * 1000)}

# A certificate of one's own, and who may ask.
# tls:
#   cert: server.pem
#   key: server-key.pem
#   clientCa: kube-apiserver-ca.pem

# Which STS tokens may be signed for, beside AWS's own of the partition.
# sts:
#   partition: ${DEFAULTS.partition}
#   regions: [eu-west-9]
#   hosts: ["vpce-0a1b.sts.us-west-2.vpce.amazonaws.com=us-west-2"]
#   futureSkew: ${formatDuration(DEFAULTS.futureSkewSeconds * 1000)}
#   # UNSAFE: replaces AWS as the root of trust; for a local STS only.
#   unsafeDial:
#     address: 127.0.0.1:8443
#     ca: sts-ca.pem

# How much is let through to STS, and what is remembered of its answers.
# gate:
${gate.join("\n")}
`;
}

/** A manifest of aws-auth that lets nobody in, and shows how to let somebody in. */
export const EXAMPLE_AWS_AUTH = `# Who is let in, as whom. iamgate reads this file again when it changes.
apiVersion: v1
kind: ConfigMap
metadata:
  name: aws-auth
  namespace: kube-system
data:
  # Roles without their path; {{SessionName}} is the name of the role's session.
  mapRoles: |
    # - rolearn: arn:aws:iam::111122223333:role/KubernetesAdmin
    #   username: admin:{{SessionName}}
    #   groups: [admins]
  # Users with their path.
  mapUsers: |
    # - userarn: arn:aws:iam::111122223333:user/alice
    #   username: alice
    #   groups: [developers]
`;
