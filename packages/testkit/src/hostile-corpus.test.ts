import { readFileSync } from "node:fs";
import { join } from "node:path";
import { acceptedHosts, parseToken, readToken } from "@iamgate/token";
import { createSts, credentialsOf, parseIam } from "@iamgate/sts";
import { type AskSts, createAskSts, verifyToken } from "@iamgate/webhook";
import { describe, expect, test } from "vitest";
import { genuineParts, seeded, tokenOf, wrap } from "./genuine-token.ts";
import { HOSTILE_CLASSES } from "./hostile-classes.ts";

const TOKENS_PER_CLASS = 40;
const CLUSTER_ID = "corpus";
const NOW = Date.parse("2026-01-02T13:04:05Z");
const WHO = [
  "alice",
  "Developer/carol@example.com",
  "NodeInstanceRole/i-0123456789abcdef0",
  "federated-user/frank",
  "root",
];

const parsed = parseIam(readFileSync(join(import.meta.dir, "../../sts/iam.example.yaml"), "utf8"), "iam.example.yaml");
if (!parsed.ok) throw new Error(parsed.errors[0].message);
const { iam } = parsed;
const sts = createSts({ iam: () => iam, now: () => NOW, requestId: () => "r" });
const hosts = acceptedHosts({ partition: "aws" });

/** A verifier before the local STS, without sockets, that counts the calls. */
function countingVerifier(clusterId = CLUSTER_ID) {
  const counted = { calls: 0 };
  const askSts: AskSts = createAskSts({
    clusterId,
    fetch: (url, { method, headers }) => {
      counted.calls++;
      return sts(new Request(url, { method, headers }));
    },
    connect: () => Promise.resolve(),
    timeoutSignal: () => new AbortController().signal,
    now: () => NOW,
    userAgent: "test",
  });
  return { counted, verifier: { hosts, partition: "aws", askSts, now: () => NOW } };
}

function genuine(random: () => number, clusterId = CLUSTER_ID) {
  const who = WHO[Math.floor(random() * WHO.length)] ?? "alice";
  return genuineParts({ clusterId, credentials: credentialsOf(iam, who), now: NOW, random });
}

describe("the hostile corpus", () => {
  test("its size: at least 1,500 tokens in at least 24 classes, each of another name", () => {
    expect(HOSTILE_CLASSES.length).toBeGreaterThanOrEqual(24);
    expect(HOSTILE_CLASSES.length * TOKENS_PER_CLASS).toBeGreaterThanOrEqual(1_500);
    expect(new Set(HOSTILE_CLASSES.map(({ name }) => name)).size).toBe(HOSTILE_CLASSES.length);
  });

  for (const [index, { name, asksSts, spoil }] of HOSTILE_CLASSES.entries()) {
    test(`${name}: refused, and STS is asked ${asksSts}`, async () => {
      const random = seeded(index);
      for (let made = 0; made < TOKENS_PER_CLASS; made++) {
        const { counted, verifier } = countingVerifier();
        const token = spoil(genuine(random), random);
        const verdict = await verifyToken(token, verifier);
        expect([token, verdict.ok, counted.calls]).toEqual([token, false, asksSts === "once" ? 1 : 0]);
      }
    });
  }

  test("a token for another cluster: STS is asked once, and refuses it", async () => {
    const random = seeded(99);
    for (let made = 0; made < TOKENS_PER_CLASS; made++) {
      const { counted, verifier } = countingVerifier();
      const verdict = await verifyToken(tokenOf(genuine(random, "another-cluster")), verifier);
      expect(verdict).toMatchObject({ ok: false, reason: "signature-does-not-match" });
      expect(counted.calls).toBe(1);
    }
  });
});

describe("genuine tokens", () => {
  test("whoever signs, in whichever order, for whichever host: always confirmed, with one call", async () => {
    const random = seeded(7);
    for (let made = 0; made < 1_000; made++) {
      const { counted, verifier } = countingVerifier();
      const verdict = await verifyToken(tokenOf(genuine(random)), verifier);
      expect(verdict.ok).toBe(true);
      expect(counted.calls).toBe(1);
    }
  });
});

describe("100,000 mutated tokens", () => {
  test("reading never throws, and what is read reads the same when written again", () => {
    const random = seeded(2026);
    let taken = 0;
    for (let made = 0; made < 100_000; made++) {
      const token = mutated(tokenOf(genuine(random)), random);
      const read = readToken(token, { hosts, now: NOW });
      if (!read.ok) continue;
      taken++;
      const again = parseToken(wrap(`https://${read.authority}/?${read.query}`), hosts);
      expect(again).toEqual(read);
    }
    // Some changes hit the signature or the session token and leave a readable token: both ways are walked.
    expect(taken).toBeGreaterThan(1_000);
    expect(taken).toBeLessThan(90_000);
  });
});

/** One to three random bytes of the URL changed, dropped, doubled or swapped. */
function mutated(token: string, random: () => number): string {
  const bytes = Buffer.from(token.slice("k8s-aws-v1.".length), "base64url");
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
    const at = Math.floor(random() * bytes.length);
    const kind = random();
    if (kind < 0.4) bytes[at] = 0x20 + Math.floor(random() * 0x5f);
    else if (kind < 0.6) bytes[at] = Math.floor(random() * 256);
    else bytes.copyWithin(at, Math.floor(random() * bytes.length));
  }
  return `k8s-aws-v1.${bytes.toString("base64url")}`;
}
