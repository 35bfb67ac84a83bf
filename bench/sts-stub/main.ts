import { makeCertificateAuthority, makeServerCertificate } from "iamgate/tls/certificate-authority";
import { answerQuestions } from "../lib/worker.ts";
import { FORGED_KEY_PREFIX, SIGNER } from "../load/signer.ts";
import type { StubAnswer, StubAsk } from "./messages.ts";

// An STS that verifies nothing, so that it is never what a measurement waits for: everybody is SIGNER, and whoever
// signs by a key that begins with FORGED_KEY_PREFIX is refused as for a wrong signature.
const DEPS = { now: Date.now, randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
const FORGED = `X-Amz-Credential=${FORGED_KEY_PREFIX}`;
const REQUEST_ID = "01234567-89ab-cdef-0123-456789abcdef";
const CONFIRMED = httpAnswer("200 OK", {
  GetCallerIdentityResponse: {
    GetCallerIdentityResult: { Account: SIGNER.account, Arn: SIGNER.arn, UserId: SIGNER.userId },
    ResponseMetadata: { RequestId: REQUEST_ID },
  },
});
const REFUSED = httpAnswer("403 Forbidden", {
  Error: {
    Code: "SignatureDoesNotMatch",
    Message: "The request signature we calculated does not match the signature you provided.",
    Type: "Sender",
  },
  RequestId: REQUEST_ID,
});

let calls = 0;
let connections = 0;
let delayMilliseconds = 0;
let listening = { port: 0, caPem: "" };

answerQuestions(async (question: StubAsk): Promise<StubAnswer> => {
  if (question.do === "listen") listening = await listen(question);
  if (question.do === "delay") delayMilliseconds = question.milliseconds;
  return { calls, connections, ...listening };
});

async function listen({ host, port, stsHost }: StubAsk & { do: "listen" }): Promise<typeof listening> {
  const authority = await makeCertificateAuthority(DEPS);
  const names = { dnsNames: [stsHost], ipAddresses: [host] };
  const { certPem, keyPem } = await makeServerCertificate(authority, names, DEPS);
  const server = Bun.listen<Received>({
    hostname: host,
    port,
    tls: { cert: certPem, key: keyPem },
    socket: {
      open: (socket) => {
        socket.data = { head: "" };
        connections++;
      },
      data: (socket, bytes) => {
        socket.data.head += bytes.toString("latin1");
        // A GET has no body: whatever ends a head ends a request. One at a time, since nobody pipelines.
        if (!socket.data.head.endsWith("\r\n\r\n")) return;
        const answer = socket.data.head.includes(FORGED) ? REFUSED : CONFIRMED;
        socket.data.head = "";
        calls++;
        if (delayMilliseconds === 0) socket.write(answer);
        else setTimeout(() => socket.write(answer), delayMilliseconds);
      },
    },
  });
  return { port: server.port, caPem: authority.certPem };
}

/** What came on a connection since its last answer. */
interface Received {
  head: string;
}

/** A whole HTTP answer. Written to the socket as it is: `Bun.serve` takes half as long again. */
function httpAnswer(status: string, document: unknown): Uint8Array {
  const body = JSON.stringify(document);
  return Buffer.from(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
