import type { Paint } from "../lib/paint.ts";
import { oneLine } from "../lib/quote.ts";
import { shellWord } from "../lib/shell-word.ts";
import { trailJson, trailText } from "../trail-report.ts";
import { type Arrival, DEMO_CLUSTER_ID } from "./journeys.ts";

/** Where the demo's parts are. */
export interface DemoPlace {
  readonly sts: string;
  /** HOST:PORT of the local STS. */
  readonly stsDial: string;
  readonly webhook: string;
  readonly ca: string;
  readonly iam: { readonly path: string; readonly holds: string };
  readonly awsAuth: { readonly path: string; readonly holds: string };
  /** Shell files that hold somebody's keys. */
  readonly keys: readonly { readonly name: string; readonly path: string }[];
}

/** What runs, and where. */
export function headText(place: DemoPlace, paint: Paint): string {
  const rows = [
    ["local STS", `${place.sts}  (${place.iam.path}: ${place.iam.holds})`],
    ["webhook", `${place.webhook}/authenticate  (cluster id ${DEMO_CLUSTER_ID})`],
    ["map", `${place.awsAuth.path}: ${place.awsAuth.holds}`],
  ];
  const lines = rows.map(([name = "", text = ""]) => `  ${name.padEnd(9)}  ${paint("dim", oneLine(text))}\n`);
  return `${paint("bold", "iamgate demo")}: from an AWS identity to a Kubernetes user, on this machine alone\n\n${lines.join("")}\n`;
}

/** One journey: the stages passed, and what kube-apiserver is told. */
export function arrivalText(arrival: Arrival, { now, paint }: { now: number; paint: Paint }): string {
  const { journey, trail, outcome, status } = arrival;
  const answer = status.authenticated
    ? paint("green", `authenticated as ${oneLine(status.user?.username ?? "")}`)
    : paint("red", "not authenticated");
  const told = `  ${paint("dim", "→")} kube-apiserver is told: ${answer}\n`;
  return `${paint("bold", journey.title)}\n${trailText(trail, outcome, { now, paint })}${told}\n`;
}

/** The whole demo for programs. */
export function arrivalJson(place: DemoPlace, arrivals: readonly Arrival[]): Record<string, unknown> {
  return {
    sts: place.sts,
    webhook: `${place.webhook}/authenticate`,
    clusterId: DEMO_CLUSTER_ID,
    ca: place.ca,
    iam: place.iam.path,
    awsAuth: place.awsAuth.path,
    journeys: arrivals.map(({ journey: { title, who, clusterId }, trail, outcome, status }) => ({
      title,
      who,
      clusterId,
      ...trailJson(trail, outcome),
      status,
    })),
  };
}

/** What to type next, in another terminal. */
export function pasteText({ keys, stsDial, webhook, ca, awsAuth }: DemoPlace, paint: Paint): string {
  const [alice] = keys;
  const eve = keys.at(-1);
  const verify = [
    `npx iamgate token -i ${DEMO_CLUSTER_ID} |`,
    `  npx iamgate verify -i ${DEMO_CLUSTER_ID} --sts-dial ${stsDial} --sts-ca ${shellWord(ca)} --aws-auth ${shellWord(awsAuth.path)}`,
  ];
  const review = [
    `curl --silent --cacert ${shellWord(ca)} --header 'Content-Type: application/json' ${webhook}/authenticate \\`,
    `  --data '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"'"$(npx iamgate token -i ${DEMO_CLUSTER_ID} --token-only)"'"}}'`,
  ];
  const entry = String.raw`    - userarn: arn:aws:iam::111122223333:user/eve\n      username: eve\n`;
  const addEve = `printf '${entry}' >> ${shellWord(awsAuth.path)}`;
  const commands: readonly (readonly [string, readonly string[]])[] = [
    ["be alice", [`. ${shellWord(alice?.path ?? "")}`]],
    ["look into a token", [`npx iamgate token -i ${DEMO_CLUSTER_ID} | npx iamgate decode`]],
    ["send one the whole way", verify],
    ["send one through the webhook, as kube-apiserver does", review],
    [
      "let eve in: add her to mapUsers; then be eve, and send a token as above",
      [addEve, `. ${shellWord(eve?.path ?? "")}`],
    ],
  ];
  const lines = commands.map(
    ([does, typed]) => `  ${paint("dim", `# ${does}`)}\n${typed.map((line) => `  ${line}\n`).join("")}`,
  );
  return `It keeps serving; Ctrl-C ends it. In another terminal, in this directory:\n\n${lines.join("\n")}\nWhat comes to the webhook is shown here:\n\n`;
}
