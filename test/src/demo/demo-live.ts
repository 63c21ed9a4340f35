// A disk that is used as it is: a mounted ext4 on which a SQLite database is being written, protected by the tracker. It needs root; where
// it cannot be shown, the demo says why and does without.
import { mkdir, rm } from "node:fs/promises";
import { getuid } from "node:process";
import { isFault, MiB } from "@leeward/base";
import { peer } from "@leeward/nbd/testing";
import type { Chain } from "../harness/chain.ts";
import { copiedDatabase, detachLive, lookInto, protectLive } from "../harness/live-chain.ts";
import { endTracking, LoopDisk } from "../harness/loop-disk.ts";
import { newestRow, RowWriter } from "../harness/rows.ts";

export const LIVE_DISK = "database";
const SIZE_BYTES = 96 * MiB;
/** Of 3 kB each: they do not fill the disk on a slow machine. */
const ROW_EVERY_MS = 10;
const TOOLS = ["losetup", "mkfs.ext4", "e2fsck", "mount", "umount"];

export interface LiveFigures {
  readonly device: string;
  readonly protectedBytes: number;
  /** Rows whose commit was acknowledged before the point was asked for: all of them have to be in the copy. */
  readonly rowsCommittedBefore: number;
  readonly rowsFound: number;
  /** Of the rows that were begun after the point was made: none may be in the copy. */
  readonly rowsFoundOfAfter: number;
  /** Committed after the point and until the source was lost: gone with it. */
  readonly rowsCommittedAfter: number;
  /** From the question for the point until it could be recovered, seconds. */
  readonly pointSeconds: number;
  readonly fileSystem: "clean";
}

export interface NotShown {
  readonly notShown: string;
}

/** What was known of the rows when a point was made. */
export interface RowsAtPoint {
  readonly pointId: string;
  readonly committedBefore: number;
  /** The last that was begun when the point had been made. */
  readonly begunByThen: number;
  readonly pointSeconds: number;
}

/** The machine's live disk, with the application that writes to it. */
export class LiveSource implements AsyncDisposable {
  readonly #disk: LoopDisk;
  readonly #rows: RowWriter;

  private constructor(disk: LoopDisk, rows: RowWriter) {
    this.#disk = disk;
    this.#rows = rows;
  }

  /** In a folder that is there for it alone. With LEEWARD_REQUIRE_PEERS=1 whatever keeps it from being shown is an error. */
  static async make(folder: string): Promise<LiveSource | NotShown> {
    const missing = await whatIsMissing();
    if (missing === undefined) return LiveSource.#make(folder);
    if (process.env["LEEWARD_REQUIRE_PEERS"] === "1") throw new Error(`the live disk cannot be shown: ${missing}`);
    return { notShown: missing };
  }

  static async #make(folder: string): Promise<LiveSource | NotShown> {
    await mkdir(folder);
    const disk = await LoopDisk.attach(`${folder}/${LIVE_DISK}.img`, { sizeBytes: SIZE_BYTES });
    try {
      await endTracking(disk.device);
      await disk.makeFileSystem("ext4");
      await disk.mount();
      return new LiveSource(disk, await RowWriter.start(`${disk.mountPoint}/rows.db`, ROW_EVERY_MS));
    } catch (error) {
      await disk.detach();
      if (!isFault(error, "tracking-unsupported") || process.env["LEEWARD_REQUIRE_PEERS"] === "1") throw error;
      return { notShown: error.message };
    }
  }

  get device(): string {
    return this.#disk.device;
  }

  /** Settles when the first copy has ended. */
  async protect(home: Chain): Promise<void> {
    await protectLive(home, { device: this.device, name: LIVE_DISK });
  }

  /** Has a point made while rows are being committed. */
  async atPoint(make: () => Promise<string>): Promise<RowsAtPoint> {
    await this.#rows.moreThan(this.#rows.acknowledged);
    const committedBefore = this.#rows.acknowledged;
    const asked = performance.now();
    const pointId = await make();
    const pointSeconds = (performance.now() - asked) / 1_000;
    return { pointId, committedBefore, begunByThen: this.#rows.begun, pointSeconds };
  }

  /** As a machine is lost: in the middle of writing, and nothing can come from its disk any more. The agent has to be gone already. */
  async lose(home: Chain): Promise<void> {
    await this.#rows.kill();
    // A machine that is gone takes along what its kernel notes; this one stays.
    await detachLive(home, this.#disk);
    await rm(this.#disk.image, { force: true });
  }

  /** Looks for the rows in a recovered copy. Throws when one is missing that was committed before the point, or is there and was begun after. */
  async compare(home: Chain, known: RowsAtPoint): Promise<LiveFigures> {
    const { pointId: at, committedBefore, begunByThen, pointSeconds } = known;
    // Its file system is checked, and the database by itself, before a row is counted.
    const rowsFound = await lookInto(home, { disk: LIVE_DISK, at, kind: "ext4" }, async (folder) =>
      newestRow(await copiedDatabase(`${folder}/rows.db`, `${home.folder}/recovered-rows`)),
    );
    if (rowsFound < committedBefore) {
      throw new Error(`${committedBefore} rows were committed before the point, and ${rowsFound} are in the copy`);
    }
    const rowsFoundOfAfter = Math.max(0, rowsFound - begunByThen);
    if (rowsFoundOfAfter > 0) throw new Error(`${rowsFoundOfAfter} rows of after the point are in the copy`);
    return {
      device: this.device,
      protectedBytes: SIZE_BYTES,
      rowsCommittedBefore: committedBefore,
      rowsFound,
      rowsFoundOfAfter,
      rowsCommittedAfter: this.#rows.acknowledged - rowsFound,
      pointSeconds,
      fileSystem: "clean",
    };
  }

  /** Detaches the disk, if it was not lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rows.kill();
    await this.#disk.detach();
  }
}

/** undefined when all is there that a live disk needs of the machine; of the kernel is asked later, with a device. */
async function whatIsMissing(): Promise<string | undefined> {
  if (getuid?.() !== 0) return "it needs root";
  const tool = TOOLS.find((name) => peer(name).path === name);
  if (tool !== undefined) return `${tool} is not installed`;
  return (await LoopDisk.isFree()) ? undefined : "no loop device is free";
}
