// A test failover through the whole chain: a machine boots from a point while its source goes on, what it writes stays apart, the replica does not
// change, and nothing is left.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { peer } from "@leeward/nbd/testing";
import { BOOT_DISK_BYTES, bootDisk, ORDER_AT, WRITTEN_AT } from "@leeward/recovery-host/testing";
import { nodeClock } from "@leeward/world";
import { CommandCheck } from "../cli/command-check.ts";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { leeward } from "../harness/leeward-process.ts";
import { controlGroupsOf, replicaProcesses, replicaRemains } from "../harness/replica-remains.ts";
import { diskOf, disksOf, fieldOf, pointOf } from "../harness/shapes.ts";

const MACHINE = "web";
const GREETING = "leeward end to end";
const SECTOR = 512;
const DISKS = ["root", "data"];
const IS_FULL = process.env["LEEWARD_FULL"] === "1";
/** Test failovers one after another, and how many of them are booted; of the others the disks are read. */
const ROUNDS = IS_FULL ? 20 : 3;
const BOOTED = IS_FULL ? 2 : 1;
const NEVER = new AbortController().signal;

describe("test failover", { skip: peer("qemu-system-x86_64").skip }, () => {
  const check = new CommandCheck();
  let chain: Chain;
  let dataUri: string;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    await writeFile(`${chain.sourceFolder}/root.img`, bootDisk(GREETING));
    await writeFile(`${chain.sourceFolder}/data.img`, randomBytes(BOOT_DISK_BYTES));
    await protect("root");
    dataUri = (await protect("data")).nbdUri ?? "";
    await eventually("both disks are protected", async () =>
      disksOf(await chain.run("disk", "status")).every(({ state }) => state === "protected") ? true : undefined,
    );
  });
  after(async () => {
    // Nothing of a test that failed outlives it.
    await leeward(["failover", "cleanup", MACHINE, "--timeout", "100", "--home", chain.serverHome]);
    await chain.stop({ keep: false });
  });

  test("a machine boots while its source goes on; what it writes stays apart, the replica does not change, nothing is left", async () => {
    await using writer = await SourceWriter.begin(dataUri);
    const point = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "60"));
    const digests = await digestsOf(point.id, "before");
    const begun = await chain.run(
      "failover",
      "test",
      MACHINE,
      "--at",
      point.id,
      "--memory",
      "64",
      "--cpu-share",
      "0.5",
      "--timeout",
      "200",
    );
    const failover = fieldOf(begun, "failover");
    const id = String(fieldOf(failover, "id"));
    assert.deepEqual([fieldOf(failover, "state"), fieldOf(failover, "point")], ["running", point.id]);
    assert.match(await consoleShows(new RegExp(GREETING)), /leeward end to end/);

    const uri = await diskUri("root");
    await order(uri, "W");
    await eventually("the guest has written", async () => ((await byteAt(uri, WRITTEN_AT)) === "W" ? true : undefined));
    const source = await readFile(`${chain.sourceFolder}/root.img`);
    assert.equal(source[WRITTEN_AT], 0, "the source has nothing of it");

    const later = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "60"));
    assert.ok(later.time > point.time, "points of the source are made meanwhile");
    assert.ok(writer.written > 0);

    await chain.killServerDaemon("master-target");
    await eventually("its disk is served again", async () => byteAt(uri, WRITTEN_AT).catch(() => undefined));
    await order(uri, "+");
    const said = await consoleShows(/\+/);
    assert.doesNotMatch(said, /!/, "the guest saw no error");

    await chain.run("failover", "cleanup", id, "--notes", "It came up.", "--timeout", "100");
    assert.deepEqual(await replicaRemains(chain), []);
    assert.deepEqual(await controlGroupsOf(id), [], "no control group is left");
    assert.deepEqual(await digestsOf(point.id, "after"), digests);
    const ended = await chain.run("failover", "show", id);
    assert.deepEqual([fieldOf(ended, "state"), fieldOf(ended, "notes")], ["cleaned-up", "It came up."]);
  });

  test(`${ROUNDS} in a row while the source is written to: the replica never changes, and nothing is left behind`, async () => {
    await using writer = await SourceWriter.begin(dataUri);
    const point = pointOf(await chain.run("point", "create", MACHINE, "--timeout", "60"));
    const digests = await digestsOf(point.id, "first");
    for (let round = 0; round < ROUNDS; round += 1) {
      const how = round < BOOTED ? ["--memory", "64", "--cpu-share", "0.5"] : ["--host", "none"];
      const args = ["failover", "test", MACHINE, "--at", point.id, ...how, "--timeout", "200"];
      const id = String(fieldOf(fieldOf(await chain.run(...args), "failover"), "id"));
      if (round < BOOTED) await consoleShows(new RegExp(GREETING));
      else
        for (const [index, disk] of DISKS.entries()) assert.equal(await digestOf(await diskUri(disk)), digests[index]);
      await order(await diskUri("data"), String.fromCharCode(97 + round));
      await chain.run("failover", "cleanup", id, "--timeout", "100");
      assert.deepEqual(await replicaRemains(chain), [], `after round ${round + 1}`);
      assert.deepEqual(await controlGroupsOf(id), []);
    }
    assert.deepEqual(await digestsOf(point.id, "last"), digests);
    assert.ok(writer.written > ROUNDS);
  });

  for (const role of ["master-target", "config-server"] as const) {
    test(`when the ${role} is killed while the machine is being started, it is started once, and can be cleaned up`, async () => {
      const records = `${chain.serverHome}/master-target/replicas`;
      const asking = leeward(["failover", "test", MACHINE, "--memory", "64", "--json", "--home", chain.serverHome]);
      await eventually("it has begun", async () => ((await readdir(records)).length > 0 ? true : undefined));
      await chain.killServerDaemon(role);
      await chain.untilOnline();
      const { code, stderr } = await asking;
      // Who waits for the server when that is killed is told so; the job goes on all the same.
      if (role === "master-target") assert.equal(code, 0, stderr);
      await eventually("it runs", async () => {
        const shown = await chain.run("failover", "show", MACHINE).catch(() => undefined);
        return fieldOf(shown, "state") === "running" ? true : undefined;
      });
      await consoleShows(new RegExp(GREETING));
      assert.equal((await replicaProcesses(chain)).length, 1);
      await chain.run("failover", "cleanup", MACHINE, "--timeout", "100");
      assert.deepEqual(await replicaRemains(chain), []);
    });
  }

  test("one that cannot be started says why in the hypervisor's words, and leaves nothing", async () => {
    const args = [
      "failover",
      "test",
      MACHINE,
      "--memory",
      "64",
      "--network",
      "bridge:lw-nowhere",
      "--home",
      chain.serverHome,
    ];
    const { code, stderr } = await leeward(args);
    assert.equal(code, 1);
    assert.match(stderr, /lw-nowhere/);
    assert.deepEqual(await replicaRemains(chain), []);
    const [newest] = [fieldOf(await chain.run("failover", "list", MACHINE), "items")].flat();
    assert.equal(fieldOf(newest, "state"), "failed");
  });

  async function protect(name: string) {
    const path = `${chain.sourceFolder}/${name}.img`;
    return diskOf(await chain.run("disk", "protect", MACHINE, "--path", path, "--name", name, "--timeout", "60"));
  }

  async function digestsOf(point: string, name: string): Promise<unknown[]> {
    const digests: unknown[] = [];
    for (const disk of DISKS) {
      const file = `${chain.folder}/${disk}-${name}.img`;
      const saved = await chain.run("point", "save", MACHINE, disk, "--at", point, "--to", file, "--timeout", "100");
      digests.push(fieldOf(saved, "sha256"));
    }
    return digests;
  }

  function consoleShows(pattern: RegExp): Promise<string> {
    return eventually(`the console shows ${pattern}`, async () => {
      const { code, stdout } = await leeward(["failover", "console", MACHINE, "--json", "--home", chain.serverHome]);
      // A master target that was killed, or whose server was, is not there at once.
      if (code === 5) return undefined;
      const document: unknown = JSON.parse(stdout);
      check.holds("failover console", document);
      const text = String(fieldOf(document, "text"));
      return pattern.test(text) ? text : undefined;
    });
  }

  async function diskUri(name: string): Promise<string> {
    return eventually(`${name} is told`, async () => {
      const disks = [fieldOf(await chain.run("failover", "show", MACHINE), "disks")].flat();
      const uri = fieldOf(
        disks.find((disk) => fieldOf(disk, "name") === name),
        "nbdUri",
      );
      return typeof uri === "string" ? uri : undefined;
    });
  }
});

