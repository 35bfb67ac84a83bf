import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAddress, isWildcard, parseDialAddress, parseListenAddress } from "./address.ts";

describe("parseListenAddress", () => {
  test("IP addresses and localhost, with a port from 0 to 65535", () => {
    expect(parseListenAddress("127.0.0.1:0")).toEqual({ host: "127.0.0.1", port: 0 });
    expect(parseListenAddress("[::1]:8443")).toEqual({ host: "::1", port: 8443 });
    expect(parseListenAddress("localhost:65535")).toEqual({ host: "localhost", port: 65_535 });
  });

  test("anything else is none", () => {
    const others = ["", "8443", ":8443", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:08", "127.0.0.1:-1"];
    const more = [
      "example.com:1",
      "::1:8443",
      "[127.0.0.1]:1",
      "[::1]",
      "127.0.0.1:1 ",
      "0x7f.1:1",
      "127.1:1",
      "[fe80::1%lo]:1",
    ];
    expect([...others, ...more].filter((text) => parseListenAddress(text) !== undefined)).toEqual([]);
  });

  test("what parses: is written the same again", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().map((ip) => `[${ip}]`),
        ),
        fc.integer({ min: 0, max: 65_535 }),
        (host, port) => {
          const address = parseListenAddress(`${host}:${port}`);
          return address !== undefined && formatAddress(address) === `${host}:${port}`;
        },
      ),
    );
  });
});

describe("parseDialAddress", () => {
  test("names too, but not port 0 and not what looks like an address and is none", () => {
    expect(parseDialAddress("sts.internal:443")).toEqual({ host: "sts.internal", port: 443 });
    const others = ["sts.internal:0", "10.0.0.300:1", "a..b:1", "-a:1", "a-:1", "a b:1", "user@host:1", "a/b:1"];
    expect(others.filter((text) => parseDialAddress(text) !== undefined)).toEqual([]);
  });
});

describe("isWildcard", () => {
  test("every spelling of the unspecified address", () => {
    expect(["0.0.0.0", "::", "0:0:0:0:0:0:0:0", "::1", "127.0.0.1", "10.0.0.0"].map(isWildcard)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
