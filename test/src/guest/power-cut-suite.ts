// The power of a protected machine fails, again and again, at any moment, and its disks lose what was not flushed: the change log, the disk and
// the replica agree after it. The disks that are protected and the disk with the agent's change log all have a volatile cache.
//
// What is asked for after each cut:
//  - a write that was acknowledged before a flush which was acknowledged is on the disk;
//  - every recovery point, before and after, is explained by what the writers know; and the first one after the cut, which stands where the agent
//    says that the disk is protected, is the disk, byte for byte, on both protected disks;
//  - nothing that was relied on is missing from the log, for which a disk would be copied again as a whole;
//  - the file system is clean after its journal, and no acknowledged row is missing, neither on the disk nor in the last point before the cut.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "@leeward/api";
import { isFault, MiB, seededRandom } from "@leeward/base";
import { parseNbdUri } from "@leeward/nbd";
import { NbdWriter } from "../e2e/nbd-writers.ts";
import type { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { liveDisk, savePoint } from "../harness/live-chain.ts";
import { checkFileSystem, LoopDisk } from "../harness/loop-disk.ts";
import { pointContent } from "../harness/point-content.ts";
import { newestRow } from "../harness/rows.ts";
import { fieldOf } from "../harness/shapes.ts";
import { type Base, unexplained } from "../oracle/explain.ts";
import { History, type MarkInterval } from "../oracle/history.ts";
import { undone, unsurvived } from "../oracle/survival.ts";
import type { PowerLoss } from "./volatile-disk.ts";
import type { VolatileDisks } from "./volatile-disks.ts";

const RAW_BYTES = 16 * MiB;
/** What the machine has: `home` for the agent, and two that are protected. */
export const POWER_CUT_DISKS = { home: 512 * MiB, raw: RAW_BYTES, files: 96 * MiB };
export const POWER_CUT_SEED = Number(process.env["LEEWARD_SEED"] ?? 20_261_121);
const PROTECTED = ["raw", "files"] as const;
const CONNECTIONS = 2;
/** What there is of each at least when the power fails. */
const [OPERATIONS_MIN, ROWS_MIN, POINTS_MIN] = [300, 5, 2];
const CUT_MS_MAX = 3_000;
const STAKE_TRIES_MAX = 10_000;
const POINTS_CHECKED = 8;
/** Everything takes some 20 times longer where the processor is emulated. */
const SLOW_MS = 1_800_000;

/** A machine with an agent, and a chain that protects its disks `raw` and `files`. */
export interface FailingMachine extends AsyncDisposable {
  readonly chain: Chain;
  readonly disks: VolatileDisks;
  /** Power is there: all that it does at its start is begun, the agent among it. */
  boot(): Promise<void>;
  /** Where on the machine a protected disk is. */
  pathOf(name: string): string;
  /** A Unix socket of the machine, as it is reached from here. */
  reachSocket(path: string): Promise<string>;
  /** Mounts what is on the disk that is served at a socket of the machine; makes a file system there when told. */
  mountFiles(socket: string, how: "made" | "as-it-is"): Promise<void>;
  /** Begins to commit rows to a database there. */
  writeRows(): Promise<void>;
  /** The last one that was acknowledged since the start; undefined when none was. */
  lastRow(): Promise<number | undefined>;
  /** The last row of the database, which passes its own check; the file system is clean. It stays mounted. */
  checkFiles(): Promise<number>;
  /** Ends it at once: its disks are silent already. Settles when nobody has them any more. */
  end(): Promise<void>;
}

interface Taken {
  readonly id: string;
  readonly interval: MarkInterval;
  /** Rows that were acknowledged before it was asked for. */
  readonly rows: number;
}

/** From one loss of power to the next. */
interface Stretch {
  readonly base: Base;
  readonly beganMs: number;
  readonly beganTick: number;
  readonly taken: Taken[];
}

export interface PowerCutOptions {
  readonly cuts: number;
  readonly skip: string | false;
  /** A machine that has booted, with nothing protected. */
  readonly make: () => Promise<FailingMachine>;
}

export function powerCutSuite(name: string, { cuts, skip, make }: PowerCutOptions): void {
  describe(name, { skip }, () => {
    const lost = { homeBytes: 0, rawBytes: 0, operations: 0 };
    let run: PowerCutRun | undefined;
    before(async () => {
      run = await PowerCutRun.begin(await make());
    });
    after(() => run?.[Symbol.asyncDispose]());

    for (let cut = 1; cut <= cuts; cut += 1) {
      test(`loses its power for the ${cut}. time, and nothing that was promised`, async (context) => {
        assert.ok(run !== undefined);
        const say = (line: string): void => context.diagnostic(line);
        say(`seed ${POWER_CUT_SEED}`);
        const { losses, operations } = await run.round(say);
        lost.homeBytes += losses["home"]?.lostBytes ?? 0;
        lost.rawBytes += losses["raw"]?.lostBytes ?? 0;
        lost.operations += operations;
      });
    }

    // One disk alone may keep by chance, over few cuts, all that it did not have to.
    test("lost something of what the disks had acknowledged and not flushed", (context) => {
      context.diagnostic(JSON.stringify(lost));
      assert.ok(lost.homeBytes + lost.rawBytes > 0, JSON.stringify(lost));
    });
  });
}

class PowerCutRun implements AsyncDisposable {
  readonly #machine: FailingMachine;
  readonly #client: ApiClient;
  readonly #random = seededRandom(POWER_CUT_SEED);
  readonly #history = new History();
  #writers: NbdWriter[] = [];
  /** Rows that have to be there. */
  #rows = 0;
  #stretch: Stretch;
  #rounds = 0;
  /** A round has begun and did not come to its end. */
  #isBroken = false;

  private constructor(machine: FailingMachine, client: ApiClient) {
    this.#machine = machine;
    this.#client = client;
    this.#stretch = this.#begun(Buffer.alloc(RAW_BYTES));
  }

  static async begin(machine: FailingMachine): Promise<PowerCutRun> {
    const { chain } = machine;
    const run = new PowerCutRun(machine, await chain.client());
    try {
      for (const name of PROTECTED) {
        const where = ["--path", machine.pathOf(name), "--name", name];
        await chain.run("disk", "protect", chain.machine, ...where, "--timeout", "600");
      }
      await run.#untilProtected();
      await machine.mountFiles(await run.#socketOf("files"), "made");
      return run;
    } catch (error) {
      await run[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** @returns what was lost: by the disks' caches, and of the operations that had been acknowledged */
  async round(say: (line: string) => void): Promise<{ losses: Record<string, PowerLoss>; operations: number }> {
    assert.ok(!this.#isBroken, "the last loss of power was not survived");
    this.#isBroken = true;
    const machine = this.#machine;
    await this.#write();
    machine.disks.cut();
    const cutMs = Date.now();
    const losses = await this.#endAndRestore();
    say(`lost: ${JSON.stringify(losses)}`);
    const raw = await machine.disks.contents("raw");
    const { base } = this.#stretch;
    const survivor = { operations: this.#history.operations, disk: 0, bytes: raw, base };
    assert.deepEqual(unsurvived(survivor), []);
    const operations = undone(survivor);
    say(`${operations} acknowledged operations are not there any more`);
    const ended = this.#stretch;
    this.#stretch = this.#begun(raw);

    await machine.boot();
    await this.#untilProtected();
    await this.#assertNothingIsCopiedWhole();
    const first = await this.#takePoint(600);
    assert.ok(first !== undefined, "a point is made as soon as the disks are protected");
    for (const name of PROTECTED) await this.#assertIsDisk(first.id, name);
    await this.#assertExplained(ended, cutMs, say);
    await machine.mountFiles(await this.#socketOf("files"), "as-it-is");
    const rows = await machine.checkFiles();
    assert.ok(rows >= this.#rows, `${this.#rows} rows were acknowledged, ${rows} are there`);
    this.#rows = rows;
    await this.#assertRowsAreIn(ended.taken.at(-1));
    for (const name of PROTECTED) {
      const verified = await machine.chain.run("disk", "verify", machine.chain.machine, name, "--timeout", "900");
      assert.equal(fieldOf(verified, "differingBytes"), 0, name);
    }
    this.#isBroken = false;
    return { losses, operations };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const writer of this.#writers) await writer.stop();
    this.#client.close();
    await this.#machine[Symbol.asyncDispose]();
  }

  #begun(raw: Buffer): Stretch {
    const base = { firstOperation: this.#history.operations.length, disks: [{ disk: 0, bytes: raw }] };
    return { base, beganMs: Date.now(), beganTick: this.#history.tick(), taken: [] };
  }

  async #untilProtected(): Promise<void> {
    for (const name of PROTECTED) {
      const isProtected = async (): Promise<true | undefined> =>
        (await liveDisk(this.#machine.chain, name)).state === "protected" ? true : undefined;
      await eventually(`${name} is protected`, isProtected, SLOW_MS);
    }
  }

  async #socketOf(name: string): Promise<string> {
    const { address } = parseNbdUri((await liveDisk(this.#machine.chain, name)).nbdUri ?? "");
    assert.ok("path" in address);
    return address.path;
  }

  /** Until there is enough of everything, and some moments after. */
  async #write(): Promise<void> {
    const uri = `nbd+unix:///?socket=${await this.#machine.reachSocket(await this.#socketOf("raw"))}`;
    // FUA has a disk harden what others wrote, too: every other time it must be a flush that does.
    this.#rounds += 1;
    const fua = this.#rounds % 2 === 1 ? ({ fua: "never" } as const) : {};
    const target = { disk: 0, uri, sizeBytes: RAW_BYTES, ...fua };
    this.#writers = Array.from(
      { length: CONNECTIONS },
      () => new NbdWriter(target, this.#history, this.#random.below(2 ** 31)),
    );
    for (const writer of this.#writers) writer.start();
    await this.#machine.writeRows();
    const hasEnough = async (): Promise<true | undefined> => {
      await this.#takePoint(20);
      const count = this.#history.operations.length - this.#stretch.base.firstOperation;
      const flushes = this.#writers.reduce((sum, writer) => sum + writer.flushes, 0);
      const isEnough = count >= OPERATIONS_MIN && flushes > 0 && this.#stretch.taken.length >= POINTS_MIN;
      // The last point is looked into: it holds some of what was written, however slowly its writer begins.
      const last = this.#stretch.taken.at(-1);
      return isEnough && last !== undefined && last.rows >= this.#rows + ROWS_MIN ? true : undefined;
    };
    await eventually("enough was written", hasEnough, SLOW_MS);
    await delay(this.#random.below(CUT_MS_MAX));
    await this.#untilAtStake();
  }

  /**
   * What a kernel holds back is lost in any case; what a disk's own cache holds only in the moments until it is flushed. And what the log lacks is on the
   * disk in the moments between a flush of the one and of the other.
   */
  async #untilAtStake(): Promise<void> {
    const { disks } = this.#machine;
    const [home, raw] = [disks.get("home"), disks.get("raw")];
    const { flushes } = raw;
    const moments = [() => raw.flushes > flushes, () => home.unflushedBytes > 0, () => raw.unflushedBytes > 0];
    const isNow = moments[this.#rounds % moments.length];
    for (let tried = 0; tried < STAKE_TRIES_MAX && isNow?.() === false; tried += 1) await delay(1);
  }

  async #endAndRestore() {
    const { chain, disks } = this.#machine;
    await this.#machine.end();
    for (const writer of this.#writers) await writer.stop();
    this.#writers = [];
    this.#rows = (await this.#machine.lastRow()) ?? this.#rows;
    const isAway = async (): Promise<true | undefined> =>
      fieldOf(await chain.run("machine", "show", chain.machine), "state") === "online" ? undefined : true;
    await eventually("the machine is away", isAway);
    return disks.restore();
  }

  /** undefined when it was refused, or did not come in time. */
  async #takePoint(timeoutSeconds: number): Promise<Taken | undefined> {
    const rows = (await this.#machine.lastRow()) ?? this.#rows;
    const requested = this.#history.tick();
    try {
      const call = { params: { machine: this.#machine.chain.machine }, body: { timeoutSeconds } };
      const { id } = await this.#client.call("createPoint", call, { timeoutMs: (timeoutSeconds + 5) * 1_000 });
      const taken = { id, interval: { requested, returned: this.#history.tick() }, rows };
      this.#stretch.taken.push(taken);
      return taken;
    } catch (error) {
      if (!isFault(error)) throw error;
      return undefined;
    }
  }

  /** What is in doubt after a loss of power is known: a disk is copied as a whole only where the log lost what was relied on. */
  async #assertNothingIsCopiedWhole(): Promise<void> {
    const { items } = await this.#client.call("listEvents", { query: {} });
    const resyncs = items.filter(({ kind }) => kind === "disk-resync");
    assert.deepEqual(resyncs, []);
  }

  async #assertIsDisk(point: string, name: string): Promise<void> {
    const disk = await this.#machine.disks.contents(name);
    const found = await this.#recovered(point, name);
    assert.equal(found.length, disk.length);
    for (let offset = 0; offset < disk.length; offset += 4_096) {
      const isEqual = found.subarray(offset, offset + 4_096).equals(disk.subarray(offset, offset + 4_096));
      assert.ok(isEqual, `${name} differs from point ${point} at ${offset}`);
    }
  }

  /** The newest points of a stretch; those that nobody asked for lie in between those that were. */
  async #assertExplained(of: Stretch, cutMs: number, say: (line: string) => void): Promise<void> {
    const points = await this.#pointsOf(of, cutMs);
    const asked = new Set(of.taken.map(({ id }) => id));
    assert.equal(points.filter(({ id }) => asked.has(id)).length, asked.size, "no point that was made is gone");
    const { operations } = this.#history;
    const checked = points.slice(-POINTS_CHECKED);
    for (const { id, interval } of checked) {
      const disks = [{ disk: 0, bytes: await this.#recovered(id, "raw") }];
      assert.deepEqual(unexplained({ operations, interval, disks, base: of.base }), [], `point ${id}`);
    }
    say(`${checked.length} of ${points.length} points explained, ${asked.size} of them asked for`);
  }

  async #pointsOf({ taken, beganMs, beganTick }: Stretch, cutMs: number) {
    const { id: disk } = await liveDisk(this.#machine.chain, "raw");
    const params = { machine: this.#machine.chain.machine };
    const { items } = await this.#client.call("listPoints", { params, query: {} });
    let requested = beganTick;
    const points: { readonly id: string; readonly interval: MarkInterval }[] = [];
    for (const { id, time, disks } of items) {
      const atMs = Date.parse(time);
      if (atMs < beganMs || atMs > cutMs || disks[disk] === undefined) continue;
      const known = taken.find((each) => each.id === id);
      if (known !== undefined) requested = known.interval.requested;
      const next = known ?? taken.find(({ interval }) => interval.requested > requested);
      points.push({ id, interval: { requested, returned: next?.interval.returned ?? Number.MAX_SAFE_INTEGER } });
    }
    return points;
  }

  async #recovered(point: string, disk: string): Promise<Buffer> {
    const { chain } = this.#machine;
    return pointContent(this.#client, { machine: chain.machine, disk: (await liveDisk(chain, disk)).id, point });
  }

  async #assertRowsAreIn(point: Taken | undefined): Promise<void> {
    assert.ok(point !== undefined);
    const image = await savePoint(this.#machine.chain, { disk: "files", at: point.id });
    {
      await using saved = await LoopDisk.attach(image, "as-it-is");
      await saved.mount();
      const newest = newestRow(join(saved.mountPoint, "rows.db"));
      assert.ok(newest >= point.rows, `${point.rows} rows were acknowledged before the point, ${newest} are in it`);
      await saved.unmount();
      await checkFileSystem(saved, "ext4");
    }
    await rm(image);
  }
}
