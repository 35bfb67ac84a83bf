import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildProgram, type BuildOptions, defaultCacheFolder, goCompiler } from "./build.ts";
import { withLock } from "./lock.ts";
import { KUBE_PROGRAMS, pinOf, requiredVersion } from "./programs.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "iamgate-kube-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { etcd } = KUBE_PROGRAMS;

function options(overrides: Partial<BuildOptions> = {}): BuildOptions & { readonly compiled: string[] } {
  const compiled: string[] = [];
  return {
    cacheFolder: join(folder, "cache"),
    log: () => {},
    compile: async (program, output) => {
      compiled.push(program.name);
      writeFileSync(output, "built");
    },
    ...overrides,
    compiled,
  };
}

describe("buildProgram", () => {
  test("buildProgram: builds once, then finds the file by its version", async () => {
    const given = options();
    const first = await buildProgram(etcd, given);
    const second = await buildProgram(etcd, given);
    expect(second).toEqual(first);
    expect(given.compiled).toEqual(["etcd"]);
    expect(first.ok && basename(first.path)).toMatch(/^etcd-v3\.6\.6-[0-9a-f]{12}$/);
  });

  test("buildProgram: two at once compile once", async () => {
    const given = options();
    await Promise.all([buildProgram(etcd, given), buildProgram(etcd, given)]);
    expect(given.compiled).toEqual(["etcd"]);
  });

  test("buildProgram: a compiler that dies half-way leaves nothing that looks built", async () => {
    const given = options({
      compile: async (_program, output) => {
        writeFileSync(output, "half");
        throw new Error("compiler died");
      },
    });
    await expect(buildProgram(etcd, given)).rejects.toThrow("compiler died");
    expect(readdirSync(given.cacheFolder)).toEqual(["lock"]);
    expect((await buildProgram(etcd, options())).ok).toBe(true);
  });

  test("buildProgram: what a killed run left half-made is swept away", async () => {
    const given = options();
    mkdirSync(given.cacheFolder);
    writeFileSync(join(given.cacheFolder, "etcd-v3.6.6-0123456789ab.4711.partial"), "half");
    await buildProgram(etcd, given);
    expect(readdirSync(given.cacheFolder).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  test("buildProgram: without Go, and nothing built, it says what is missing and what to do", async () => {
    const given = options({ compile: undefined });
    const built = await buildProgram(etcd, given);
    expect(built).toEqual({
      ok: false,
      reason: "no etcd v3.6.6, and no Go to build it with; install Go from https://go.dev/dl",
    });
    expect(existsSync(given.cacheFolder)).toBe(false);
  });

  test("buildProgram: without Go, what was built before is still found", async () => {
    const built = await buildProgram(etcd, options());
    expect(await buildProgram(etcd, options({ compile: undefined }))).toEqual(built);
  });

  test("buildProgram: KUBEBUILDER_ASSETS comes first, for the programs it has", async () => {
    const assets = join(folder, "etcd");
    writeFileSync(assets, "ready-made");
    expect(await buildProgram(etcd, options({ assets: folder }))).toEqual({ ok: true, path: assets });
    const given = options({ assets: folder });
    await buildProgram(KUBE_PROGRAMS.kubectl, given);
    expect(given.compiled).toEqual(["kubectl"]);
  });
});

describe("withLock", () => {
  test("withLock: a lock whose holder was killed is free again", async () => {
    const path = join(folder, "lock");
    const holder = Bun.spawn([process.execPath, "-e", HOLD_FOREVER, path], { stdout: "pipe", stderr: "inherit" });
    await holder.stdout.getReader().read();
    let held = false;
    const waiting = withLock(path, async () => {
      held = true;
    });
    await Bun.sleep(300);
    expect(held).toBe(false);
    holder.kill("SIGKILL");
    await waiting;
    expect(held).toBe(true);
  });

  test("withLock: work that throws releases it", async () => {
    const path = join(folder, "lock");
    await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLock(path, async () => "mine")).toBe("mine");
  });
});

const HOLD_FOREVER = `
  const { withLock } = await import(${JSON.stringify(join(import.meta.dirname, "lock.ts"))});
  await withLock(process.argv[1], () => { console.log("held"); return new Promise(() => setInterval(() => {}, 1000)); });
`;

describe("goCompiler", () => {
  test("goCompiler: a compiler that fails is quoted, with the command that was run", async () => {
    const go = join(folder, "go");
    writeFileSync(go, "#!/bin/sh\necho 'go: module lookup disabled' >&2\nexit 1\n", { mode: 0o755 });
    await expect(goCompiler(go)(etcd, join(folder, "out"))).rejects.toThrow(
      /^build etcd \(go build -trimpath .*\): exit code 1\ngo: module lookup disabled$/,
    );
  });
});

describe("pins", () => {
  test.each(Object.values(KUBE_PROGRAMS))("pinOf: $name has a released version in go.mod", (program) => {
    expect(pinOf(program).version).toMatch(/^v\d+\.\d+\.\d+$/);
  });

  test("pinOf: kube-apiserver is told its version, or kubectl's version check refuses it", () => {
    const { version, ldflags } = pinOf(KUBE_PROGRAMS.apiserver);
    expect(ldflags).toContain(`-X k8s.io/component-base/version.gitVersion=${version}`);
  });

  test("requiredVersion: single and block form, never a replacement or another module's suffix", () => {
    const goMod =
      "module m\nrequire a.b/c v1.2.3\nrequire (\n\ta.b/c/d v0.1.0 // indirect\n)\nreplace e.f/g => e.f/g v9.9.9\n";
    expect(requiredVersion(goMod, "a.b/c")).toBe("v1.2.3");
    expect(requiredVersion(goMod, "a.b/c/d")).toBe("v0.1.0");
    expect(requiredVersion(goMod, "b/c")).toBeUndefined();
    expect(requiredVersion(goMod, "e.f/g")).toBeUndefined();
  });
});

describe("defaultCacheFolder", () => {
  test("defaultCacheFolder: XDG_CACHE_HOME when absolute, else ~/.cache", () => {
    expect(defaultCacheFolder({ XDG_CACHE_HOME: "/x" })).toBe("/x/iamgate/tools");
    expect(defaultCacheFolder({ XDG_CACHE_HOME: "" })).toMatch(/\/\.cache\/iamgate\/tools$/);
    expect(defaultCacheFolder({ XDG_CACHE_HOME: "rel" })).toMatch(/\/\.cache\/iamgate\/tools$/);
  });
});
