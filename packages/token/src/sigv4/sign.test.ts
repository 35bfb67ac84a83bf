import { describe, expect, test } from "vitest";
import { presign, type PresignOptions, type RequestToSign, signRequest } from "./index.ts";

const SECRET = "canary/secret+access+key";
const SESSION_TOKEN = "canary/session+token==";
const HOST = "sts.us-west-2.amazonaws.com";
const OPTIONS: PresignOptions = {
  credentials: { accessKeyId: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: SECRET, sessionToken: SESSION_TOKEN },
  region: "us-west-2",
  service: "sts",
  now: Date.UTC(2026, 10, 22, 12, 0, 0),
  expiresSeconds: 60,
};
const REQUEST: RequestToSign = {
  host: HOST,
  query: [
    ["Action", "GetCallerIdentity"],
    ["Version", "2011-06-15"],
  ],
  headers: { "x-k8s-aws-id": "prod" },
};

describe("presign", () => {
  test("parameters: in boto3's order", () => {
    const names = [...new URL(presign(REQUEST, OPTIONS)).searchParams.keys()];
    expect(names).toEqual([
      "Action",
      "Version",
      "X-Amz-Algorithm",
      "X-Amz-Credential",
      "X-Amz-Date",
      "X-Amz-Expires",
      "X-Amz-SignedHeaders",
      "X-Amz-Security-Token",
      "X-Amz-Signature",
    ]);
  });

  test("the same twice: the same URL; another secret under the same key id: another signature", () => {
    const other = { ...OPTIONS, credentials: { ...OPTIONS.credentials, secretAccessKey: `${SECRET}x` } };
    const url = presign(REQUEST, OPTIONS);
    expect(presign(REQUEST, other)).not.toBe(url);
    expect(presign(REQUEST, OPTIONS)).toBe(url);
  });

  test("a thousand scopes: each signed with its own key, also after the earlier ones were forgotten", () => {
    const urls = Array.from({ length: 1000 }, (_, day) => presign(REQUEST, { ...OPTIONS, now: day * 86_400_000 }));
    expect(new Set(urls.map((url) => url.slice(-64))).size).toBe(1000);
    expect(presign(REQUEST, { ...OPTIONS, now: 0 })).toBe(urls[0] ?? "");
  });

  test.each([-1, 1.5, 604_801, Number.NaN])("expiresSeconds %d: RangeError", (expiresSeconds) => {
    expect(() => presign(REQUEST, { ...OPTIONS, expiresSeconds })).toThrow(RangeError);
  });

  test.each(["", "sts.example.com/", "user@sts.example.com", "sts.example.com?x", "a b", "é.example.com", "h:123456"])(
    "host %j: TypeError",
    (host) => {
      expect(() => presign({ ...REQUEST, host }, OPTIONS)).toThrow(TypeError);
    },
  );

  test.each(["clusters", "/a b", "/a?b", "/a#b", "/é"])("path %j: TypeError", (path) => {
    expect(() => presign({ ...REQUEST, path }, OPTIONS)).toThrow(TypeError);
  });

  test.each(["a\nb", "a\r", "\0", "\ud800"])("header value %j: TypeError", (value) => {
    expect(() => presign({ ...REQUEST, headers: { "x-k8s-aws-id": value } }, OPTIONS)).toThrow(TypeError);
  });

  test("host among the headers, or a header in two cases: TypeError", () => {
    expect(() => presign({ ...REQUEST, headers: { Host: HOST } }, OPTIONS)).toThrow(TypeError);
    expect(() => presign({ ...REQUEST, headers: { "x-a": "1", "X-A": "2" } }, OPTIONS)).toThrow(TypeError);
  });

  test("a parameter that signing sets, or a lone surrogate: TypeError", () => {
    expect(() => presign({ ...REQUEST, query: [["X-Amz-Date", "x"]] }, OPTIONS)).toThrow(TypeError);
    expect(() => presign({ ...REQUEST, query: [["a", "\udfff"]] }, OPTIONS)).toThrow(TypeError);
  });

  test.each([{ region: "us west" }, { region: "" }, { service: "s/t" }])("%j: TypeError", (scope) => {
    expect(() => presign(REQUEST, { ...OPTIONS, ...scope })).toThrow(TypeError);
  });

  test("credentials that cannot sign: TypeError that quotes none of them", () => {
    const { credentials } = OPTIONS;
    for (const wrong of [
      { ...credentials, secretAccessKey: "" },
      { ...credentials, sessionToken: "" },
      { ...credentials, sessionToken: `${SESSION_TOKEN}\ud800` },
      // Swapped.
      { ...credentials, accessKeyId: SECRET, secretAccessKey: credentials.accessKeyId },
    ]) {
      const message = messageOf(() => presign(REQUEST, { ...OPTIONS, credentials: wrong }));
      expect(message).toMatch(/^sign: /);
      expect(message).not.toContain("canary");
    }
  });
});

describe("signRequest", () => {
  test("the AWS documentation's example: its very signature", () => {
    // "Create a signed AWS API request" of the IAM User Guide, and get-vanilla of the Signature Version 4 test suite.
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
    const now = Date.UTC(2015, 7, 30, 12, 36, 0);
    const headers = signRequest(
      { host: "example.amazonaws.com" },
      { credentials, region: "us-east-1", service: "service", now },
    );
    expect(headers).toEqual({
      Authorization:
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
        "SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
      "X-Amz-Date": "20150830T123600Z",
    });
  });

  test("a session token: sent and signed", () => {
    const headers = signRequest(REQUEST, OPTIONS);
    expect(headers["X-Amz-Security-Token"]).toBe(SESSION_TOKEN);
    expect(headers.Authorization).toContain("SignedHeaders=host;x-amz-date;x-amz-security-token;x-k8s-aws-id,");
  });

  test("a date given by the caller: TypeError", () => {
    expect(() => signRequest({ ...REQUEST, headers: { "x-amz-date": "x" } }, OPTIONS)).toThrow(TypeError);
  });
});

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}
