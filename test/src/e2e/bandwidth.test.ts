// A limit on the real chain: while a disk is copied and while it is written, what the daemons count as sent keeps to it; it is changed and lifted
// while they run, and every byte arrives.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { type Reading, readMetric } from "../harness/metrics.ts";
import { type DiskDocument, disksOf, fieldOf, pointOf } from "../harness/shapes.ts";

const MACHINE = "narrow";
const DISK_BYTES = 96 * MiB;
const LIMIT_MS = 120_000;
const SENT = "leeward_payload_sent_bytes_total";
/** A message is owed whole: so much may go before what is owed is waited for. */
const MESSAGE_BYTES_MAX = 2 * MiB;

describe("a bandwidth that is set while data flows", () => {
  let chain: Chain;
  let image: string;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    image = `${chain.sourceFolder}/disk.img`;
    await writeFile(image, randomBytes(DISK_BYTES));
  });
  after(() => chain.stop({ keep: false }));

  test("the agent sends no more than its machine's limit while it copies, and all of the disk once that is lifted", async () => {
    const pid = chain.agent?.ready.pid;
    await chain.run("machine", "set", MACHINE, "bandwidth=4MB/s");
    await chain.run("disk", "protect", MACHINE, "--path", image, "--timeout", "60");
    await holds(chain.agentHome, 4_000_000);
    const shown = fieldOf(await chain.run("machine", "show", MACHINE), "bandwidth");
    assert.equal(fieldOf(shown, "schedule"), "4MB/s");
    assert.equal(fieldOf(shown, "bytesPerSecond"), 4_000_000);
    assert.ok(Number(fieldOf(shown, "waitedSeconds")) > 0);

    await chain.run("machine", "set", MACHINE, "bandwidth=8MB/s");
    await limitIs(chain.agentHome, 8_000_000);
    await holds(chain.agentHome, 8_000_000);
    await chain.run("machine", "set", MACHINE, "bandwidth=unlimited");
    await untilProtected();
    assert.equal(chain.agent?.ready.pid, pid);
    await savedIsImage();
  });

  test("the process server forwards no more than its limit, takes in meanwhile, and all of it once that is lifted", async () => {
    const home = `${chain.serverHome}/process-server`;
    const [server] = [fieldOf(await chain.run("process-server", "list"), "items")].flat();
    const name = String(fieldOf(server, "name"));
    const pid = (await chain.processes())["process-server"];
    await chain.run("process-server", "set", name, "bandwidth=2MB/s");
    await limitIs(home, 2_000_000);
    const sequence = await writeThrough(32 * MiB);
    await holds(home, 2_000_000);
    await eventually("all of it is cached", async () => ((await disk()).sequence.cached ?? 0) >= sequence || undefined);
    assert.ok(((await disk()).sequence.journaled ?? 0) < sequence, "the rest waits in the cache");
    await chain.run("process-server", "set", name, "bandwidth=unlimited");
    await eventually(
      "all of it is journaled",
      async () => ((await disk()).sequence.journaled ?? 0) >= sequence || undefined,
    );
    assert.equal((await chain.processes())["process-server"], pid);
    await untilProtected();
    await savedIsImage();
  });

  /** Looks for some seconds at what was sent; a slow machine sends less, which is no fault of the limit. */
  async function holds(home: string, bytesPerSecond: number): Promise<void> {
    const waited = async (): Promise<number> =>
      (await readMetric(home, "leeward_bandwidth_waited_seconds_total")).value;
    const waitedBefore = await waited();
    await eventually("something waits for the limit", async () => (await waited()) > waitedBefore || undefined);
    const first = await readMetric(home, SENT);
    await eventually("some seconds' worth was sent", async () =>
      (await readMetric(home, SENT)).value - first.value >= 2 * bytesPerSecond ? true : undefined,
    );
    const last = await readMetric(home, SENT);
    const allowed = bytesPerSecond * 1.15 * secondsBetween(first, last) + MESSAGE_BYTES_MAX;
    assert.ok(last.value - first.value <= allowed, `${last.value - first.value} bytes, where ${allowed} may be sent`);
  }

  async function limitIs(home: string, bytesPerSecond: number): Promise<void> {
    await eventually("the limit is in force", async () =>
      (await readMetric(home, "leeward_bandwidth_limit_bytes_per_second")).value === bytesPerSecond ? true : undefined,
    );
  }

  async function disk(): Promise<DiskDocument> {
    const [found] = disksOf(await chain.run("disk", "status", MACHINE));
    assert.ok(found !== undefined);
    return found;
  }

  async function untilProtected(): Promise<void> {
    await eventually("the disk is protected", async () => ((await disk()).state === "protected" ? true : undefined));
  }

  /** Writes what no codec makes smaller through the disk's NBD address; gives the sequence that holds all of it. */
  async function writeThrough(bytes: number): Promise<number> {
    const { sequence, nbdUri } = await disk();
    const uri = parseNbdUri(nbdUri ?? "");
    const signal = AbortSignal.timeout(LIMIT_MS);
    {
      await using client = await connectNbd(uri.address, { clock: nodeClock, exportName: uri.exportName }, signal);
      for (let offset = 0; offset < bytes; offset += MiB) await client.write(offset, randomBytes(MiB), { fua: false });
      await client.flush();
    }
    const least = (sequence.written ?? 0) + bytes / MiB;
    return eventually("the writes are counted", async () => {
      const { written } = (await disk()).sequence;
      return written !== null && written >= least ? written : undefined;
    });
  }

  async function savedIsImage(): Promise<void> {
    const { id } = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "100"));
    const file = `${chain.folder}/saved.img`;
    await chain.run("point", "save", MACHINE, "disk.img", "--at", id, "--to", file, "--force");
    assert.ok((await readFile(file)).equals(await readFile(image)), "the point is the disk");
  }
});

/** The longest that it can have been. */
function secondsBetween(first: Reading, last: Reading): number {
  return (last.afterMs - first.beforeMs) / 1_000;
}
