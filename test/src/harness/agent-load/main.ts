// A process of many agents, as small as agents can be, but real ones: each has its own key and certificate, its own session over TLS, and reports one or
// two disks every two seconds. Says once a second how far it is, as a line of JSON (`LoadReport`). A line on its input has all agents serve their disks.
// Ends with SIGTERM.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ControlSession, silentTrace } from "@leeward/daemon";
import { KeyStore } from "@leeward/identity";
import type { AgentPlan, AgentStatus } from "@leeward/proto";
import { tlsNetwork } from "@leeward/wire";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom, type World } from "@leeward/world";
import type { LoadReport } from "./agent-load.ts";
import { LoadClients } from "./load-clients.ts";
import { PingTimes, timed } from "./ping-times.ts";

const LOOK_MS = 100;
const SAY_MS = 1_000;
const AT_ONCE = 4;
/** How many come at once is not what is measured. */
const PATIENT = { timeoutMs: 600_000 };
const SIZE_BYTES = 64 * 1024 * 1024;

const { values: order } = parseArgs({
  options: {
    url: { type: "string", multiple: true, default: [] },
    caFile: { type: "string", default: "" },
    tokenFile: { type: "string", default: "" },
    folder: { type: "string", default: "" },
    count: { type: "string", default: "0" },
    protects: { type: "boolean", default: false },
    serves: { type: "boolean", default: false },
  },
});
const { url: urls, folder } = order;
const count = Number(order.count);
const caPem = await readFile(order.caFile, "utf8");
const token = (await readFile(order.tokenFile, "utf8")).trim();
const servers = urls.map((url) => ({ host: "127.0.0.1", port: Number(new URL(url).port) }));
const world: World = {
  clock: nodeClock,
  random: nodeRandom,
  files: nodeFiles({ io: "thread-pool" }),
  compute: nodeCompute(),
};
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort(new Error("the load is over")));
let serving = order.serves;
process.stdin.once("data", () => {
  serving = true;
  for (const session of sessions) session.statusChanged();
});

const pings = new PingTimes();
const clients = new LoadClients({ url: urls[0] ?? "", caPem, token });
const sessions: ControlSession<"agentPlan">[] = [];
const runs: Promise<void>[] = [];
let joined = 0;
const saying = say();
const numbers = Array.from({ length: count }, (_, number) => number).values();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (const number of numbers) await join(number);
  }),
);
await saying;
await Promise.allSettled(runs);
clients[Symbol.dispose]();
process.stdin.destroy();

async function say(): Promise<void> {
  while (!stopping.signal.aborted) {
    const connected = sessions.filter((session) => session.connected).length;
    const report: LoadReport = { joined, connected, pings: pings.take() };
    process.stdout.write(`${JSON.stringify(report)}\n`);
    await nodeClock.sleep(SAY_MS, stopping.signal).catch(() => undefined);
  }
}

/** Enrols an agent, opens its session, and has its disks protected where that is ordered. */
async function join(number: number): Promise<void> {
  const client = clients.of(number);
  const name = `agent-${number}`;
  const home = `${folder}/${name}`;
  await world.files.makeFolder(`${home}/identity`);
  const keyStore = await KeyStore.open(world, `${home}/identity`);
  const { token: once } = await client.createToken({ body: { role: "agent" } }, PATIENT);
  const csrPem = await keyStore.createRequest();
  const enrolled = await client.enrol({ body: { secret: once.split(".")[1] ?? "", csrPem, name } }, PATIENT);
  await keyStore.install(enrolled);
  const session: ControlSession<"agentPlan"> = await ControlSession.open({
    world,
    trace: silentTrace,
    network: timed(tlsNetwork({ keyStore }), pings),
    keyStore,
    servers,
    home,
    planKind: "agentPlan",
    softwareVersion: "0.1.0",
    sender: () => ({ instance: "", hostName: name, isCopy: false }),
    apply: async () => undefined,
    status: () => ({ kind: "agentStatus", value: statusOf(session.plan, session.appliedVersion) }),
    answer: async () => ({ kind: "candidateList", value: { items: [candidate(1), candidate(2)] } }),
  });
  sessions.push(session);
  runs.push(session.run(stopping.signal));
  while (!session.connected) await nodeClock.sleep(LOOK_MS, stopping.signal);
  for (let disk = 1; disk <= 1 + (number % 2) && order.protects; disk += 1)
    await client.protectDisk({ params: { machine: name }, body: { path: `/dev/disk${disk}` } }, PATIENT);
  joined += 1;
}

function candidate(disk: number) {
  const path = `/dev/disk${disk}`;
  return {
    path,
    kind: "block-device",
    sizeBytes: SIZE_BYTES,
    refusal: "",
    trackerRefusal: "",
    rescanRefusal: "",
  } as const;
}

function statusOf(plan: AgentPlan | undefined, planVersion: number): AgentStatus {
  const disks = (plan?.disks ?? []).map(({ diskId }) => ({
    diskId,
    state: "protected" as const,
    sizeBytes: SIZE_BYTES,
    capture: "splitter" as const,
    nbdUri: serving ? `nbd+unix:///${diskId}?socket=/run/none` : "",
    branch: "b".repeat(32),
    writtenSequence: 1,
    cachedSequence: 1,
    journaledSequence: 1,
    faults: [],
    logBytes: 0,
    writtenBytes: 0,
    stages: [],
  }));
  return {
    planVersion,
    agentVersion: "0.1.0",
    bootId: "",
    disks,
    inventoryJson: "{}",
    clockOffsetMicros: 0,
    links: [],
  };
}