/** Somebody who writes to a protected disk all the time. */
class SourceWriter implements AsyncDisposable {
  written = 0;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  private constructor(uri: string) {
    this.#ended = this.#run(uri);
    this.#ended.catch(() => undefined);
  }

  static async begin(uri: string): Promise<SourceWriter> {
    const writer = new SourceWriter(uri);
    await eventually("something is written", async () => (writer.written > 0 ? true : undefined));
    return writer;
  }

  async #run(uri: string): Promise<void> {
    const { address, exportName } = parseNbdUri(uri);
    await using client = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
    while (!this.#stop.signal.aborted) {
      const block = Math.floor((this.written * SECTOR) % BOOT_DISK_BYTES);
      await client.write(block, randomBytes(SECTOR), { fua: false });
      await client.flush();
      this.written += 1;
      await nodeClock.sleep(20, this.#stop.signal).catch(() => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }
}

/** Of all that the disk holds; hex. */
async function digestOf(uri: string): Promise<string> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
  const content = new Uint8Array(client.sizeBytes);
  for (let at = 0; at < content.length; at += MiB) await client.read(at, content.subarray(at, at + MiB));
  return createHash("sha256").update(content).digest("hex");
}

async function order(uri: string, letter: string): Promise<void> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
  const sector = new Uint8Array(SECTOR);
  sector.set(new TextEncoder().encode(letter));
  await client.write(ORDER_AT, sector, { fua: false });
}

async function byteAt(uri: string, offset: number): Promise<string> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
  const sector = new Uint8Array(SECTOR);
  await client.read(offset, sector);
  return String.fromCharCode(sector[0] ?? 0);
}
