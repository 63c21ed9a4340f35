// A process of many agents, as small as agents can be, but real ones: each has its own key and certificate, its own session over TLS, and reports one or
// two disks every two seconds. Says "ready" once all have their sessions, and ends with SIGTERM.
import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import { ApiClient } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import { ControlSession, silentTrace } from "@leeward/daemon";
import { KeyStore } from "@leeward/identity";
import type { AgentPlan, AgentStatus } from "@leeward/proto";
import { tlsNetwork } from "@leeward/wire";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom, type World } from "@leeward/world";

const LOOK_MS = 100;
/** Calls from one address are limited; there are enough addresses on loopback. */
const ADDRESSES = 100;
const AT_ONCE = 4;
/** How many come at once is not what is measured. */
const PATIENT = { timeoutMs: 600_000 };
const SIZE_BYTES = 64 * 1024 * 1024;

const [url = "", caFile = "", tokenFile = "", folder = "", countText = "0"] = process.argv.slice(2);
const count = Number(countText);
const caPem = await readFile(caFile, "utf8");
const token = (await readFile(tokenFile, "utf8")).trim();
const { port } = new URL(url);
const world: World = {
  clock: nodeClock,
  random: nodeRandom,
  files: nodeFiles({ io: "thread-pool" }),
  compute: nodeCompute(),
};
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort(new Error("the measurement is over")));

const clients = Array.from({ length: ADDRESSES }, (_, index) => {
  const localAddress = `127.0.1.${index + 1}`;
  const makeAgent = (options: object): Agent => new Agent({ ...options, localAddress });
  return new ApiClient({ transport: nodeTransport({ url, caPem, makeAgent }), token });
});
const sessions: ControlSession<"agentPlan">[] = [];
const runs: Promise<void>[] = [];
const numbers = Array.from({ length: count }, (_, number) => number).values();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (const number of numbers) await join(number);
  }),
);
for (;;) {
  if (sessions.every(({ connected }) => connected)) break;
  await nodeClock.sleep(LOOK_MS, stopping.signal);
}
process.stdout.write("ready\n");
await Promise.allSettled(runs);
for (const client of clients) client.close();

/** Enrols an agent, opens its session, and has its first disk protected. */
async function join(number: number): Promise<void> {
  const client = clients[number % clients.length];
  if (client === undefined) throw new Error("there are no clients");
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
    network: tlsNetwork({ keyStore }),
    keyStore,
    servers: [{ host: "127.0.0.1", port: Number(port) }],
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
  for (let disk = 1; disk <= 1 + (number % 2); disk += 1)
    await client.protectDisk({ params: { machine: name }, body: { path: `/dev/disk${disk}` } }, PATIENT);
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
    nbdUri: "",
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
