import { allStsHosts, mintToken, stsHostFor } from "@iamgate/token";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, test } from "vitest";
import { credentialsOf } from "../index.ts";
import {
  iam,
  NOW,
  HOST,
  ALICE,
  CAROL,
  GET_CALLER_IDENTITY,
  JSON_ACCEPTED,
  sts,
  presignedUrl,
  presigned,
  authorized,
  answerOf,
  Sha256,
} from "../../test/signed-requests.ts";

describe("GetCallerIdentity", () => {
  test.each([...iam.accessKeys.values()].filter((key) => key.active).map((key) => [key.identity.label, key] as const))(
    "%s: is who the file says",
    async (_, { credentials, identity }) => {
      const region = identity.partition === "aws" ? "us-west-2" : "cn-north-1";
      const { host } = stsHostFor(region);
      expect((await answerOf(presigned({ by: credentials, region, host }))).identity).toEqual({
        Account: identity.account,
        Arn: identity.arn,
        UserId: identity.userId,
      });
    },
  );

  test("JSON: AWS's shape, byte for byte", async () => {
    const response = await sts(presigned());
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-amzn-requestid")).toBe("0-request");
    expect(response.headers.get("date")).toBe("Thu, 15 Jan 2026 12:00:00 GMT");
    expect(await response.text()).toBe(
      '{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"111122223333",' +
        '"Arn":"arn:aws:iam::111122223333:user/alice","UserId":"AIDAALICEEXAMPLE00001"},' +
        '"ResponseMetadata":{"RequestId":"0-request"}}}',
    );
  });

  test.each([undefined, "*/*", "text/xml", "application/jsonx", "text/html, application/xml;q=0.9"])(
    "Accept %s: XML",
    async (accept) => {
      const response = await sts(new Request(presignedUrl(), { headers: accept === undefined ? {} : { accept } }));
      expect(response.headers.get("content-type")).toBe("text/xml");
      const text = await response.text();
      expect(text).toMatch(/^<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">/);
      expect(text).toContain("<Arn>arn:aws:iam::111122223333:user/alice</Arn>");
      expect(text).toContain("<RequestId>0-request</RequestId>");
    },
  );

  test("Accept with parameters and others beside it: JSON", async () => {
    const headers = { accept: "text/xml;q=0.1, Application/JSON; q=1" };
    const response = await sts(new Request(presignedUrl(), { headers }));
    expect(response.headers.get("content-type")).toBe("application/json");
  });

  test("an Authorization header: GET by query, POST by form", async () => {
    const arn = "arn:aws:sts::111122223333:assumed-role/Developer/carol@example.com";
    expect((await answerOf(authorized())).identity?.["Arn"]).toBe(arn);
    expect((await answerOf(authorized("Action=GetCallerIdentity&Version=2011-06-15"))).identity?.["Arn"]).toBe(arn);
  });

  test("every STS host of two partitions: answers to its own region", async () => {
    for (const { host, region, partition } of allStsHosts()) {
      const by = partition === "aws-cn" ? credentialsOf(iam, "mei") : ALICE;
      if (partition !== "aws" && partition !== "aws-cn") continue;
      expect(await answerOf(presigned({ by, host, region }))).toMatchObject({ status: 200 });
    }
  });

  test("an address of one's own: answers to any region there is", async () => {
    for (const host of ["127.0.0.1:8443", "localhost:4566", "[::1]:8443", "sts.internal.example"]) {
      for (const region of ["us-east-1", "eu-central-2"]) {
        expect(await answerOf(presigned({ host, region }))).toMatchObject({ status: 200 });
      }
      expect(await answerOf(presigned({ host, region: "moon-1" }))).toMatchObject({ code: "SignatureDoesNotMatch" });
    }
  });

  test("tokens of mintToken: say who minted them, also for a cluster outside ASCII", async () => {
    for (const clusterId of ["prod", "prodà", "集群"]) {
      const { token } = mintToken({ clusterId, credentials: CAROL, region: "us-west-2", now: NOW });
      const url = Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString();
      const bytes = Buffer.from(clusterId).toString("latin1");
      const request = new Request(url, { headers: { ...JSON_ACCEPTED, "x-k8s-aws-id": bytes } });
      expect((await answerOf(request)).identity?.["UserId"]).toBe("AROADEVELOPEREXAMPLE1:carol@example.com");
      const elsewhere = new Request(url, { headers: { ...JSON_ACCEPTED, "x-k8s-aws-id": "another" } });
      expect(await answerOf(elsewhere)).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
    }
  });

  test("@smithy/signature-v4: its presigned URLs and headers are believed", async () => {
    const signer = new SignatureV4({ credentials: CAROL, region: "us-west-2", service: "sts", sha256: Sha256 });
    const query = Object.fromEntries(GET_CALLER_IDENTITY);
    const request = { method: "GET", protocol: "https:", hostname: HOST, path: "/", query, headers: { host: HOST } };
    const url = await signer.presign({ ...request, body: undefined }, { expiresIn: 60, signingDate: new Date(NOW) });
    const signedQuery = new URLSearchParams(url.query as Record<string, string>);
    expect(await answerOf(new Request(`https://${HOST}/?${signedQuery}`, { headers: JSON_ACCEPTED }))).toMatchObject({
      status: 200,
    });
    const signed = await signer.sign({ ...request, body: undefined }, { signingDate: new Date(NOW) });
    const headers = { ...signed.headers, ...JSON_ACCEPTED };
    expect(await answerOf(new Request(`https://${HOST}/?${new URLSearchParams(query)}`, { headers }))).toMatchObject({
      status: 200,
    });
  });
});
