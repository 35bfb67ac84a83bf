/**
 * The kubeconfig by which kube-apiserver finds the webhook
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#webhook-token-authentication).
 *
 * @param url - `https://127.0.0.1:21362`.
 * @param caPem - the authority that vouches for the webhook's certificate; `undefined` for those that the system trusts.
 * @param path - where the cluster's webhook is.
 */
export function webhookKubeconfig(url: string, caPem: string | undefined, path = "/authenticate"): string {
  const trust =
    caPem === undefined
      ? ""
      : `
      certificate-authority-data: ${Buffer.from(caPem).toString("base64")}`;
  return `# Made by \`iamgate serve\`, for kube-apiserver's --authentication-token-webhook-config-file.
apiVersion: v1
kind: Config
clusters:
  - name: iamgate
    cluster:
      server: ${url}${path}${trust}
users:
  - name: kube-apiserver
contexts:
  - name: webhook
    context:
      cluster: iamgate
      user: kube-apiserver
current-context: webhook
`;
}
