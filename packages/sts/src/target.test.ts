import { describe, expect, test } from "vitest";
import { targetOf } from "./target.ts";

describe("targetOf", () => {
  test.each([
    ["https://sts.amazonaws.com/?a=%2f+b", "sts.amazonaws.com", "/", "a=%2f+b"],
    ["http://127.0.0.1:8443?a", "127.0.0.1:8443", "/", "a"],
    ["https://sts.amazonaws.com", "sts.amazonaws.com", "/", ""],
    ["https://sts.amazonaws.com/x/../y?b?c", "sts.amazonaws.com", "/x/../y", "b?c"],
    ["https://sts.amazonaws.com/?a=1#b&c", "sts.amazonaws.com", "/", "a=1"],
    ["https://sts.amazonaws.com/#?a=1", "sts.amazonaws.com", "/", ""],
    // What Bun.serve gives where the Host header is no host.
    ["/?a=1", "", "/", "a=1"],
    ["//x/?a=1", "", "//x/", "a=1"],
    ["", "", "/", ""],
  ])("%j: taken apart as it stands", (url, authority, path, rawQuery) => {
    expect(targetOf(url)).toEqual({ authority, path, rawQuery });
  });
});
