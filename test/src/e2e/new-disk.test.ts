// The disk of a failed-over machine is lost, and a new one takes its place, through the whole chain; agent and config server are killed on the way.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { MiB } from "@leeward/base";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { BLOCK_BYTES, writeBlocks } from "../harness/image-writes.ts";
import { Daemon, leeward } from "../harness/leeward-process.ts";
import { diskOf, disksOf, fieldOf, pointOf } from "../harness/shapes.ts";

const MACHINE = "web";
const DISK_BYTES = 48 * MiB;
/** The rest of the disk holds zeroes. */
const DATA_BYTES = 24 * MiB;
/** What the new disk has more. */
const TAIL_BYTES = 4 * MiB;

let chain: Chain;
before(async () => {
  chain = await Chain.start({ machine: MACHINE });
});
after(() => chain.stop({ keep: false }));

test("a new disk is brought to what the replica machine has, over kills, and is protected on from there without a copy of it", async () => {
  const lost = `${chain.sourceFolder}/data.img`;
  const other = `${chain.sourceFolder}/other.img`;
  const fresh = `${chain.sourceFolder}/fresh.img`;
  const disk = Buffer.concat([randomBytes(DATA_BYTES), Buffer.alloc(DISK_BYTES - DATA_BYTES)]);
  await writeFile(lost, disk);
  await writeFile(other, randomBytes(MiB));
  await chain.run("disk", "protect", MACHINE, "--path", lost, "--name", "data", "--timeout", "100");
  await chain.run("disk", "protect", MACHINE, "--path", other, "--name", "other", "--timeout", "100");
  await untilDisksAre("protected");
  const before = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "100")).id;

  await chain.killAgent();
  await rm(lost);
  await eventually("the source is away", async () =>
    fieldOf(await chain.run("machine", "show", MACHINE), "state") === "online" ? undefined : true,
  );
  await chain.run("failover", "unplanned", MACHINE, "--host", "none", "--force", "--timeout", "100");
  const replicaUri = await uriOfReplica("data");
  await writeBlocks(replicaUri, disk, [3, 300, 760]);
  await chain.run("failover", "commit", MACHINE);
  chain.agent = await Daemon.start(["agent", "start", "--home", chain.agentHome]);
  await chain.untilOnline();

  await refusedFor("disk-missing", fresh);
  await sized(fresh, DISK_BYTES - 512);
  await refusedFor("device-refused", fresh);
  await refusedFor("disk-protected-already", other);
  await writeFile(fresh, randomBytes(MiB));
  await sized(fresh, DISK_BYTES + TAIL_BYTES);
  await refusedFor("device-holds-data", fresh);
  assert.equal(await stateOfFailover(), "committed", "nothing was begun");
  assert.equal(await pathOf("data"), lost);
  const found = await readFile(fresh);

  const order = leeward(["reprotect", MACHINE, "--disk", `data=${fresh}`, "--overwrite", "--home", chain.serverHome]);
  await eventually("the order is stored", async () => ((await pathOf("data")) === fresh ? true : undefined));
  await chain.killAgent();
  await chain.killServerDaemon("config-server");
  await order;
  assert.ok(found.length === (await readFile(fresh)).length);
  chain.agent = await Daemon.start(["agent", "start", "--home", chain.agentHome]);
  await chain.untilOnline();
  await chain.run("reprotect", MACHINE, "--timeout", "200");
  await writeBlocks(replicaUri, disk, [5, 400]);

  const failback = leeward(["failback", MACHINE, "--home", chain.serverHome]);
  await eventually("the machine is being failed back", async () =>
    (await stateOfFailover()) === "reversing" ? undefined : true,
  );
  await chain.killAgent();
  await chain.killServerDaemon("config-server");
  await failback;
  chain.agent = await Daemon.start(["agent", "start", "--home", chain.agentHome]);
  const ended = await eventually("the machine is failed back", async () => {
    const [shown] = [fieldOf(await chain.run("failover", "list", MACHINE), "items")].flat();
    return fieldOf(shown, "state") === "failed-back" ? shown : undefined;
  });
  const way = [fieldOf(ended, "reverse")].flat().find((each) => fieldOf(each, "name") === "data");
  assert.equal(fieldOf(way, "method"), "compared");
  const brought = Number(fieldOf(way, "broughtBytes"));
  assert.ok(brought >= DATA_BYTES, `${brought} bytes were brought`);
  assert.ok(brought <= DATA_BYTES + 8 * BLOCK_BYTES, `${brought} bytes were brought: zeroes are not sent`);

  await untilDisksAre("protected");
  assert.equal(await pathOf("data"), fresh);
  const whole = Buffer.concat([disk, Buffer.alloc(TAIL_BYTES)]);
  assert.ok((await readFile(fresh)).equals(whole), "the new disk is what the replica machine left, byte for byte");
  const sourceUri = (await diskNamed("data")).nbdUri ?? "";
  await writeBlocks(sourceUri, whole, [8, 500]);
  await writeBlocks(sourceUri, whole, [whole.length / BLOCK_BYTES - 1]);
  const next = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "100")).id;
  assert.ok((await saved(next, "next")).equals(whole), "the next point is the new disk, its tail included");
  assert.ok((await readFile(fresh)).equals(whole));
  const first = await saved(before, "before");
  assert.equal(first.length, DISK_BYTES, "points of the disk that was lost stay");
  const events = [fieldOf(await chain.run("events"), "items")].flat();
  const resyncs = events.filter((each) => fieldOf(each, "kind") === "disk-resync");
  assert.deepEqual(resyncs, [], "nothing was copied as a whole");
});

async function refusedFor(code: string, path: string): Promise<void> {
  const order = ["reprotect", MACHINE, "--disk", `data=${path}`, "--home", chain.serverHome, "--json"];
  const { code: exit, stderr } = await leeward(order);
  assert.equal(exit, code === "disk-missing" ? 3 : 4, stderr);
  assert.match(stderr, new RegExp(`"${code}"`));
}

/** A file of so many bytes; what it gets is a hole. */
async function sized(path: string, bytes: number): Promise<void> {
  await (await open(path, "a")).close();
  await truncate(path, bytes);
}

async function diskNamed(name: string): Promise<ReturnType<typeof diskOf>> {
  const found = disksOf(await chain.run("disk", "status")).find((each) => each.name === name);
  assert.ok(found !== undefined);
  return found;
}

async function pathOf(name: string): Promise<string> {
  return String(Reflect.get(await diskNamed(name), "path"));
}

async function stateOfFailover(): Promise<unknown> {
  return fieldOf(await chain.run("failover", "show", MACHINE), "state");
}

async function untilDisksAre(state: string): Promise<void> {
  await eventually(`the disks are ${state}`, async () =>
    disksOf(await chain.run("disk", "status")).every((each) => each.state === state) ? true : undefined,
  );
}

async function uriOfReplica(name: string): Promise<string> {
  return eventually("the replica machine's disk is told", async () => {
    const disks = [fieldOf(await chain.run("failover", "show", MACHINE), "disks")].flat();
    const uri = fieldOf(
      disks.find((each) => fieldOf(each, "name") === name),
      "nbdUri",
    );
    return typeof uri === "string" ? uri : undefined;
  });
}

async function saved(point: string, name: string): Promise<Buffer> {
  const file = `${chain.folder}/${name}.img`;
  await chain.run("point", "save", MACHINE, "data", "--at", point, "--to", file, "--timeout", "100");
  return readFile(file);
}
