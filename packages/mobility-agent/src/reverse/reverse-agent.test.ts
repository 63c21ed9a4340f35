import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, KiB, orAborted, seededRandom } from "@leeward/base";
import { CrashableDevice } from "@leeward/block/testing";
import { LogCursor } from "@leeward/change-log";
import { parseBandwidth } from "@leeward/daemon";
import type { AgentPlan, DiskOffer, DiskStatus, PlannedDisk } from "@leeward/proto";
import { contentOf } from "@leeward/splitter/testing";
import type { Freezer } from "@leeward/tracker";
import { Session, workOn } from "@leeward/wire";
import type { Network, PeerIdentity } from "@leeward/world";
import { type SimulatedWorld, simulatedNetwork, simulatedWorld } from "@leeward/world/testing";
import { lent } from "../disk/disk-door.ts";
import { ServedDisk } from "../disk/served-disk.ts";
import { MobilityAgent } from "../mobility-agent.ts";
import { ReversedDisk } from "./reversed-disk.ts";
import { TestReplica } from "./testing/test-replica.ts";

const SIZE = 256 * KiB;
const BLOCK = 4 * KiB;
const MACHINE = "aa".repeat(16);
const DISK = "dd".repeat(16);
const SERVER = "bb".repeat(16);
const LIMIT = 120_000;
const NEVER = new AbortController().signal;
const ENDPOINT = { host: "server", port: 9443 };

/** No disk here is held still. */
const NO_FREEZER: Freezer = {
  usesOf: () => assert.fail("no disk is tracked"),
  sync: () => assert.fail("no disk is tracked"),
  freeze: () => assert.fail("no disk is tracked"),
  [Symbol.asyncDispose]: async () => {},
};

function identity(role: PeerIdentity["role"], id: string): PeerIdentity {
  return { role, id, fingerprint: id.repeat(2) };
}

/** A process server as the agent sees one: takes all that is offered, and answers with what the replica machine has. */
class TestServer {
  readonly offers: DiskOffer[] = [];
  replica: TestReplica | undefined;
  readonly #network: Network;
  readonly #world: SimulatedWorld;

  constructor(network: Network, world: SimulatedWorld) {
    this.#network = network;
    this.#world = world;
  }

  async run(signal: AbortSignal): Promise<void> {
    await using listener = await this.#network.listen(ENDPOINT);
    const open: Promise<void>[] = [];
    try {
      for await (const channel of listener.accept(signal)) {
        const serving = this.#serve(channel, signal);
        // The road between the two is cut: the agent comes again.
        serving.catch((error: unknown) => assert.ok(isFault(error) || signal.aborted));
        open.push(serving);
      }
    } finally {
      await Promise.allSettled(open);
    }
  }

  async #serve(channel: Parameters<typeof Session.accept>[0], signal: AbortSignal): Promise<void> {
    const options = {
      clock: this.#world.clock,
      softwareVersion: "test",
      answer: async (body: Parameters<TestReplica["answer"]>[0] | { readonly kind: string }) => {
        assert.ok(this.replica !== undefined && "value" in body, "a replica machine is asked about");
        return this.replica.answer(body);
      },
    };
    const session = await Session.accept(channel, options, signal);
    await workOn(session, signal, async (own) => {
      for await (const { body } of own.messages()) {
        if (body.kind === "diskOffer") {
          this.offers.push(body.value);
          await this.#position(own, { ...body.value, sequence: 0 });
        } else if (body.kind === "records") await this.#position(own, { ...body.value, sequence: body.value.to });
      }
    });
  }

  async #position(session: Session, at: { diskId: string; branch: string; sequence: number }): Promise<void> {
    const { diskId, branch, sequence } = at;
    const value = { diskId, branch, cachedSequence: sequence, journaledSequence: sequence };
    await session.send({ kind: "diskPosition", value });
  }
}

function planned(way: Pick<PlannedDisk, "reverse" | "origin">): PlannedDisk {
  return {
    diskId: DISK,
    name: "data",
    path: "/disk",
    capture: "splitter",
    policy: {
      pointIntervalSeconds: 2,
      logBytesMax: 1 << 24,
      copyBytesPerSecondMax: 0,
      applicationPointIntervalSeconds: 0,
      trackerPointIntervalSeconds: 0,
    },
    processServerId: SERVER,
    processServerAddresses: [ENDPOINT],
    ...way,
  };
}

