import { X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cleanUp, temporaryDirectory, world } from "../test/world.ts";
import type { Deps } from "./deps.ts";
import { CliError } from "./errors.ts";
import { defaultStateDir, openStateDir, type ServerState, writeState } from "./state-dir.ts";

afterAll(cleanUp);

const DAY_MS = 86_400_000;
const NAMES = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1", "::1"] };
const { deps } = world();

function open(directory: string, changes: Partial<Deps> = {}, names = NAMES): Promise<ServerState> {
  return openStateDir(directory, names, { ...deps, ...changes });
}

async function refusal(directory: string, changes: Partial<Deps> = {}): Promise<string> {
  const error = await open(directory, changes).catch((cause: unknown) => cause);
  if (!(error instanceof CliError)) throw new Error(`opened, or another error: ${String(error)}`);
  expect(error.exitCode).toBe(1);
  return `${error.code} ${error.message} | ${error.hint}`.replaceAll(directory, "D");
}

describe("openStateDir", () => {
  test("a new directory: is its owner's only, as is every file; nothing else is left in it", async () => {
    const directory = join(temporaryDirectory(), "a", "b");
    const state = await open(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory).toSorted()).toEqual([".lock", "ca-key.pem", "ca.pem", "cert.pem", "key.pem"]);
    for (const file of readdirSync(directory)) expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    expect(state.news).toEqual([
      `made a new certificate authority "${directory}/ca.pem": there was none`,
      `made a new certificate "${directory}/cert.pem": there was none`,
    ]);
    expect(new X509Certificate(state.certPem).checkIssued(new X509Certificate(state.caPem))).toBe(true);
  });

  test("a key that others may read: made its owner's again, and told", async () => {
    const directory = temporaryDirectory();
    await open(directory);
    chmodSync(join(directory, "ca-key.pem"), 0o644);
    expect((await open(directory)).news).toEqual([
      `made "${directory}/ca-key.pem" its owner's alone: its mode was 0644, so others may have read the key`,
    ]);
    expect(statSync(join(directory, "ca-key.pem")).mode & 0o777).toBe(0o600);
    expect((await open(directory)).news).toEqual([]);
  });

  test("a local STS's directory for a webhook, or the other way round: refused, nothing is written", async () => {
    const stsNames = { ...NAMES, dnsNames: ["localhost", "sts.amazonaws.com"] };
    for (const [first, second] of [
      [NAMES, stsNames],
      [stsNames, NAMES],
    ] as const) {
      const directory = temporaryDirectory();
      const { certPem } = await open(directory, {}, first);
      await expect(open(directory, {}, second)).rejects.toMatchObject({ code: "state-dir-unusable" });
      expect(readFileSync(join(directory, "cert.pem"), "utf8")).toBe(certPem);
    }
  });

  test("opened again: everything is used as it is", async () => {
    const directory = temporaryDirectory();
    const first = await open(directory);
    expect(await open(directory)).toEqual({ ...first, news: [] });
  });

  test("less than 30 days left: a new certificate of the same authority; later a new authority", async () => {
    const directory = temporaryDirectory();
    const first = await open(directory);
    expect((await open(directory, { now: () => Date.now() + 334 * DAY_MS })).news).toEqual([]);
    const renewed = await open(directory, { now: () => Date.now() + 336 * DAY_MS });
    expect(renewed.caPem).toBe(first.caPem);
    expect(renewed.news).toEqual([
      expect.stringMatching(/^made a new certificate ".*cert\.pem": the old one expires /),
    ]);
    const expired = await open(directory, { now: () => Date.now() + 4_000 * DAY_MS });
    expect(expired.caPem).not.toBe(first.caPem);
    expect(expired.news[0]).toMatch(/^made a new certificate authority .*: the old one expired /);
    expect(new X509Certificate(expired.certPem).verify(new X509Certificate(expired.caPem).publicKey)).toBe(true);
  });

  test("a clock that was ahead when they were made: new ones", async () => {
    const directory = temporaryDirectory();
    await open(directory, { now: () => Date.now() + 2 * DAY_MS });
    expect((await open(directory)).news.join()).toMatch(/the old one is not valid before/);
  });

  test("other names: a new certificate that has them; fewer names: the old one will do", async () => {
    const directory = temporaryDirectory();
    await open(directory);
    const more = { dnsNames: ["localhost", "webhook.internal"], ipAddresses: ["127.0.0.1", "10.0.0.7"] };
    const wider = await open(directory, {}, more);
    expect(wider.news).toEqual([expect.stringMatching(/the old one was not valid for webhook\.internal$/)]);
    expect(new X509Certificate(wider.certPem).checkIP("10.0.0.7")).toBe("10.0.0.7");
    expect((await open(directory, {}, { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] })).news).toEqual([]);
  });

  test("a crash between two files: the rest is made anew", async () => {
    const directory = temporaryDirectory();
    const first = await open(directory);
    const other = await open(temporaryDirectory());
    writeFileSync(join(directory, "key.pem"), other.keyPem);
    expect((await open(directory)).news).toEqual([expect.stringMatching(/the old one did not belong to its key$/)]);
    rmSync(join(directory, "cert.pem"));
    const again = await open(directory);
    expect([again.caPem, again.news.length]).toEqual([first.caPem, 1]);
    rmSync(join(directory, "ca.pem"));
    expect((await open(directory)).news).toEqual([
      expect.stringMatching(/certificate authority .*: there was none$/),
      expect.stringMatching(/the old one was signed by another authority$/),
    ]);
  });

  test("files that are not what they should be: each is named, with what to do, and left alone", async () => {
    const anew =
      'restore the file from a copy, or delete "D/ca.pem": iamgate then makes a new authority, and whoever trusts the old one has to be told';
    const both = 'delete "D/cert.pem" and "D/key.pem": iamgate makes new ones';
    const junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const cases: [file: string, content: string, expected: string][] = [
      ["ca.pem", "junk", `invalid-certificate reading "D/ca.pem": is not a certificate in PEM form | ${anew}`],
      ["ca.pem", "", `invalid-certificate reading "D/ca.pem": is not a certificate in PEM form | ${anew}`],
      ["ca.pem", junk, `invalid-certificate reading "D/ca.pem": is not a certificate in PEM form | ${anew}`],
      ["ca-key.pem", "\0\0", `invalid-certificate reading "D/ca-key.pem": is not a private key in PEM form | ${anew}`],
      ["cert.pem", junk, `invalid-certificate reading "D/cert.pem": is not a certificate in PEM form | ${both}`],
      ["key.pem", "junk", `invalid-certificate reading "D/key.pem": is not a private key in PEM form | ${both}`],
    ];
    for (const [file, content, expected] of cases) {
      const directory = temporaryDirectory();
      await open(directory);
      writeFileSync(join(directory, file), content);
      expect(await refusal(directory)).toBe(expected);
      expect(readFileSync(join(directory, file), "utf8")).toBe(content);
    }
  });

  test("an authority without its key, with another's, or that is none: is named", async () => {
    const directory = temporaryDirectory();
    const { certPem, keyPem } = await open(directory);
    rmSync(join(directory, "ca-key.pem"));
    expect(await refusal(directory)).toContain('reading "D/ca-key.pem": the authority\'s private key is missing');
    writeFileSync(join(directory, "ca-key.pem"), keyPem);
    expect(await refusal(directory)).toContain('reading "D/ca-key.pem": is not the private key of "D/ca.pem"');
    writeFileSync(join(directory, "ca.pem"), certPem);
    expect(await refusal(directory)).toContain("is not an authority's certificate");
  });

  test("a directory that cannot be used: path and next step are named", async () => {
    const base = temporaryDirectory();
    writeFileSync(join(base, "file"), "");
    expect(await refusal(join(base, "file"))).toBe(
      'state-dir-unusable state directory "D": there is a file of that name | name a directory with --state-dir',
    );
    expect(await refusal(join(base, "file", "below"))).toContain(
      'state directory "D": a part of the path is no directory',
    );
    const taken = join(base, "taken");
    mkdirSync(join(taken, "cert.pem"), { recursive: true });
    expect(await refusal(taken)).toContain(
      'state directory "D/cert.pem": is a directory, expected a file | move it away',
    );
    for (const [code, state] of [
      ["EACCES", "permission denied"],
      ["EROFS", "the file system is read-only"],
      ["ENOSPC", "no space left on the device"],
      ["EIO", "cannot be used (EIO)"],
    ]) {
      const failing = () => Promise.reject(Object.assign(new Error(`${code}: secret`), { code }));
      const said = await refusal(join(base, "new"), { files: { ...deps.files, replace: failing } });
      expect(said).toContain(`state-dir-unusable state directory "D": ${state} | `);
      expect(said).toContain("--state-dir");
    }
  });

  test("disk full half-way: the next start finds nothing half-written", async () => {
    for (const failAt of [1, 2, 3, 4]) {
      const directory = temporaryDirectory();
      let calls = 0;
      const replace: Deps["files"]["replace"] = (...args) =>
        ++calls === failAt
          ? Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }))
          : deps.files.replace(...args);
      await refusal(directory, { files: { ...deps.files, replace } });
      const state = await open(directory);
      expect(new X509Certificate(state.certPem).checkIssued(new X509Certificate(state.caPem))).toBe(true);
      expect(readdirSync(directory).length).toBe(5);
    }
  });

  test("two at once: agree on the authority", async () => {
    const directory = temporaryDirectory();
    const [one, other] = await Promise.all([open(directory), open(directory)]);
    expect(one.caPem).toBe(other.caPem);
    expect(one.certPem).toBe(other.certPem);
  });

  test("a directory that others could read: its files still are not", async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o755);
    await open(directory);
    for (const file of readdirSync(directory)) expect(statSync(join(directory, file)).mode & 0o077).toBe(0);
  });
});

describe("writeState", () => {
  test("the same text: the file is left alone", async () => {
    const path = join(temporaryDirectory(), "kubeconfig.yaml");
    await writeState(path, "a", deps);
    const { ino } = statSync(path);
    await writeState(path, "a", deps);
    expect(statSync(path).ino).toBe(ino);
    await writeState(path, "b", deps);
    expect(readFileSync(path, "utf8")).toBe("b");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe("defaultStateDir", () => {
  test("XDG_STATE_HOME, if it is absolute; otherwise .local/state in the home directory", () => {
    expect(defaultStateDir({ XDG_STATE_HOME: "/var/state", HOME: "/users/a" }, "serve")).toBe(
      "/var/state/iamgate/serve",
    );
    expect(defaultStateDir({ XDG_STATE_HOME: "state", HOME: "/users/a" }, "sts")).toBe(
      "/users/a/.local/state/iamgate/sts",
    );
    expect(defaultStateDir({ HOME: "/users/a" }, "sts")).toBe("/users/a/.local/state/iamgate/sts");
  });
});
