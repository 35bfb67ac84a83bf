import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oneLine, quote } from "./quote.ts";

describe("quote", () => {
  test("plain text: stays as it is, other scripts too", () => {
    expect(quote("/srv/größe/日本.yaml")).toBe('"/srv/größe/日本.yaml"');
  });

  test("hostile text: no escape sequence, line break or change of direction reaches the terminal", () => {
    expect(quote("a\u001b[2Jb\n\u202ec\u0085")).toBe(String.raw`"a\u001b[2Jb\u000a\u202ec\u0085"`);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
        (text) => !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(quote(text)),
      ),
    );
  });

  test("secrets: tokens, signatures and session tokens are left out", () => {
    const text = "k8s-aws-v1.c2VjcmV0 https://x/?X-Amz-Signature=abc123&X-Amz-Security-Token=FwoG%2F";
    expect(quote(text)).not.toMatch(/c2VjcmV0|abc123|FwoG/);
    expect(oneLine(text)).not.toMatch(/c2VjcmV0|abc123|FwoG/);
  });

  test("quotation marks and backslashes: are escaped, so that the quoting shows where the value ends", () => {
    expect(quote('C:\\a "b"')).toBe('"C:\\\\a \\"b\\""');
  });

  test("long text: is cut", () => {
    expect(quote("x".repeat(5_000)).length).toBeLessThan(110);
  });
});

describe("oneLine", () => {
  test("a text of several lines: becomes one", () => {
    expect(oneLine("first,\n   second")).toBe("first, second");
  });
});
