/** Where things are on a control-plane host. */
export interface InstallPaths {
  readonly config: string;
  /** The files that awsAuth names. */
  readonly mappings: readonly string[];
  readonly stateDir: string;
  /** For kube-apiserver's `--authentication-token-webhook-config-file`. */
  readonly kubeconfig: string;
}

/** The program, where packages of one's own go (Filesystem Hierarchy Standard 3.0, /usr/local). */
export const PROGRAM = "/usr/local/bin/iamgate";

/** Whom the service runs as. */
export const SERVICE_USER = "iamgate";

/**
 * The service's unit: one user of its own, nothing to write but the state directory.
 *
 * @param prepare - commands that run as root before each start, for machines that begin empty.
 */
export function systemdUnit({ config, stateDir }: InstallPaths, prepare: readonly string[] = []): string {
  const lines = [
    "[Unit]",
    "Description=iamgate, kube-apiserver's webhook for AWS IAM tokens",
    "Wants=network-online.target",
    "After=network-online.target",
    "Before=kubelet.service",
    "",
    "[Service]",
    ...prepare.map((command) => `ExecStartPre=+${command}`),
    `ExecStart=${PROGRAM} serve --config ${quoted(config)}`,
    "ExecReload=/bin/kill -HUP $MAINPID",
    `User=${SERVICE_USER}`,
    "Restart=always",
    "RestartSec=1s",
    "# Longer than the setting drain.",
    "TimeoutStopSec=20s",
    "",
    `ReadWritePaths=${quoted(stateDir)}`,
    "ProtectSystem=strict",
    "ProtectHome=true",
    "PrivateTmp=true",
    "PrivateDevices=true",
    "ProtectClock=true",
    "ProtectControlGroups=true",
    "ProtectHostname=true",
    "ProtectKernelLogs=true",
    "ProtectKernelModules=true",
    "ProtectKernelTunables=true",
    "ProtectProc=invisible",
    "NoNewPrivileges=true",
    "CapabilityBoundingSet=",
    "LockPersonality=true",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces=true",
    "RestrictRealtime=true",
    "RestrictSUIDSGID=true",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "UMask=0077",
    "LimitNOFILE=65536",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
  ];
  return `${lines.join("\n")}\n`;
}

/** A path in a unit: quoted where a blank would end it, `%` and `$` doubled (systemd.syntax, systemd.service). */
function quoted(path: string): string {
  const escaped = path.replaceAll("%", "%%").replaceAll("$", "$$$$").replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return /[\s"'\\;]/.test(path) ? `"${escaped}"` : escaped;
}
