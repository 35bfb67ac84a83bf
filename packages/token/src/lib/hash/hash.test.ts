import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as node from "./node.ts";
import * as portable from "./portable.ts";

/** What both implementations promise; each is held to it alone, so their key types never mix. */
interface Hash<Key> {
  readonly prepareKey: (key: string | Uint8Array) => Key;
  readonly hmac: (key: Key, data: string | Uint8Array) => Uint8Array;
  readonly hmacHex: (key: Key, data: string | Uint8Array) => string;
  readonly sha256Hex: (data: string | Uint8Array) => string;
  readonly constantTimeEqual: (left: string, right: string) => boolean;
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

// FIPS 180-4 examples, and the cases of RFC 4231 that fit one line.
const DIGESTS: readonly (readonly [input: string, digest: string])[] = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
];
const MACS: readonly (readonly [key: string | Uint8Array, data: string, mac: string])[] = [
  [new Uint8Array(20).fill(0x0b), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  ["Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
  [
    new Uint8Array(131).fill(0xaa),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
];

conforms("node", node);
conforms("portable", portable);

function conforms<Key>(name: string, hash: Hash<Key>): void {
  describe(`hash (${name})`, () => {
    test("sha256Hex: agrees with FIPS 180-4, for strings and for bytes", () => {
      for (const [input, digest] of DIGESTS) {
        expect(hash.sha256Hex(input)).toBe(digest);
        expect(hash.sha256Hex(ascii(input))).toBe(digest);
      }
    });

    test("hmac: agrees with RFC 4231, as bytes and as hex", () => {
      for (const [key, data, mac] of MACS) {
        const prepared = hash.prepareKey(key);
        expect(hash.hmacHex(prepared, data)).toBe(mac);
        expect(hex(hash.hmac(prepared, ascii(data)))).toBe(mac);
      }
    });

    test("prepareKey: one key serves many calls", () => {
      const key = hash.prepareKey("Jefe");
      const first = hash.hmacHex(key, "one");
      expect(hash.hmacHex(key, "two")).not.toBe(first);
      expect(hash.hmacHex(key, "one")).toBe(first);
    });

    test("strings: stand for their UTF-8 bytes", () => {
      expect(hash.sha256Hex("clé-世界")).toBe(hash.sha256Hex(ascii("clé-世界")));
      expect(hash.hmacHex(hash.prepareKey("clé"), "世")).toBe(hash.hmacHex(hash.prepareKey(ascii("clé")), ascii("世")));
    });

    test("constantTimeEqual: true for equal strings only", () => {
      expect(hash.constantTimeEqual("abc", "abc")).toBe(true);
      expect(hash.constantTimeEqual("", "")).toBe(true);
      expect(hash.constantTimeEqual("abc", "abd")).toBe(false);
      expect(hash.constantTimeEqual("abc", "ab")).toBe(false);
      expect(hash.constantTimeEqual("é", "e")).toBe(false);
    });
  });
}

describe("hash", () => {
  test("implementations: agree on any key and any data", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.string({ unit: "grapheme" }), (key, data) => {
        expect(portable.sha256Hex(data)).toBe(node.sha256Hex(data));
        expect(portable.hmacHex(portable.prepareKey(key), data)).toBe(node.hmacHex(node.prepareKey(key), data));
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });
});