test("an agent stops serving a disk when its plan says so, asks its process server as fast as its bandwidth allows, tells how far it is, and offers the branch of the origin", async () => {
  const world = simulatedWorld({ seed: 8 });
  const network = simulatedNetwork({ clock: world.clock, random: seededRandom(9) });
  const disk = CrashableDevice.create(SIZE, seededRandom(10));
  const server = new TestServer(network.join("server", identity("process-server", SERVER)), world);
  const served: { disk?: ServedDisk } = {};
  await world.clock.run(async () => {
    await world.files.makeFolder("/agent/disks");
    const opened = async () => ({
      device: lent(disk),
      physicalBlockBytes: 512,
      identity: "disk",
      witness: async () => "same",
    });
    const agent = await MobilityAgent.open({
      ...world,
      network: network.join("agent", identity("agent", MACHINE)),
      home: "/agent",
      machineId: MACHINE,
      bootId: "cc".repeat(16),
      softwareVersion: "test",
      freezer: NO_FREEZER,
      inventory: {
        candidates: async () => [],
        resolve: async (path) => path,
        look: () => assert.fail("no device is named"),
        json: () => "{}",
      },
      openHost: (settings, marks, { askProcessServer: ask }) => {
        const { reverse } = settings;
        if (reverse !== undefined)
          return new ReversedDisk({ world, settings: { ...settings, reverse }, openSource: opened, ask });
        const run = (signal: AbortSignal): Promise<void> =>
          new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        const serve = async () => ({ uri: "nbd:", clients: () => 0, run });
        served.disk = new ServedDisk({ world, settings, marks, openSource: opened, serve });
        return served.disk;
      },
      openFrames: async ({ settings }, { branch }, from) => {
        const cursor = new LogCursor(world.files, `${settings.folder}/${branch}/log`, from);
        return {
          next: (through) => cursor.next({ through, bytesMax: 256 * KiB }),
          [Symbol.asyncDispose]: () => cursor.close(),
        };
      },
    });
    const stop = new AbortController();
    const lives = [agent.run(stop.signal), orAborted(server.run(stop.signal), stop.signal)];
    for (const life of lives) life.catch(() => undefined);
    const until = async (holds: (status: DiskStatus) => boolean): Promise<DiskStatus> => {
      for (let ms = 0; ms < LIMIT; ms += 10) {
        const [status] = agent.status().disks;
        if (status !== undefined && holds(status)) return status;
        await world.clock.sleep(10, NEVER);
      }
      return assert.fail(`not in time: ${holds.toString()} ${JSON.stringify(agent.status().disks)}`);
    };
    const apply = async (version: number, way: Pick<PlannedDisk, "reverse" | "origin">, limit = ""): Promise<void> => {
      const bandwidth = limit === "" ? {} : { bandwidth: parseBandwidth(limit) };
      const plan: AgentPlan = { version, machineName: "m", epoch: version, disks: [planned(way)], ...bandwidth };
      await agent.apply(plan);
    };
    await apply(1, {});
    await until(({ state }) => state === "protected");
    await served.disk?.device?.write(0, Buffer.alloc(BLOCK, 1), { fua: true });
    const before = await until(({ writtenSequence, journaledSequence }) => writtenSequence === journaledSequence);
    const journaledSequence = before.journaledSequence;
    const replica = new TestReplica({ ...world, content: await contentOf(disk), journaledSequence });
    server.replica = replica;
    replica.write(BLOCK, seededRandom(11).bytes(BLOCK));
    await served.disk?.device?.write(3 * BLOCK, Buffer.alloc(BLOCK, 3), { fua: true });

    const reverse = { failoverId: replica.id, branch: before.branch, sequence: journaledSequence, whole: false };
    const begunMicros = world.clock.monotonicMicros();
    await apply(2, { reverse }, "10kB/s");
    const offered = server.offers.length;
    const following = await until((status) => status.reverse?.sequence === 1);
    // Two blocks that lie apart: the second is asked for when the first is paid for, but for a tenth of a second's worth.
    const tookMicros = world.clock.monotonicMicros() - begunMicros;
    assert.ok(tookMicros >= (BLOCK / 10_000 - 0.1) * 1e6, String(tookMicros));
    assert.deepEqual([following.state, following.nbdUri, following.reverse?.complete], ["reverse", "", false]);
    assert.equal(served.disk?.device, undefined, "nobody reaches it");
    network.partition("agent", "server");
    await until(({ faults }) => faults.length > 0);
    replica.write(2 * BLOCK, Buffer.alloc(BLOCK, 4));
    replica.isHalted = true;
    network.heal("agent", "server");
    const { reverse: complete } = await until((status) => status.reverse?.complete === true);
    assert.deepEqual([complete?.sequence, complete?.method], [2, "set"]);
    assert.ok(replica.content.equals(await contentOf(disk)));
    assert.equal(server.offers.length, offered, "nothing of the disk is offered meanwhile");

    const origin = { failoverId: replica.id, branch: replica.branch, sequence: replica.sequence, timeMicros: 1 };
    await apply(3, { origin });
    const after = await until(({ state }) => state === "protected");
    assert.notEqual(after.branch, before.branch);
    await until(() => server.offers.length > offered);
    const { branch, parent } = server.offers.at(-1) ?? {};
    assert.deepEqual([branch, parent], [after.branch, { branch: origin.branch, sequence: origin.sequence }]);
    const present = served.disk;
    await apply(4, { origin });
    assert.equal(served.disk, present, "the same origin is no other way");
    stop.abort();
    await Promise.allSettled(lives);
  });
});
