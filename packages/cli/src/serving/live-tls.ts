import { X509Certificate } from "node:crypto";
import type { Deps } from "../deps.ts";
import { toCliError } from "../errors.ts";
import { ago, isoSeconds } from "../lib/ago.ts";
import { quote } from "../lib/quote.ts";
import { type NamedFile, readTextFile } from "../lib/text-file.ts";
import { notice, warn } from "../notices.ts";
import { openStateDir } from "../state-dir.ts";
import { readCaFile } from "../tls/read-ca-file.ts";
import { readOwnCertificate, type ServedCertificate, validityOf } from "../tls/served-certificate.ts";
import { serverNamesFor } from "../tls/server-names.ts";
import { watchFile } from "../watch-file.ts";
import type { ServeSettings } from "./settings.ts";

/** The settings that say what the server shows its clients. */
export type TlsSettings = Pick<ServeSettings, "listen" | "stateDir" | "certificate" | "clientCa">;

/** What the server shows its clients, and what it demands of them. */
export interface ServedTls {
  readonly certificate: ServedCertificate;
  readonly clientCaPem: string | undefined;
}

/** What is to be served, at any time. */
export interface LiveTls {
  readonly current: () => ServedTls;
  /** Reads everything anew, perhaps from other files. When it throws, everything is as it was. */
  readonly reload: (settings: TlsSettings) => Promise<void>;
  readonly stop: () => void;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WARN_BEFORE_MS = 30 * DAY_MS;
/** Whoever renews writes certificate and key one after the other; a pair that does not match is read again meanwhile. */
const PAIRING_MS = 2_000;
const PAIRING_POLL_MS = 200;

/**
 * Keeps certificate and client authorities at hand: files of the operator's own are read again when they change, a
 * certificate that iamgate made is made anew 30 days before it ends. What cannot be read is said, and what was served
 * before is served on.
 *
 * @param onChange - called when something else is to be served from now on; what it throws counts as unreadable.
 * @throws CliError when the first reading fails.
 */
export async function openLiveTls(
  first: TlsSettings,
  onChange: (tls: ServedTls) => void | Promise<void>,
  deps: Deps,
): Promise<LiveTls> {
  let settings = first;
  let current = await load(settings, deps);
  let warnedAt: number | undefined;
  let stopWatching = await watch(settings);
  /** One reading at a time: the later one knows better. */
  let queue: Promise<unknown> = Promise.resolve();

  const take = async (from: TlsSettings): Promise<void> => {
    const next = await loadPaired(from, deps);
    if (isSame(next, current)) return;
    await onChange(next);
    current = next;
    warnedAt = undefined;
    const { path, validity } = next.certificate;
    notice(deps, `certificate ${quote(path)}: taken over, valid until ${isoSeconds(validity.notAfter)}`);
  };
  const refresh = async (): Promise<void> => {
    try {
      await take(settings);
    } catch (cause) {
      const { message, hint } = toCliError(cause);
      warn(deps, `${message}; ${hint}; the certificate and authorities of before are served on`);
    }
  };
  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => undefined);
    return done;
  };

  async function watch(of: TlsSettings): Promise<() => void> {
    const stops: (() => void)[] = [];
    for (const file of filesOf(of)) {
      const observer = {
        onText: () => void enqueue(refresh),
        onTrouble: () => void enqueue(refresh),
      };
      stops.push(watchFile(file, await readTextFile(file, deps.files), observer, deps));
    }
    return () => {
      for (const stop of stops) stop();
    };
  }

  const check = (): void => {
    const now = deps.now();
    const { path, validity } = current.certificate;
    if (validity.notAfter - now >= WARN_BEFORE_MS) return;
    if (settings.certificate === undefined) return void enqueue(refresh);
    if (warnedAt !== undefined && now - warnedAt < DAY_MS) return;
    warnedAt = now;
    warn(deps, `certificate ${quote(path)}: ${endText(validity.notAfter, now)}; renew it, iamgate takes it over`);
  };
  check();
  const stopChecking = deps.timers.every(HOUR_MS, check);

  return {
    current: () => current,
    reload: (next) =>
      enqueue(async () => {
        const stopNext = await watch(next);
        try {
          await take(next);
        } catch (cause) {
          stopNext();
          throw cause;
        }
        stopWatching();
        stopWatching = stopNext;
        settings = next;
        check();
      }),
    stop: () => {
      stopChecking();
      stopWatching();
    },
  };
}

function filesOf({ certificate, clientCa }: TlsSettings): readonly NamedFile[] {
  const own = certificate === undefined ? [] : [certificate.cert, certificate.key];
  return clientCa === undefined ? own : [...own, clientCa];
}

async function load(settings: TlsSettings, deps: Deps): Promise<ServedTls> {
  const { certificate, clientCa } = settings;
  return {
    certificate:
      certificate === undefined ? await selfMade(settings, deps) : await readOwnCertificate(certificate, deps),
    clientCaPem: clientCa === undefined ? undefined : await readCaFile(clientCa, deps.files),
  };
}

async function loadPaired(settings: TlsSettings, deps: Deps): Promise<ServedTls> {
  for (let waitedMs = 0; ; waitedMs += PAIRING_POLL_MS) {
    try {
      return await load(settings, deps);
    } catch (cause) {
      if (waitedMs >= PAIRING_MS) throw cause;
      await deps.timers.sleep(PAIRING_POLL_MS);
    }
  }
}

async function selfMade({ stateDir, listen }: TlsSettings, deps: Deps): Promise<ServedCertificate> {
  const { certPem, keyPem, caPem, paths, news } = await openStateDir(stateDir, serverNamesFor(listen.host), deps);
  for (const each of news) notice(deps, each);
  const validity = validityOf(new X509Certificate(certPem));
  return { certPem, keyPem, validity, trustPem: caPem, path: paths.cert };
}

function isSame(left: ServedTls, right: ServedTls): boolean {
  return (
    left.certificate.certPem === right.certificate.certPem &&
    left.certificate.keyPem === right.certificate.keyPem &&
    left.certificate.trustPem === right.certificate.trustPem &&
    left.clientCaPem === right.clientCaPem
  );
}

function endText(notAfter: number, now: number): string {
  return notAfter <= now
    ? `EXPIRED ${isoSeconds(notAfter)}, clients refuse it`
    : `expires ${ago(notAfter, now)}, ${isoSeconds(notAfter)}`;
}
