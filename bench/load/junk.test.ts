import { acceptedHosts, readToken } from "@iamgate/token";
import { describe, expect, test } from "vitest";
import { junkTokens } from "./junk.ts";
import { makeTokens } from "./tokens.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const rules = { hosts: acceptedHosts(), now: NOW };

describe("junkTokens", () => {
  const [genuine = ""] = makeTokens("distinct", 1, NOW).list;
  const junk = junkTokens(genuine, NOW);

  test("junkTokens: 24 of them, all different", () => {
    expect(new Set(junk).size).toBe(24);
  });

  test("junkTokens: what they are made of is well-formed, they are refused without asking STS", () => {
    expect(readToken(genuine, rules).ok).toBe(true);
    expect(junk.filter((token) => readToken(token, rules).ok)).toEqual([]);
  });
});

describe("makeTokens", () => {
  test("makeTokens: distinct ones are, and come from many access keys", () => {
    const { list, cycles } = makeTokens("distinct", 5_000, NOW);
    expect(cycles).toBe(false);
    expect(new Set(list).size).toBe(5_000);
    const keys = list.map((token) => readToken(token, rules)).map((read) => (read.ok ? read.accessKeyId : read.reason));
    expect(new Set(keys).size).toBe(2_000);
  });

  test("makeTokens: a mix is nine parts known to one part new", () => {
    const { list } = makeTokens("mix", 10_000, NOW);
    expect(list.length).toBe(10_000);
    expect(new Set(list).size).toBe(100 + 1_000);
  });

  test("makeTokens: all junk is refused without asking STS", () => {
    const { list } = makeTokens("junk", 1, NOW);
    expect(list.filter((token) => readToken(token, rules).ok)).toEqual([]);
  });
});
