import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { type TestContext, test } from "node:test";
import type { Upgrade } from "@leeward/api";
import type { UpgradeAgent, UpgradeStatus } from "@leeward/proto";
import { eventually, install } from "../testing/node-installation.ts";
import { joinServer, type TestMember } from "../testing/node-test-member.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";
import { nextWave, type UpgradingMachine } from "./upgrade-input.ts";

const [OLD, NEW] = ["0.0.9", "0.1.0"];
const CONTENT = randomBytes(100_000);
const FILE = `leeward-${NEW}-linux-x64.tar.gz`;

/** An agent that becomes what it is told to when the test says so. */
class SmallAgent {
  readonly name: string;
  readonly #t: TestContext;
  readonly #home: string;
  /** Every order that it was asked. */
  readonly asked: UpgradeAgent[] = [];
  version = OLD;
  upgrade: UpgradeStatus | undefined;
  member: TestMember<"agentPlan"> | undefined;

  constructor(t: TestContext, folder: string, name: string) {
    this.#t = t;
    this.#home = `${folder}/${name}`;
    this.name = name;
  }

  async join(server: TestServer): Promise<void> {
    this.member = await joinServer(this.#t, server, {
      planKind: "agentPlan",
      role: "agent",
      name: this.name,
      home: this.#home,
      softwareVersion: this.version,
      status: ({ version: planVersion }) => ({
        kind: "agentStatus",
        value: {
          ...{
            planVersion,
            agentVersion: this.version,
            bootId: "",
            inventoryJson: "{}",
            clockOffsetMicros: 0,
            links: [],
            disks: [],
          },
          ...(this.upgrade !== undefined && { upgrade: this.upgrade }),
        },
      }),
      answer: async (body) => {
        assert.ok(body.kind === "upgradeAgent");
        this.asked.push(body.value);
        return { kind: "done", value: {} };
      },
    });
    await eventually(async () => (await this.#shown(server))?.state === "online");
  }

  async leave(server: TestServer): Promise<void> {
    await this.member?.stop();
    await eventually(async () => (await this.#shown(server))?.state === "offline");
  }

  /** Carries the order out, well or badly. */
  async ends(server: TestServer, state: "done" | "returned"): Promise<void> {
    const order = await eventually(async () => this.asked.at(-1));
    const { orderId, version } = order;
    const code = state === "done" ? "" : "upgrade-not-up";
    this.upgrade = { orderId, version, state, code, message: code };
    if (state === "done") this.version = NEW;
    await this.leave(server);
    await this.join(server);
  }

  async #shown(server: TestServer) {
    const { items } = await server.client.call("listMachines", {});
    return items.find(({ name }) => name === this.name);
  }
}

async function addRelease(server: TestServer): Promise<void> {
  const sha256 = createHash("sha256").update(CONTENT).digest("hex");
  const query = { offset: 0, sizeBytes: CONTENT.length, sha256 };
  await server.client.call("addReleasePart", { params: { file: FILE }, query, body: CONTENT });
}

async function given(t: TestContext, names: readonly string[]): Promise<{ server: TestServer; agents: SmallAgent[] }> {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  await addRelease(server);
  const agents = names.map((name) => new SmallAgent(t, folder, name));
  for (const agent of agents) await agent.join(server);
  return { server, agents };
}

async function ended(server: TestServer, job: string): Promise<Upgrade> {
  return eventually(async () => {
    const shown = await server.client.call("showUpgrade", { params: { id: job } });
    return shown.state === "running" || shown.state === "queued" ? undefined : shown;
  });
}

const statesOf = ({ machines }: Upgrade): string[] => machines.map(({ name, state }) => `${name} ${state}`);

void test("machines are upgraded wave by wave, and nothing more is begun once one failed", async (t) => {
  const { server, agents } = await given(t, ["a", "b", "c"]);
  const [a, b, c] = agents;
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  const { job } = await server.client.call("upgradeAgents", { body: { wave: 1 } });
  await assert.rejects(server.client.call("upgradeAgents", { body: {} }), { code: "upgrade-job-exists" });
  await assert.rejects(server.client.call("removeRelease", { params: { version: NEW } }), { code: "release-in-use" });
  await a.ends(server, "done");
  await b.ends(server, "returned");
  const shown = await ended(server, job);
  assert.deepEqual([shown.state, statesOf(shown)], ["failed", ["a upgraded", "b failed", "c waiting"]]);
  assert.equal(shown.machines[1]?.error?.code, "upgrade-not-up");
  assert.deepEqual([a.asked.length, c.asked.length], [1, 0]);
  assert.equal((await server.client.call("showJob", { params: { id: job } })).error?.code, "agents-not-upgraded");

  // Those that have it are passed over, and who is away is not waited for.
  await c.leave(server);
  const again = await server.client.call("upgradeAgents", { body: { machines: ["a", "b", "c"] } });
  await eventually(async () => b.asked.length === 2);
  await b.ends(server, "done");
  const done = await ended(server, again.job);
  assert.deepEqual([done.state, statesOf(done)], ["succeeded", ["a upgraded", "b upgraded", "c skipped"]]);
  assert.equal(a.asked.length, 1);
});

void test("a config server that is started anew goes on with the order that the agent has", async (t) => {
  const { server, agents } = await given(t, ["a"]);
  const [a] = agents;
  assert.ok(a !== undefined);
  const { job } = await server.client.call("upgradeAgents", { body: {} });
  const first = await eventually(async () => a.asked[0]);
  await a.member?.stop();
  await server.stop();
  const anew = await startServer(t, server.home, { apiPort: String(server.port) });
  await a.join(anew);
  await a.ends(anew, "done");
  const shown = await ended(anew, job);
  assert.deepEqual([shown.state, statesOf(shown)], ["succeeded", ["a upgraded"]]);
  assert.ok(a.asked.every(({ orderId }) => orderId === first.orderId));
});

void test("agents are upgraded to nothing that their servers do not have, and to what there is", async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const { agent } = await install(t, server, folder);
  const upgrade = (body: object) => server.client.call("upgradeAgents", { body });
  await assert.rejects(upgrade({}), { code: "release-unknown" });
  await addRelease(server);
  const newer = { params: { file: "leeward-0.2.0-linux-x64.tar.gz" }, body: CONTENT };
  const sha256 = createHash("sha256").update(CONTENT).digest("hex");
  await server.client.call("addReleasePart", { ...newer, query: { offset: 0, sizeBytes: CONTENT.length, sha256 } });
  await assert.rejects(upgrade({}), { code: "upgrade-servers-older", message: /config server has 0\.1\.0/ });
  await assert.rejects(upgrade({ machines: ["nobody"], version: NEW }), { code: "machine-unknown" });
  await assert.rejects(upgrade({ version: "0.0.3" }), { code: "release-unknown" });
  const read = { file: FILE, offset: 90_000, length: 1_000_000 };
  const { content } = await agent.control.ask({ kind: "readRelease", value: read }, AbortSignal.timeout(10_000));
  assert.deepEqual(Buffer.from(content), CONTENT.subarray(90_000));
  const { items } = await agent.control.ask({ kind: "listReleases", value: {} }, AbortSignal.timeout(10_000));
  assert.deepEqual(
    items.map(({ file }) => file),
    [FILE, "leeward-0.2.0-linux-x64.tar.gz"],
  );
});

void test("few machines are upgraded before many are, and those that a restart left at it come first", () => {
  const of = (state: UpgradingMachine["state"], count: number): UpgradingMachine[] =>
    Array.from({ length: count }, (_, index) => ({
      ...{ id: `${state}${index}`, orderId: "o", state, from: null, diskIds: [], error: null },
    }));
  const size = (machines: UpgradingMachine[], wave: number | null = null): number =>
    nextWave({ wave, machines }).length;
  assert.equal(size(of("waiting", 40)), 1);
  assert.equal(size([...of("failed", 3), ...of("waiting", 40)]), 1);
  assert.equal(size([...of("upgraded", 1), ...of("waiting", 40)]), 4);
  assert.equal(size([...of("upgraded", 5), ...of("waiting", 40)]), 16);
  assert.equal(size([...of("upgraded", 5), ...of("waiting", 2)], 10), 2);
  const resumed = nextWave({ wave: 2, machines: [...of("waiting", 5), ...of("ordered", 3)] });
  assert.deepEqual(
    resumed.map(({ state }) => state),
    ["ordered", "ordered", "ordered"],
  );
});
