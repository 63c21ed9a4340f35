// A machine runs at its master target and goes back to its source, through the whole chain: its source is lost, comes back and writes, and in the end holds
// what the replica machine wrote and nothing else; only what differs was brought.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { Daemon, leeward } from "../harness/leeward-process.ts";
import { diskOf, disksOf, fieldOf, pointOf, pointsOf } from "../harness/shapes.ts";

const MACHINE = "web";
const DISK_BYTES = 32 * 1024 * 1024;
const PIECE_BYTES = 8 * 1024;
/** What one write may cost when whole regions of the source's tracking, and whole blocks of digests, are brought for it. */
const REGION_BYTES = 1024 * 1024;
const NEVER = new AbortController().signal;

describe("failover and failback", () => {
  let chain: Chain;
  let sourceUri: string;
  /** What the machine's disk holds, as far as it is the machine's. */
  let disk: Buffer;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    disk = randomBytes(DISK_BYTES);
    await writeFile(`${chain.sourceFolder}/data.img`, disk);
    const path = `${chain.sourceFolder}/data.img`;
    const made = await chain.run("disk", "protect", MACHINE, "--path", path, "--name", "data", "--timeout", "100");
    sourceUri = diskOf(made).nbdUri ?? "";
    await untilDiskIs("protected");
  });
  after(() => chain.stop({ keep: false }));

  test("the source is lost, comes back and writes: the replica has nothing of it, and a failback leaves nothing of it", async () => {
    await write(sourceUri, disk, 20);
    const point = await makePoint();
    const atPoint = Buffer.from(disk);
    const discarded = Buffer.from(disk);
    await write(sourceUri, discarded, 10);
    const later = await makePoint();
    await withStopped("process-server", async () => {
      await write(sourceUri, discarded, 5);
      await chain.killAgent();
    });

    await untilOffline();
    const order = ["failover", "unplanned", MACHINE, "--at", point, "--host", "none", "--timeout", "100"];
    const refused = await leeward([...order, "--json", "--home", chain.serverHome]);
    assert.equal(refused.code, 4, refused.stderr);
    assert.match(refused.stderr, /failover-not-fenced/);
    await chain.run(...order, "--force");
    disk = Buffer.from(atPoint);
    const replicaUri = await uriOfReplica();
    assert.ok((await contentOf(replicaUri)).equals(disk), "the replica is the disk at the point");
    await write(replicaUri, disk, 10);

    // Nobody tells the source that it was failed over: it goes on as it was, until what it sends is refused.
    const before = await positions();
    await withStopped("config-server", async () => {
      chain.agent = await Daemon.start(["agent", "start", "--home", chain.agentHome]);
      await eventually("the source takes no writes", async () => {
        try {
          await write(sourceUri, discarded, 1);
          return undefined;
        } catch {
          return true;
        }
      });
    });
    await chain.untilOnline();
    await untilDiskIs("fenced");
    assert.deepEqual(await positions(), before, "nothing of it reached the replica");
    assert.ok((await contentOf(replicaUri)).equals(disk), "nor the machine that runs there");
    await eventually("nobody is alarmed about the source any more", async () =>
      (await statusCodes()).includes("source-not-fenced") ? undefined : true,
    );

    await chain.run("failover", "commit", MACHINE);
    const reversing = await chain.run("reprotect", MACHINE, "--timeout", "200");
    assert.equal(fieldOf(fieldOf(reversing, "failover"), "state"), "reversing");
    await write(replicaUri, disk, 5);
    const done = await chain.run("failback", MACHINE, "--timeout", "200");
    const failover = fieldOf(done, "failover");
    assert.equal(fieldOf(failover, "state"), "failed-back");
    await untilDiskIs("protected");
    assert.ok(
      (await readFile(`${chain.sourceFolder}/data.img`)).equals(disk),
      "the source is what the replica machine left",
    );

    await write(sourceUri, disk, 5);
    const last = await makePoint();
    assert.ok((await saved(last, "last")).equals(disk), "it is protected the first way again");
    assert.ok((await saved(point, "point")).equals(atPoint), "points before the failover stay");
    assert.notDeepEqual(await saved(later, "later"), atPoint, "also those that were passed over");
    const handedBack = String(fieldOf(failover, "lastPoint"));
    assert.ok((await pointIds()).includes(handedBack), "what the replica machine left is a point");
    const events = JSON.stringify(await chain.run("events"));
    assert.doesNotMatch(events, /"disk-resync"/, "nothing was copied again as a whole");
  });

  test("the set that is brought back is what differs, and no more", async () => {
    const point = await makePoint();
    await chain.run("failover", "unplanned", MACHINE, "--at", point, "--host", "none", "--timeout", "100");
    const replicaUri = await uriOfReplica();
    await write(replicaUri, disk, 4);
    await chain.run("failover", "commit", MACHINE);
    await chain.run("reprotect", MACHINE, "--timeout", "200");
    const [way] = [fieldOf(await chain.run("failover", "show", MACHINE), "reverse")].flat();
    assert.equal(fieldOf(way, "method"), "set");
    const brought = Number(fieldOf(way, "broughtBytes"));
    assert.ok(brought >= (4 * PIECE_BYTES) / 2, `${brought} bytes were brought`);
    assert.ok(brought <= 4 * PIECE_BYTES + REGION_BYTES, `${brought} bytes were brought`);
    await chain.run("failback", MACHINE, "--timeout", "200");
    await untilDiskIs("protected");
    assert.ok((await readFile(`${chain.sourceFolder}/data.img`)).equals(disk));
  });

  test("a planned failover loses nothing, and its source and its point are equal block by block; cancelled, the source goes on", async () => {
    await write(sourceUri, disk, 8);
    const planned = await chain.run("failover", "planned", MACHINE, "--host", "none", "--timeout", "200");
    const [item] = [fieldOf(planned, "items")].flat();
    assert.equal(fieldOf(fieldOf(item, "failover"), "fence"), "fenced");
    assert.ok((await contentOf(await uriOfReplica())).equals(disk), "all that was acknowledged is there");
    await assert.rejects(write(sourceUri, Buffer.from(disk), 1));
    const proof = await eventually("the two are compared", async () => {
      const found = fieldOf(await chain.run("failover", "show", MACHINE), "proof");
      return found === null ? undefined : found;
    });
    assert.deepEqual(proof, { comparedBytes: DISK_BYTES, differingBytes: 0 });
    await write(await uriOfReplica(), Buffer.from(disk), 3);
    await chain.run("failover", "cancel", MACHINE, "--timeout", "100");
    await untilDiskIs("protected");
    await write(sourceUri, disk, 3);
    assert.ok((await saved(await makePoint(), "cancelled")).equals(disk), "what the replica machine wrote is gone");
  });

  test("another point can be taken until the commit", async () => {
    const older = await makePoint();
    const atOlder = Buffer.from(disk);
    await write(sourceUri, disk, 3);
    const newer = await makePoint();
    await chain.run("failover", "unplanned", MACHINE, "--at", newer, "--host", "none", "--timeout", "100");
    await write(await uriOfReplica(), Buffer.from(disk), 3);
    await chain.run("failover", "change-point", MACHINE, "--at", older, "--timeout", "100");
    assert.ok((await contentOf(await uriOfReplica())).equals(atOlder));
    await chain.run("failover", "cancel", MACHINE, "--timeout", "100");
    await untilDiskIs("protected");
    assert.ok((await saved(await makePoint(), "again")).equals(disk));
  });

  async function untilDiskIs(state: string): Promise<void> {
    await eventually(`the disk is ${state}`, async () =>
      disksOf(await chain.run("disk", "status")).every((each) => each.state === state) ? true : undefined,
    );
  }

  async function untilOffline(): Promise<void> {
    await eventually("the source is away", async () =>
      fieldOf(await chain.run("machine", "show", MACHINE), "state") === "online" ? undefined : true,
    );
  }

  async function makePoint(): Promise<string> {
    return pointOf(await chain.run("point", "create", MACHINE, "--timeout", "100")).id;
  }

  async function pointIds(): Promise<string[]> {
    return pointsOf(await chain.run("point", "list", MACHINE)).map(({ id }) => id);
  }

  async function positions(): Promise<unknown[]> {
    return disksOf(await chain.run("disk", "status")).map(({ sequence }) => sequence.journaled);
  }

  async function statusCodes(): Promise<string[]> {
    return (await (await chain.client()).call("status", {})).items.map(({ code }) => code);
  }

  async function saved(point: string, name: string): Promise<Buffer> {
    const file = `${chain.folder}/${name}.img`;
    await chain.run("point", "save", MACHINE, "data", "--at", point, "--to", file, "--timeout", "100");
    return readFile(file);
  }

  async function uriOfReplica(): Promise<string> {
    return eventually("the replica machine's disk is told", async () => {
      const [shown] = [fieldOf(await chain.run("failover", "show", MACHINE), "disks")].flat();
      const uri = fieldOf(shown, "nbdUri");
      return typeof uri === "string" ? uri : undefined;
    });
  }

  async function withStopped(role: "process-server" | "config-server", work: () => Promise<void>): Promise<void> {
    const pid = (await chain.processes())[role];
    assert.ok(pid !== undefined);
    process.kill(pid, "SIGSTOP");
    try {
      await work();
    } finally {
      process.kill(pid, "SIGCONT");
    }
  }
});

/** So many pieces at random places, each acknowledged with a flush; `image` is what the disk holds after it. */
async function write(uri: string, image: Buffer, pieces: number): Promise<void> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
  for (let piece = 0; piece < pieces; piece += 1) {
    const content = randomBytes(PIECE_BYTES);
    const offset = (randomBytes(4).readUInt32LE() % (DISK_BYTES / PIECE_BYTES)) * PIECE_BYTES;
    await client.write(offset, content, { fua: false });
    await client.flush();
    content.copy(image, offset);
  }
}

async function contentOf(uri: string): Promise<Buffer> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
  const content = Buffer.alloc(DISK_BYTES);
  for (let offset = 0; offset < DISK_BYTES; offset += REGION_BYTES) {
    await client.read(offset, content.subarray(offset, offset + REGION_BYTES));
  }
  return content;
}
