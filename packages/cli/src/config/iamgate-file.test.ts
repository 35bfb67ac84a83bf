import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GATE_DEFAULTS } from "@iamgate/webhook";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exampleConfig } from "../init/example-files.ts";
import { formatDuration } from "../lib/duration.ts";
import { readIamgateFile } from "./iamgate-file.ts";
import { DEFAULTS } from "./resolve.ts";
import { CONFIG_SCHEMA } from "./schema.ts";

const CLUSTER = "clusters: [{ id: prod, awsAuth: aws-auth.yaml }]\n";

function layerOf(text: string) {
  const read = readIamgateFile(text, "/etc/iamgate/iamgate.yaml");
  if (!read.ok) throw new Error(read.problems[0].text);
  return read.layer;
}

/** `line:column: text | hint` of each problem. */
function problemsIn(text: string): readonly string[] {
  const read = readIamgateFile(text, "x.yaml");
  if (read.ok) throw new Error("the file was taken");
  return read.problems.map(({ place, text: said, hint }) => `${place.replace(/^x\.yaml:/, "")}: ${said} | ${hint}`);
}

describe("readIamgateFile", () => {
  test("every setting: is read, with its place; durations in their unit, paths relative to the file", () => {
    const layer = layerOf(`clusters:
  - id: prod
    awsAuth: aws-auth.yaml
  - id: "123"
    awsAuth: /srv/test.yaml
    path: /authenticate/test
listen: "[::1]:8443"
operations: off
stateDir: ../state
drain: 1500ms
tls: { cert: c.pem, key: k.pem, clientCa: ca.pem }
sts:
  partition: aws-cn
  regions: [cn-east-9]
  hosts: ["127.0.0.1:8443=cn-north-1"]
  futureSkew: 1m
  unsafeDial: { address: "sts.internal:443", ca: sts.pem }
gate: { callsPerSecondPerPair: 1, callsPerSecond: 2, pairs: 3, verifiedEntries: 4, refusedEntries: 5, lifetime: 6s,
  callsInFlight: 7, callsInFlightPerHost: 8, waiting: 9, wait: 10s, failuresToOpen: 11, open: 12s }
`);
    expect(layer).toMatchObject({
      listen: { value: { host: "::1", port: 8443 }, name: "listen", place: "/etc/iamgate/iamgate.yaml:7:9" },
      operations: { value: "off" },
      stateDir: { value: "/etc/state" },
      drainSeconds: { value: 1.5 },
      cert: { value: "/etc/iamgate/c.pem" },
      key: { value: "/etc/iamgate/k.pem" },
      clientCa: { value: "/etc/iamgate/ca.pem", name: "tls.clientCa", place: "/etc/iamgate/iamgate.yaml:11:43" },
      partition: { value: "aws-cn" },
      regions: [{ value: "cn-east-9", name: "sts.regions[0]" }],
      stsHosts: [{ value: { authority: "127.0.0.1:8443", region: "cn-north-1" } }],
      futureSkewSeconds: { value: 60 },
      dialAddress: { value: { host: "sts.internal", port: 443 } },
      dialCa: { value: "/etc/iamgate/sts.pem" },
    });
    expect(layer.clusters).toMatchObject([
      { id: { value: "prod" }, awsAuth: { value: { path: "/etc/iamgate/aws-auth.yaml" } } },
      { id: { value: "123" }, awsAuth: { value: { path: "/srv/test.yaml" } }, path: { value: "/authenticate/test" } },
    ]);
    expect(layer.gate).toEqual({
      callsPerSecondPerPair: 1,
      callsPerSecond: 2,
      pairs: 3,
      verifiedEntries: 4,
      refusedEntries: 5,
      lifetimeMs: 6_000,
      callsInFlight: 7,
      callsInFlightPerHost: 8,
      waiting: 9,
      waitMs: 10_000,
      failuresToOpen: 11,
      openMs: 12_000,
    });
    expect(Object.keys(layer.gate ?? {}).toSorted()).toEqual(Object.keys(GATE_DEFAULTS).toSorted());
  });

  test("a file's messages: name the flag, the setting and its place, so that a missing file is found", () => {
    const [cluster] = layerOf(CLUSTER).clusters ?? [];
    expect(cluster?.awsAuth?.value.flag).toBe("clusters[0].awsAuth (/etc/iamgate/iamgate.yaml:1:33)");
  });

  test("unknown settings: are each refused at their place, with the nearest that there is", () => {
    expect(problemsIn(`${CLUSTER}lisen: x\ngate: { lifetme: 1s }\nzzz: 1\n__proto__: 1\nconstructor: 1\n`)).toEqual([
      '2:1: setting "lisen": there is none of that name | did you mean listen? here are clusters, listen, operations, stateDir, drain, tls, sts, gate',
      expect.stringMatching(
        /^3:9: setting "gate.lifetme": there is none of that name \| did you mean lifetime\? here are callsPer/,
      ),
      expect.stringMatching(/^4:1: setting "zzz": there is none of that name \| here are clusters/),
      expect.stringMatching(/^5:1: setting "__proto__": there is none of that name/),
      expect.stringMatching(/^6:1: setting "constructor": there is none of that name/),
    ]);
  });

  test("missing settings: are told where they belong", () => {
    expect(problemsIn("listen: 127.0.0.1:1\n")).toEqual([
      "1:1: clusters: is missing | add clusters; docs/configuration.md tells every setting",
    ]);
    expect(problemsIn("clusters:\n  - id: prod\n")[0]).toContain("2:5: clusters[0].awsAuth: is missing | ");
    expect(problemsIn(`${CLUSTER}sts:\n  unsafeDial:\n    ca: x\n`)[0]).toContain(
      "4:5: sts.unsafeDial.address: is missing | ",
    );
  });

  test("unfit values: place, setting, value as written and what was expected", () => {
    const cases: [line: string, expected: string][] = [
      ["listen: 21362", '2:9: listen "21362": expected HOST:PORT with an IP address or localhost'],
      ["listen:", "2:1: listen: has no value, expected HOST:PORT"],
      ["listen: [1]", "2:9: listen: expected HOST:PORT"],
      ["operations: no", '2:13: operations "no": expected HOST:PORT with an IP address or localhost'],
      ["stateDir: ''", "2:11: stateDir: expected a directory's path"],
      [
        'stateDir: "a\\u0007b"',
        String.raw`2:11: stateDir "a\u0007b": expected a directory's path without control characters`,
      ],
      [
        "drain: 10",
        '2:8: drain "10": expected a whole number and a unit (ms, s, m or h), for example 10s, from 0s to 1h',
      ],
      ["drain: 2h", '2:8: drain "2h": expected'],
      ["tls: yes", '2:6: tls "yes": expected a mapping with cert and key, or clientCa'],
      ["sts: { partition: AWS }", '2:19: sts.partition "AWS": expected one of aws, aws-cn'],
      ["sts: { regions: [us-east-1, nowhere] }", '2:29: sts.regions[1] "nowhere": expected a region such as eu-west-9'],
      ["sts: { regions: eu-west-9 }", '2:17: sts.regions "eu-west-9": expected a list'],
      ["sts: { hosts: [STS.example.com] }", '2:16: sts.hosts[0] "STS.example.com": expected a lower-case HOST[:PORT]'],
      ["sts: { futureSkew: 16m }", '2:20: sts.futureSkew "16m": expected a whole number and a unit'],
      ["gate: { pairs: 0 }", '2:16: gate.pairs "0": expected a whole number from 1 to 1048576'],
      ["gate: { pairs: 1.5 }", '2:16: gate.pairs "1.5": expected a whole number'],
      ["gate: { pairs: .inf }", '2:16: gate.pairs ".inf": expected a whole number'],
      ["gate: { callsInFlight: 241 }", '2:24: gate.callsInFlight "241": expected a whole number from 1 to 240'],
      ["gate: { lifetime: 61s }", '2:19: gate.lifetime "61s": expected a whole number and a unit'],
    ];
    for (const [line, expected] of cases) {
      const problems = problemsIn(`${CLUSTER}${line}\n`);
      expect(problems.length).toBe(1);
      expect(problems[0]).toContain(expected);
    }
  });

  test("clusters: the id is text, a path is one that a request can have and that nothing else is at", () => {
    const cases: [cluster: string, expected: string][] = [
      ["{ id: 123, awsAuth: a }", '1:18: clusters[0].id "123": expected a name'],
      ["{ id: a  b, awsAuth: a }", '1:18: clusters[0].id "a  b": expected a name'],
      ["{ id: a, awsAuth: a, path: authenticate }", '1:39: clusters[0].path "authenticate": expected a path'],
      ["{ id: a, awsAuth: a, path: /a/../b }", 'clusters[0].path "/a/../b"'],
      ["{ id: a, awsAuth: a, path: /a/ }", 'clusters[0].path "/a/"'],
      ["{ id: a, awsAuth: a, path: /metrics }", 'clusters[0].path "/metrics"'],
      ["{ id: a, awsAuth: a, path: /a?b }", 'clusters[0].path "/a?b"'],
      ["3", '1:12: clusters[0] "3": expected a mapping with id and awsAuth'],
    ];
    for (const [cluster, expected] of cases) expect(problemsIn(`clusters: [${cluster}]\n`)[0]).toContain(expected);
    expect(problemsIn("clusters: []\n")[0]).toContain("1:11: clusters: expected a list of clusters");
    expect(problemsIn("clusters: prod\n")[0]).toContain('1:11: clusters "prod": expected a list of clusters');
  });

  test("no YAML: is told by place and kind of error, never by a word of the file, which may be a secret's", () => {
    const canary = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY";
    const files = [
      `[default]\naws_secret_access_key = ${canary}\n`,
      `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----\n`,
      `"${canary}`,
      `users: [{ user: { token: ${canary} } }]\n`,
      `a: &${canary} [*${canary}]`,
      `a: *${canary}`,
      `a: !${canary} 1`,
      canary,
    ];
    for (const file of files) expect(problemsIn(file).join("\n")).not.toContain(canary);
    expect(problemsIn("listen: [a")).toEqual([
      "1:11: no valid YAML (bad indent) | correct the syntax there; a file is one YAML document",
    ]);
    expect(problemsIn(`${CLUSTER}listen: a:1\nlisten: b:1\n`)[0]).toContain("3:1: no valid YAML (duplicate key)");
    expect(problemsIn(`${CLUSTER}---\nb: 1\n`)[0]).toContain("no valid YAML (multiple docs)");
  });

  test("hostile files: too deep, too large, expanding without end, self-containing: refused, quickly", () => {
    const bomb = [
      "a: &a [1,1,1,1,1,1,1,1,1]",
      ..."bcdefgh"
        .split("")
        .map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefgh"[at]}`).join()}]`),
    ];
    for (const file of [
      "[".repeat(100_000),
      "{a: ".repeat(50_000),
      "- ".repeat(100_000),
      `a: ${"x".repeat(1_100_000)}`,
      bomb.join("\n"),
      "clusters: &a [*a]",
      "clusters: &a { id: *a }",
      "# nothing",
      "- 1",
      "text",
      "? [a]\n: b",
    ]) {
      const startedAt = performance.now();
      expect(problemsIn(file).length).toBeGreaterThan(0);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }
  });

  test("aliases and merge keys: are followed", () => {
    const layer = layerOf("sts: { hosts: [&h sts.example.com] }\nclusters: [{ id: *h, awsAuth: x }]\n");
    expect(layer.clusters?.[0]?.id?.value).toBe("sts.example.com");
  });

  test("any text: is read or told with a place in it, never anything else", () => {
    const word = fc.constantFrom(
      "clusters:",
      "\n",
      "  ",
      "- ",
      "id: a",
      "awsAuth: b",
      "listen: ",
      "127.0.0.1:1",
      "gate:",
      "pairs: 3",
      "{",
      "}",
      "[",
      "]",
      "&a ",
      "*a",
      "? ",
      ": ",
      "|",
      ">",
      "'",
      '"',
      "#",
      "!!js ",
      "%",
      "---",
      "\t",
      "\r",
      "sts:",
      "null",
      "~",
      "<<: *a",
      "0x1",
      "10s",
      "\u2028",
      "\ud800",
      "__proto__: 1",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 30 }).map((words) => words.join("")),
        ),
        (text) => {
          const read = readIamgateFile(text, "x.yaml");
          if (read.ok) return;
          for (const { place, hint } of read.problems) {
            expect(place).toMatch(/^x\.yaml:[1-9]\d*:[1-9]\d*$/);
            expect(hint).not.toBe("");
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("any settings that fit: come out as they went in", () => {
    const address = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 65_535 })).map(([host, port]) => ({ host, port }));
    const settings = fc.record({
      id: fc.stringMatching(/^[ -~]{1,30}$/).filter((id) => id.trim() === id && !/ {2}/.test(id)),
      listen: address,
      pairs: fc.integer({ min: 1, max: 1_048_576 }),
      drain: fc.integer({ min: 0, max: 3_600_000 }),
    });
    fc.assert(
      fc.property(settings, ({ id, listen, pairs, drain }) => {
        const layer = layerOf(
          `clusters: [{ id: ${JSON.stringify(id)}, awsAuth: x }]\nlisten: ${listen.host}:${listen.port}\ngate: { pairs: ${pairs} }\ndrain: ${formatDuration(drain)}\n`,
        );
        expect(layer.clusters?.[0]?.id?.value).toBe(id);
        expect(layer.listen?.value).toEqual(listen);
        expect(layer.gate?.pairs).toBe(pairs);
        expect(layer.drainSeconds?.value).toBe(drain / 1000);
      }),
    );
  });
});

