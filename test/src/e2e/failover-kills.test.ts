// Two lives of a machine under load, from its failover to its failback, while the processes that carry them are killed one after another, each at a place that
// is told by what it has just made durable. What is killed is started again, as a service manager would, and the life comes to its end by itself.
//
// The oracle knows what writers on both sides were told, and reads nothing else that Leeward wrote but the disks: what was acknowledged is there, what the
// source wrote after its fence is not, and the source goes on with the same bytes as the point at which it was failed back. Then it looks for what is left.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, describe, type TestContext, test } from "node:test";
import type { ApiClient, Failover, FailoverState } from "@leeward/api";
import { isFault, MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { eventually } from "../harness/eventually.ts";
import { killAt, type LookedFor, reached } from "../harness/kill-at.ts";
import { KillPlaces, type Place } from "../harness/kill-places.ts";
import { NumberedWriter, writeAll } from "../harness/numbered-writer.ts";
import { pointContent } from "../harness/point-content.ts";
import { chainProcesses, pinsLeft, replicaRemains } from "../harness/replica-remains.ts";
import { type DaemonName, SplitChain } from "../harness/split-chain.ts";
import { WrittenDisk } from "../oracle/written-disk.ts";

const DISK_BYTES = 32 * MiB;
/** What the replica machine writes at once: bringing it takes long enough to be interrupted. */
const INSTALLED = { offset: 4 * MiB, length: 24 * MiB };
const NEVER = new AbortController().signal;

describe("failover and failback while everything that carries them is killed", () => {
  let chain: SplitChain;
  let client: ApiClient;
  let diskId: string;
  let places: KillPlaces;
  let sourceUri: string;
  let disk: WrittenDisk;
  let seed = 0;

  before(async () => {
    chain = await SplitChain.start();
    client = await chain.client();
    disk = WrittenDisk.make(DISK_BYTES);
    await writeFile(sourcePath(), disk.content());
    await untilMachineIs("online");
    const params = { machine: chain.machine };
    const made = await client.call("protectDisk", { params, body: { path: sourcePath(), name: "data" } });
    diskId = made.disk.id;
    places = new KillPlaces({ agentHome: chain.agentHome, targetHome: chain.targetHome, diskId });
    sourceUri = await untilDiskIs("protected");
  });
  after(async () => {
    client.close();
    await chain.stop();
  });

  test("planned: stopped, failed over, committed, reprotected and failed back over eleven kills", async (t) => {
    const source = await writerOf(sourceUri);
    // The last point of the source's stop cannot reach its target: so it is waited for as long as is wanted.
    chain.targetWire.cut();
    const order = chain.command("failover", "planned", chain.machine, "--host", "none", "--json");
    await eventually("the source is in its orderly stop", () => places.stopping());
    await source.refused();
    const acknowledged = source.acknowledged;
    const { id, machine } = await shown(chain.machine);

    await killed(t, "config-server", { what: "fencing", look: () => places.stopping() });
    assert.equal((await order).code, 5, "who waits for a server that is gone is told so");
    await untilState(id, "fencing");
    await killed(t, "agent", { what: "in its orderly stop", look: () => places.stopping() });
    await source.refused();
    chain.targetWire.mend();
    await killed(t, "master-target", {
      what: "the epoch was raised",
      look: () => places.epochClaimed({ id, machine }),
    });
    await untilState(id, "commit-pending");

    await source.refused();
    assert.equal(source.acknowledged, acknowledged, "the source took no write any more");
    await source.abandon();
    const replicaUri = await uriOfReplica(id);
    const begun = await contentOf(replicaUri);
    assert.deepEqual(disk.differences(begun), [], "all that was acknowledged before the stop is there");
    assert.ok(begun.equals(await readFile(sourcePath())), "the replica machine begins where the source stopped");

    const first = await writerOf(replicaUri);
    await first.more(50);
    await killed(t, "master-target", { what: "the replica machine writes", look: () => "at it" });
    await first.more(50);
    await first.end();
    await client.call("commitFailover", { params: { failover: id } });
    await writeAll(replicaUri, disk, INSTALLED);
    const replica = await writerOf(replicaUri);

    const { job } = await client.call("reprotect", { params: { failover: id }, body: {} });
    const halfWritten = { what: "bytes are being brought", look: () => places.beingBrought() };
    await killAt(chain, "process-server", halfWritten);
    // It cannot go on without: so it is killed in the middle of its first step.
    await killed(t, "agent", halfWritten);
    await restarted(t, "process-server", halfWritten.what);
    await killed(t, "agent", { what: "bytes were brought", look: () => places.brought(1) });
    const later = { what: "in a later round", look: () => places.brought(INSTALLED.length + 1) };
    await killed(t, "master-target", later);
    await untilJobEnded(job.id);

    // Without the source's last round the machine stays halted.
    chain.dataWire.cut();
    await client.call("failBack", { params: { failover: id }, body: {} });
    await killed(t, "config-server", { what: "halting", look: () => places.halted(id) });
    await untilState(id, "halting");
    await replica.abandon();
    chain.dataWire.mend();
    await killed(t, "master-target", { what: "its overlay is absorbed", look: () => places.absorbed(id) });
    await killed(t, "agent", { what: "a branch has begun", look: () => places.branchBegun(id) });
    await isFailedBack(id);
  });

  test("unplanned: another point, a source that comes back and writes, and failed back over six more, the first of its source", async (t) => {
    const before = await writerOf(sourceUri);
    await before.more(20);
    await before.end();
    const older = await makePoint();
    const atOlder = disk.copy();
    const between = await writerOf(sourceUri);
    await between.more(20);
    await between.end();
    const newer = await makePoint();
    const atNewer = disk.copy();
    const lost = disk.copy();
    const later = await NumberedWriter.begin(sourceUri, lost, (seed += 1));
    await later.more(20);
    await chain.kill("agent");
    t.diagnostic("agent killed: its disk is written");
    await later.abandon();
    await untilMachineIs("offline");

    const order = { at: newer, host: "none", force: true } as const;
    const ordered = client.call("unplannedFailover", { params: { machine: chain.machine }, body: order });
    ordered.catch(() => undefined);
    // Nobody answers for the machine that is begun until its server is gone.
    await reached({ what: "a machine is begun", look: () => places.begun() });
    chain.daemon("master-target")?.freeze();
    const { id, state } = await shown(chain.machine);
    await killed(t, "config-server", {
      what: "starting",
      look: () => (state === "starting" ? "at it" : "just after it"),
    });
    chain.daemon("master-target")?.thaw();
    await untilState(id, "commit-pending");
    assert.notDeepEqual(await replicaRemains(chain), [], "what there is of a machine is seen");
    const epoch = (await shown(id)).epoch ?? 0;
    const firstUri = await uriOfReplica(id);
    assert.deepEqual(atNewer.differences(await contentOf(firstUri)), []);
    const given = await NumberedWriter.begin(firstUri, atNewer, (seed += 1));
    await given.more(20);

    let record = places.record(id);
    await client.call("changeFailoverPoint", { params: { failover: id }, body: { at: older } });
    await killed(t, "master-target", { what: "changing", look: () => places.removed(id, record) });
    await given.abandon();
    await untilState(id, "commit-pending");
    disk = atOlder;
    const replicaUri = await uriOfReplica(id);
    assert.deepEqual(disk.differences(await contentOf(replicaUri)), [], "the machine begins at the other point");
    const replica = await writerOf(replicaUri);

    // Nobody can tell the source that it was failed over: it goes on as it was.
    chain.dataWire.cut();
    chain.daemon("config-server")?.freeze();
    await chain.restart("agent");
    const strayed = await NumberedWriter.begin(sourceUri, lost, (seed += 1));
    await strayed.more(20);
    chain.daemon("config-server")?.thaw();
    await killed(t, "agent", { what: "the fence was heard of", look: () => places.heard(epoch) });
    await strayed.refused();
    const acknowledged = strayed.acknowledged;
    chain.dataWire.mend();
    await untilDiskIs("fenced");
    await strayed.refused();
    assert.equal(strayed.acknowledged, acknowledged, "a fenced source takes no write, also after a restart");
    await strayed.abandon();

    await client.call("commitFailover", { params: { failover: id } });
    const { job } = await client.call("reprotect", { params: { failover: id }, body: {} });
    await untilJobEnded(job.id);
    await replica.more(20);
    record = places.record(id);
    await client.call("failBack", { params: { failover: id }, body: {} });
    await killed(t, "config-server", { what: "handing back", look: () => places.absorbed(id) });
    await killed(t, "master-target", { what: "cleaning up", look: () => places.removed(id, record) });
    await replica.abandon();
    await isFailedBack(id);
  });

  test("no process of theirs is left, and nobody holds a point", async () => {
    await chain.end();
    assert.deepEqual(await chainProcesses(chain), []);
    assert.deepEqual(await pinsLeft(chain), []);
  });

  /** Kills it there, and starts it again. */
  async function killed(t: TestContext, name: DaemonName, place: LookedFor<Place>): Promise<void> {
    const found = await killAt(chain, name, place);
    await restarted(t, name, `${place.what}, ${found}`);
  }

  async function restarted(t: TestContext, name: DaemonName, where: string): Promise<void> {
    t.diagnostic(`${name} killed after ${Math.round(performance.now() / 1_000)} s: ${where}`);
    await chain.restart(name);
  }

  /** The end of a life: what both sides hold, what goes on from there, and what is left. */
  async function isFailedBack(id: string): Promise<void> {
    await untilState(id, "failed-back");
    await untilDiskIs("protected");
    const { lastPoint } = await shown(id);
    assert.ok(lastPoint !== null);
    const handedBack = await recovered(lastPoint);
    assert.deepEqual(disk.differences(handedBack), [], "all that the replica machine wrote is there, and nothing else");
    assert.ok(handedBack.equals(await readFile(sourcePath())), "the source holds what the replica machine left");

    const writer = await writerOf(sourceUri);
    await writer.more(20);
    await writer.end();
    const onward = await recovered(await makePoint());
    assert.deepEqual(disk.differences(onward), [], "it is protected on");
    assert.ok(onward.equals(await readFile(sourcePath())));
    const { items } = await client.call("listEvents", { query: { limit: 1_000 } });
    assert.deepEqual(
      items.filter(({ kind }) => kind === "disk-resync"),
      [],
      "nothing was copied again as a whole",
    );

    assert.deepEqual(await replicaRemains(chain), []);
    const folder = `${chain.agentHome}/disks/${diskId}`;
    await eventually("the agent forgets how the disk was brought back", () =>
      existsSync(`${folder}/reverse`) ? undefined : true,
    );
  }

  function sourcePath(): string {
    return `${chain.sourceFolder}/data.img`;
  }

  function writerOf(uri: string): Promise<NumberedWriter> {
    seed += 1;
    return NumberedWriter.begin(uri, disk, seed);
  }

  async function shown(which: string): Promise<Failover> {
    return eventually(`the failover of ${which} is shown`, () =>
      unlessAway(client.call("showFailover", { params: { failover: which } })),
    );
  }

  async function untilState(id: string, state: FailoverState): Promise<void> {
    await eventually(`the failover is ${state}`, async () => ((await shown(id)).state === state ? true : undefined));
  }

  async function untilJobEnded(id: string): Promise<void> {
    const { state, error } = await eventually("its job has ended", async () => {
      const job = await unlessAway(client.call("showJob", { params: { id }, query: {} }));
      return job === undefined || job.endedAt === null ? undefined : job;
    });
    assert.equal(state, "succeeded", error?.message);
  }

  /** Its address. */
  async function untilDiskIs(state: string): Promise<string> {
    return eventually(`the disk is ${state}`, async () => {
      const items = (await unlessAway(client.call("listDisks", { query: {} })))?.items ?? [];
      const found = items.find((each) => each.id === diskId && each.state === state);
      return found === undefined ? undefined : (found.nbdUri ?? "");
    });
  }

  async function untilMachineIs(state: "online" | "offline"): Promise<void> {
    await eventually(`the machine is ${state}`, async () => {
      const machine = await unlessAway(client.call("showMachine", { params: { machine: chain.machine } }));
      return machine?.state === state ? true : undefined;
    });
  }

  async function uriOfReplica(id: string): Promise<string> {
    return eventually(
      "the replica machine's disk is told",
      async () => (await shown(id)).disks[0]?.nbdUri ?? undefined,
    );
  }

  async function makePoint(): Promise<string> {
    const call = { params: { machine: chain.machine }, body: { timeoutSeconds: 60 } };
    return (await client.call("createPoint", call, { timeoutMs: 65_000 })).id;
  }

  function recovered(point: string): Promise<Buffer> {
    return pointContent(client, { machine: chain.machine, disk: diskId, point });
  }
});

/** undefined while the server is away. */
async function unlessAway<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (!isFault(error)) throw error;
    return undefined;
  }
}

async function contentOf(uri: string): Promise<Buffer> {
  const { address, exportName } = parseNbdUri(uri);
  await using device = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
  const content = Buffer.alloc(device.sizeBytes);
  for (let at = 0; at < content.length; at += MiB) await device.read(at, content.subarray(at, at + MiB));
  return content;
}
