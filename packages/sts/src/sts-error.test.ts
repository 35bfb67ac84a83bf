import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AuditEvent, createSts, credentialsOf } from "./index.ts";
import {
  iam,
  NOW,
  MINUTE,
  HOST,
  ALICE,
  CAROL,
  JSON_ACCEPTED,
  sts,
  presignedUrl,
  presigned,
  authorized,
  answerOf,
  endless,
} from "../test/signed-requests.ts";

describe("errors", () => {
  const wrong =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
  const invalid = "The security token included in the request is invalid.";
  const url = presignedUrl();
  const carols = presignedUrl({ by: CAROL });
  const json = (text: string): Request => new Request(text, { headers: JSON_ACCEPTED });

  test.each<readonly [what: string, request: () => Request, status: number, code: string, text: string | RegExp]>([
    [
      "another secret",
      () => presigned({ by: { ...ALICE, secretAccessKey: "another-secret" } }),
      403,
      "SignatureDoesNotMatch",
      wrong,
    ],
    [
      "an altered parameter",
      () => json(url.replace("X-Amz-Expires=0", "X-Amz-Expires=1")),
      403,
      "SignatureDoesNotMatch",
      wrong,
    ],
    ["another host", () => json(url.replace(HOST, "127.0.0.1:8443")), 403, "SignatureDoesNotMatch", wrong],
    [
      "15 minutes old and more",
      () => presigned({ signedAt: NOW - 15 * MINUTE - 1000 }),
      403,
      "SignatureDoesNotMatch",
      "Signature expired: 20260115T114459Z is now earlier than 20260115T114500Z (20260115T120000Z - 15 min.)",
    ],
    [
      "15 minutes ahead and more",
      () => presigned({ signedAt: NOW + 15 * MINUTE + 1000 }),
      403,
      "SignatureDoesNotMatch",
      "Signature not yet current: 20260115T121501Z is still later than 20260115T121500Z (20260115T120000Z + 15 min.)",
    ],
    [
      "another host's region",
      () => presigned({ region: "us-east-1" }),
      403,
      "SignatureDoesNotMatch",
      "Credential should be scoped to a valid region. ",
    ],
    [
      "the global host, another region",
      () => presigned({ host: "sts.amazonaws.com" }),
      403,
      "SignatureDoesNotMatch",
      "Credential should be scoped to a valid region. ",
    ],
    [
      "another service",
      () => presigned({ service: "s3" }),
      403,
      "SignatureDoesNotMatch",
      "Credential should be scoped to correct service: 'sts'. ",
    ],
    [
      "an unknown key",
      () => presigned({ by: { ...ALICE, accessKeyId: "AKIANOBODYEXAMPLE001" } }),
      403,
      "InvalidClientTokenId",
      invalid,
    ],
    [
      "an inactive key",
      () =>
        presigned({
          by: { accessKeyId: "AKIAALICEEXAMPLE0002", secretAccessKey: "fake/secret+of+alice/000000000001EXAMPLE" },
        }),
      403,
      "InvalidClientTokenId",
      invalid,
    ],
    [
      "a session without its token",
      () => presigned({ by: { accessKeyId: CAROL.accessKeyId, secretAccessKey: CAROL.secretAccessKey } }),
      403,
      "InvalidClientTokenId",
      invalid,
    ],
    [
      "a session with another token",
      () => presigned({ by: { ...CAROL, sessionToken: "another-token" } }),
      403,
      "InvalidClientTokenId",
      invalid,
    ],
    [
      "a user with a session token",
      () => presigned({ by: { ...ALICE, sessionToken: "a-token" } }),
      403,
      "InvalidClientTokenId",
      invalid,
    ],
    [
      "another partition's key",
      () => presigned({ by: credentialsOf(iam, "mei") }),
      403,
      "InvalidClientTokenId",
      invalid,
    ],
    [
      "no signature",
      () => json(`https://${HOST}/?Action=GetCallerIdentity&Version=2011-06-15`),
      403,
      "MissingAuthenticationToken",
      "Request is missing Authentication Token",
    ],
    [
      "both forms at once",
      () => new Request(carols, { headers: { ...Object.fromEntries(authorized().headers), ...JSON_ACCEPTED } }),
      400,
      "IncompleteSignature",
      /both an Authorization header and a signature/,
    ],
    [
      "parameters in another case",
      () => json(url.replace("X-Amz-Date", "x-amz-date")),
      400,
      "IncompleteSignature",
      "parameter X-Amz-Date is missing",
    ],
    [
      "an unknown action",
      () =>
        presigned({
          query: [
            ["Action", "GetFederationTokens"],
            ["Version", "2011-06-15"],
          ],
        }),
      400,
      "InvalidAction",
      "Could not find operation GetFederationTokens for version 2011-06-15",
    ],
    [
      "no version",
      () => presigned({ query: [["Action", "GetCallerIdentity"]] }),
      400,
      "InvalidAction",
      "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED",
    ],
    [
      "an action twice",
      () => json(`${url}&Action=GetCallerIdentity`),
      404,
      "MalformedQueryString",
      "A parameter is given more than once",
    ],
    [
      "an unfinished escape",
      () => json(`${url}&a=%`),
      404,
      "MalformedQueryString",
      "A parameter is not percent-encoded UTF-8",
    ],
    ["another path", () => json(url.replace("/?", "/sts?")), 404, "UnknownOperationException", "STS answers at / only"],
    [
      "another method",
      () => new Request(url, { method: "PUT", headers: JSON_ACCEPTED }),
      405,
      "MethodNotAllowed",
      "STS takes GET and POST",
    ],
    [
      "a body over 64 KiB",
      () => new Request(url, { method: "POST", body: new Uint8Array(65_537), headers: JSON_ACCEPTED }),
      413,
      "RequestEntityTooLarge",
      /65536/,
    ],
    [
      "an endless body",
      () => new Request(url, { method: "POST", body: endless(), headers: JSON_ACCEPTED }),
      413,
      "RequestEntityTooLarge",
      /65536/,
    ],
    [
      "a form that is no UTF-8",
      () =>
        new Request(url, {
          method: "POST",
          body: new Uint8Array([0xff]),
          headers: { ...JSON_ACCEPTED, "content-type": "application/x-www-form-urlencoded" },
        }),
      404,
      "MalformedQueryString",
      "The body is not UTF-8",
    ],
    [
      "an altered body",
      () =>
        new Request(`https://${HOST}/`, {
          method: "POST",
          body: "Action=GetCallerIdentity&Version=2011-06-15&a=",
          headers: authorized("Action=GetCallerIdentity&Version=2011-06-15").headers,
        }),
      403,
      "SignatureDoesNotMatch",
      wrong,
    ],
  ])("%s: AWS's status, code and text", async (_, request, status, code, text) => {
    const answer = await answerOf(request());
    expect(answer).toMatchObject({ status, code });
    if (typeof text === "string") expect(answer.text).toBe(text);
    else expect(answer.text).toMatch(text);
  });

  test("an expired session: ExpiredToken, from the very moment of its expiration", async () => {
    const by = credentialsOf(iam, "Developer/dave@example.com");
    const expiration = by.expiration?.getTime() ?? Number.NaN;
    for (const [now, status] of [
      [expiration - 1, 200],
      [expiration, 403],
    ] as const) {
      const at = createSts({ iam: () => iam, now: () => now, requestId: () => "r" });
      const response = await at(presigned({ by, signedAt: now }));
      expect(response.status).toBe(status);
      if (status === 403) {
        expect(await response.json()).toEqual({
          Error: {
            Code: "ExpiredToken",
            Message: "The security token included in the request is expired",
            Type: "Sender",
          },
          RequestId: "r",
        });
      }
    }
  });

  test("XML: AWS's shape, and nothing of the request in it unescaped", async () => {
    const response = await sts(new Request(`https://${HOST}/?Action=%3Cb%3E%26%00%EF%BF%BE&Version=1`));
    expect(response.status).toBe(400);
    expect(await response.text()).toBe(
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n' +
        "    <Code>InvalidAction</Code>\n    <Message>Could not find operation &lt;b&gt;&amp;\ufffd\ufffd for version 1</Message>\n" +
        "  </Error>\n  <RequestId>0-request</RequestId>\n</ErrorResponse>\n",
    );
  });

  test("JSON: AWS's shape", async () => {
    const response = await sts(json(`https://${HOST}/?Action=X&Version=1`));
    expect(await response.text()).toBe(
      '{"Error":{"Code":"InvalidAction","Message":"Could not find operation X for version 1","Type":"Sender"},"RequestId":"0-request"}',
    );
  });

  test("no action: sent away, as AWS does", async () => {
    const response = await sts(new Request(`https://${HOST}/`));
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("https://aws.amazon.com/iam");
    expect(response.headers.get("x-amzn-requestid")).toBe("0-request");
  });

  test("secrets: in no answer and no audit event", async () => {
    const events: AuditEvent[] = [];
    const audited = createSts({
      iam: () => iam,
      now: () => NOW,
      requestId: () => "r",
      audit: (event) => events.push(event),
    });
    const bodies: string[] = [];
    for (const text of [
      carols,
      carols.replace("X-Amz-Expires=0", "X-Amz-Expires=1"),
      carols.replace(/.$/, "x"),
      `${carols}&Action=x`,
    ]) {
      bodies.push(await (await audited(json(text))).text());
    }
    bodies.push(await (await audited(new Request(carols, { headers: authorized().headers }))).text());
    expect(events.map((event) => event.message)).toEqual(["answered", "refused", "refused", "refused", "refused"]);
    const told = JSON.stringify([events, bodies]);
    for (const secret of [CAROL.secretAccessKey, CAROL.sessionToken ?? "", carols.slice(-63), "FakeSessionToken"]) {
      expect(told).not.toContain(secret);
    }
  });

  test("identities: those of the moment, so that a reloaded file counts at once", async () => {
    const empty = { ...iam, accessKeys: new Map() };
    let current = iam;
    const reloading = createSts({ iam: () => current, now: () => NOW, requestId: () => "r" });
    expect((await reloading(presigned())).status).toBe(200);
    current = empty;
    expect((await reloading(presigned())).status).toBe(403);
  });

  test("whatever comes: a response of 302 or 4xx, never an exception, in the form that was asked for", async () => {
    const piece = fc.constantFrom(
      ..."Action=GetCallerIdentity|Version=2011-06-15|&|=|%|%2F|+|#|?|/|'|X-Amz-Signature=|X-Amz-Credential=a/b/c/d/e|X-Amz-Algorithm=AWS4-HMAC-SHA256|é|;".split(
        "|",
      ),
    );
    const latin1 = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((byte) => String.fromCharCode(byte)) });
    const headers = fc.dictionary(
      fc.constantFrom(
        "authorization",
        "host",
        "x-amz-date",
        "x-amz-security-token",
        "accept",
        "content-type",
        "content-length",
      ),
      fc.oneof(
        latin1,
        fc.constantFrom("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=0", "-1", "1e9"),
      ),
      { noNullPrototype: true },
    );
    const method = fc.constantFrom("GET", "POST", "HEAD", "DELETE");
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece),
        headers,
        method,
        fc.uint8Array(),
        fc.boolean(),
        async (parts, sent, verb, body, bare) => {
          const hasBody = verb === "POST";
          const made = new Request(`https://${HOST}/`, { method: verb, headers: sent, ...(hasBody && { body }) });
          // As Bun.serve makes them: the request line as it came, and no authority where the Host header is no host.
          const target = `/?${parts.join("")}`;
          const request = new Proxy(made, {
            get: (real, name) => {
              if (name === "url") return bare ? target : `https://${HOST}${target}`;
              const value: unknown = Reflect.get(real, name, real);
              return value;
            },
          });
          const response = await sts(request);
          expect(response.status === 302 || (response.status >= 400 && response.status < 500)).toBe(true);
          if (response.headers.get("content-type") === "application/json") await response.json();
        },
      ),
      { numRuns: 500 },
    );
  });
});
