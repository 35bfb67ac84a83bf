import { describe, expect, test } from "vitest";
import { judgeStsAnswer, type StsAnswer } from "./judge-answer.ts";

const IDENTITY = { Account: "111122223333", Arn: "arn:aws:iam::111122223333:user/alice", UserId: "AIDAEXAMPLE" };
const GOOD = {
  GetCallerIdentityResponse: { GetCallerIdentityResult: IDENTITY, ResponseMetadata: { RequestId: "r" } },
};

function answer(status: number, body: unknown, headers: Partial<StsAnswer> = {}): StsAnswer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const bytes = new TextEncoder().encode(text);
  return { status, contentType: "application/json", contentEncoding: null, body: bytes, ...headers };
}

const stsError = (status: number, Code: string, Message = "m"): StsAnswer =>
  answer(status, { Error: { Code, Message, Type: "Sender" }, RequestId: "r" });

describe("judgeStsAnswer: what STS confirms", () => {
  test("200 with account, ARN and user id: the identity", () => {
    expect(judgeStsAnswer(answer(200, GOOD))).toEqual({
      ok: true,
      account: IDENTITY.Account,
      arn: IDENTITY.Arn,
      userId: IDENTITY.UserId,
    });
  });

  test("content type with a charset: taken", () => {
    expect(judgeStsAnswer(answer(200, GOOD, { contentType: "application/json; charset=utf-8" })).ok).toBe(true);
  });
});

describe("judgeStsAnswer: what STS refuses", () => {
  // Statuses and codes of sts.md.
  const table: readonly (readonly [number, string, string, string])[] = [
    [403, "SignatureDoesNotMatch", "The request signature we calculated…", "signature-does-not-match"],
    [403, "SignatureDoesNotMatch", "Signature expired: 20220127T001427Z is now earlier than …", "signature-expired"],
    [403, "SignatureDoesNotMatch", "Signature not yet current: 20220127T001427Z …", "signature-not-yet-current"],
    [403, "InvalidClientTokenId", "m", "invalid-client-token-id"],
    [403, "ExpiredToken", "m", "expired-token"],
    [403, "RegionDisabledException", "m", "region-disabled"],
    [403, "AccessDenied", "m", "access-denied"],
    [403, "SomethingNew", "m", "refused-by-sts"],
  ];
  for (const [status, code, message, reason] of table) {
    test(`${status} ${code} "${message.slice(0, 24)}": ${reason}`, () => {
      expect(judgeStsAnswer(stsError(status, code, message))).toMatchObject({ ok: false, stage: "sts", reason });
    });
  }
});

describe("judgeStsAnswer: what says nothing about the signer is a fault", () => {
  const faults: readonly (readonly [string, StsAnswer, string])[] = [
    ["400 Throttling", stsError(400, "Throttling", "Rate exceeded"), "sts-throttled"],
    ["403 Throttling", stsError(403, "ThrottlingException"), "sts-throttled"],
    ["429", stsError(429, "TooManyRequestsException"), "sts-throttled"],
    ["500", answer(500, ""), "sts-unavailable"],
    ["503 with an error document", stsError(503, "ServiceUnavailable"), "sts-unavailable"],
    ["302", answer(302, "", { contentType: null }), "sts-redirected"],
    ["307 to elsewhere", answer(307, "", { contentType: "text/html" }), "sts-redirected"],
    ["400 of another code", stsError(400, "ValidationError"), "sts-malformed-answer"],
    ["403 of a proxy, in HTML", answer(403, "<html>", { contentType: "text/html" }), "sts-malformed-answer"],
    ["403 without a code", answer(403, { Error: {} }), "sts-malformed-answer"],
    ["204", answer(204, ""), "sts-malformed-answer"],
    ["201 with an identity", answer(201, GOOD), "sts-malformed-answer"],
    ["202 with an error document", stsError(202, "SignatureDoesNotMatch"), "sts-malformed-answer"],
    ["200 with an error document", stsError(200, "InvalidClientTokenId"), "sts-malformed-answer"],
    [
      "200 with two content types",
      answer(200, GOOD, { contentType: "application/json, text/html" }),
      "sts-malformed-answer",
    ],
    ["200 with a byte order mark", answer(200, `\ufeff${JSON.stringify(GOOD)}`), "sts-malformed-answer"],
    ["200 with two documents", answer(200, JSON.stringify(GOOD).repeat(2)), "sts-malformed-answer"],
    [
      "200 with an Arn twice",
      answer(200, JSON.stringify(GOOD).replace('"Arn":', '"Arn":"arn:aws:iam::111122223333:root","Arn":')),
      "sts-malformed-answer",
    ],
    [
      "200 with an Arn twice, once escaped",
      answer(200, JSON.stringify(GOOD).replace('"Arn":', '"\\u0041rn":"arn:aws:iam::111122223333:root","Arn":')),
      "sts-malformed-answer",
    ],
    ["200 without a user id", answer(200, JSON.stringify(GOOD).replace("UserId", "UserID")), "sts-malformed-answer"],
    ["200 in XML", answer(200, "<GetCallerIdentityResponse/>", { contentType: "text/xml" }), "sts-malformed-answer"],
    ["200 without a content type", answer(200, GOOD, { contentType: null }), "sts-malformed-answer"],
    ["200 as application/jsonp", answer(200, GOOD, { contentType: "application/jsonp" }), "sts-malformed-answer"],
    ["200 compressed", answer(200, GOOD, { contentEncoding: "gzip" }), "sts-malformed-answer"],
    ["200 that is not UTF-8", answer(200, "", { body: Uint8Array.of(0x7b, 0xff, 0x7d) }), "sts-malformed-answer"],
    ["200 cut off", answer(200, JSON.stringify(GOOD).slice(0, -3)), "sts-malformed-answer"],
    ["200 empty", answer(200, ""), "sts-malformed-answer"],
    ["200 null", answer(200, "null"), "sts-malformed-answer"],
    [
      "200 with an account twice",
      answer(200, JSON.stringify(GOOD).replace("{", '{"GetCallerIdentityResponse":{},')),
      "sts-malformed-answer",
    ],
    [
      "200 with keys in another case",
      answer(200, JSON.stringify(GOOD).replace('"Arn"', '"ARN"')),
      "sts-malformed-answer",
    ],
    ["200 with the result at the top", answer(200, { GetCallerIdentityResult: IDENTITY }), "sts-malformed-answer"],
    [
      "200 with a numeric account",
      answer(200, JSON.stringify(GOOD).replace('"111122223333"', "111122223333")),
      "sts-malformed-answer",
    ],
    ["200 with a list", answer(200, [GOOD]), "sts-malformed-answer"],
  ];
  for (const [name, given, code] of faults) {
    test(`${name}: ${code}`, () => {
      expect(() => judgeStsAnswer(given)).toThrow(expect.objectContaining({ name: "WebhookFault", code }));
    });
  }

  test("details: nothing of STS's text is quoted", () => {
    for (const given of [stsError(403, "SignatureDoesNotMatch", "canary"), stsError(403, "canary")]) {
      expect(JSON.stringify(judgeStsAnswer(given))).not.toContain("canary");
    }
    expect(() => judgeStsAnswer(stsError(400, "canary"))).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("canary") }),
    );
  });
});
