import { describe, expect, test } from "vitest";
import { readAnswer } from "./answer.ts";

function answer(status: string, body: string, headers = `Content-Length: ${body.length}\r\n`): Buffer {
  return Buffer.from(`HTTP/1.1 ${status}\r\n${headers}\r\n${body}`);
}

describe("readAnswer", () => {
  test.each([
    ["iamgate grants", answer("200 OK", '{"status":{"authenticated":true}}'), "granted"],
    ["iamgate refuses", answer("200 OK", '{"status":{"authenticated":false}}'), "refused"],
    ["Go refuses", answer("403 Forbidden", '{"status":{"user":{}}}'), "refused"],
    ["a fault", answer("503 Service Unavailable", "not available\n"), "failed"],
    ["200 without a verdict", answer("200 OK", "{}"), "failed"],
    [
      "chunked",
      answer("200 OK", '5\r\n"authenticated":true\r\n0\r\n\r\n', "Transfer-Encoding: chunked\r\n"),
      "granted",
    ],
  ])("readAnswer: %s", (_name, bytes, outcome) => {
    expect(readAnswer(bytes)).toBe(outcome);
  });

  test("readAnswer: nothing before the last byte has come", () => {
    const whole = answer("200 OK", '{"status":{"authenticated":true}}');
    for (let length = 0; length < whole.length; length++) expect(readAnswer(whole.subarray(0, length))).toBeUndefined();
  });
});