/** Every setting of the schema, as documentation names it: `clusters[].id`. */
function settingsOf(schema: unknown, prefix = ""): readonly string[] {
  const { wrapped, entries, item } = schema as { wrapped?: unknown; entries?: Record<string, unknown>; item?: unknown };
  if (wrapped !== undefined) return settingsOf(wrapped, prefix);
  if (item !== undefined) return settingsOf(item, `${prefix}[]`);
  return Object.entries(entries ?? {}).flatMap(([name, inner]) => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    return [path, ...settingsOf(inner, path)];
  });
}

const SETTINGS = settingsOf(CONFIG_SCHEMA);

describe("docs/configuration.md", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../../docs/configuration.md"), "utf8");
  const entries = new Map(
    text.split(/^(?=#{2,3} )/m).flatMap((section): [string, string][] => {
      const [, name] = /^### `([^`]+)`\n/.exec(section) ?? [];
      return name === undefined ? [] : [[name, section]];
    }),
  );

  test("has an entry for each setting, and none for what is no setting", () => {
    expect([...entries.keys()]).toEqual(SETTINGS);
  });

  test("names each default as it is", () => {
    const defaults = new Map([
      ["listen", DEFAULTS.listen],
      ["operations", DEFAULTS.operations],
      ["drain", `${DEFAULTS.drainSeconds}s`],
      ["sts.partition", DEFAULTS.partition],
      ["sts.futureSkew", formatDuration(DEFAULTS.futureSkewSeconds * 1000)],
      ...Object.entries(GATE_DEFAULTS).map(([name, value]: [string, number]): [string, string] =>
        name.endsWith("Ms") ? [`gate.${name.slice(0, -2)}`, formatDuration(value)] : [`gate.${name}`, `${value}`],
      ),
    ]);
    for (const [name, value] of defaults) expect(entries.get(name)).toContain(`Default: \`${value}\`.`);
  });

  test("its example is one", () => {
    const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
    expect(layerOf(example).clusters?.length).toBe(1);
  });
});

describe("the example that init writes", () => {
  const example = exampleConfig({ clusterId: 'a "b"', awsAuth: "x", listen: "127.0.0.1:1", stateDir: "/s p" });

  test("is read as what it was written for", () => {
    expect(layerOf(example)).toMatchObject({
      clusters: [{ id: { value: 'a "b"' } }],
      stateDir: { value: "/s p" },
    });
  });

  test("shows every setting: with its comments taken in it is right still, and defaults are defaults", () => {
    const all = example.replaceAll(/^( *)# ( *(?:- |[a-zA-Z]+:(?: \S|$)))/gm, (line, indent: string, rest: string) =>
      /^# (?:Settings|docs|UNSAFE)/.test(line) ? line : `${indent}${rest}`,
    );
    const layer = layerOf(all);
    expect(layer.gate).toEqual(GATE_DEFAULTS);
    expect(layer).toMatchObject({
      drainSeconds: { value: DEFAULTS.drainSeconds },
      futureSkewSeconds: { value: DEFAULTS.futureSkewSeconds },
      dialCa: { value: "/etc/iamgate/sts-ca.pem" },
    });
    for (const name of SETTINGS) expect(all).toContain(`${name.split(".").at(-1)?.replace("[]", "")}:`);
  });
});
