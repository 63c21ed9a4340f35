import { isFault, type Random, seededRandom } from "@leeward/base";
import { connectNbd, type NbdClient, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { SECTOR_BYTES } from "../oracle/sector.ts";
import { bytesOf, type NumberedWrite, type WrittenDisk } from "../oracle/written-disk.ts";
import { eventually } from "./eventually.ts";
import { isRefusedWrite } from "./image-writes.ts";

const SECTORS = 16;
const PAUSE_MS = 4;
const RETRY_MS = 50;

/**
 * An application that writes to an NBD disk, one numbered write after another, each flushed before it counts as acknowledged. What is not answered it does again,
 * over as many connections as that takes, until it is ended.
 */
export class NumberedWriter implements AsyncDisposable {
  acknowledged = 0;
  /** Tries that the disk itself refused. */
  refusals = 0;
  readonly #uri: string;
  readonly #disk: WrittenDisk;
  readonly #random: Random;
  readonly #abandoned = new AbortController();
  readonly #running: Promise<void>;
  #client: Promise<NbdClient> | undefined;
  #ending = false;
  #hasFailed = false;

  private constructor(uri: string, disk: WrittenDisk, seed: number) {
    this.#uri = uri;
    this.#disk = disk;
    this.#random = seededRandom(seed);
    this.#running = this.#run();
    this.#running.catch(() => {
      this.#hasFailed = true;
    });
  }

  /** It has written something when it settles. */
  static async begin(uri: string, disk: WrittenDisk, seed: number): Promise<NumberedWriter> {
    const writer = new NumberedWriter(uri, disk, seed);
    await writer.more(1);
    return writer;
  }

  /** Settles when so many more writes were acknowledged. */
  async more(count: number): Promise<void> {
    const until = this.acknowledged + count;
    await eventually(`${until} writes are acknowledged`, async () => {
      if (this.#hasFailed) await this.#running;
      return this.acknowledged >= until ? true : undefined;
    });
  }

  /** Settles when the disk has refused a write that was begun from now on. */
  async refused(): Promise<void> {
    // The one that is under way may have been refused before.
    const until = this.refusals + 2;
    await eventually("the disk takes no write", () => (this.refusals >= until ? true : undefined));
  }

  /** Ends when its last write was acknowledged. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.#running;
    await this.#drop();
  }

  /** Ends at once: of the write that is under way nobody knows. */
  async abandon(): Promise<void> {
    this.#ending = true;
    this.#abandoned.abort(new Error("the writer was abandoned"));
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abandon();
  }

  async #run(): Promise<void> {
    while (!this.#ending) {
      const sector = this.#random.below(this.#disk.sizeBytes / SECTOR_BYTES / SECTORS) * SECTORS;
      await this.#surely(this.#disk.begin({ sector, sectors: SECTORS }));
      await nodeClock.sleep(PAUSE_MS, this.#abandoned.signal).catch(() => undefined);
    }
  }

  async #surely(write: NumberedWrite): Promise<void> {
    while (!this.#abandoned.signal.aborted) {
      try {
        const client = await this.#connected();
        await client.write(write.sector * SECTOR_BYTES, bytesOf(write), { fua: false });
        await client.flush();
        this.#disk.acknowledge(write);
        this.acknowledged += 1;
        return;
      } catch (error) {
        if (!isFault(error) && !this.#abandoned.signal.aborted) throw error;
        if (isRefusedWrite(error)) this.refusals += 1;
        await this.#drop();
        await nodeClock.sleep(RETRY_MS, this.#abandoned.signal).catch(() => undefined);
      }
    }
    this.#disk.doubt(write);
  }

  #connected(): Promise<NbdClient> {
    const { address, exportName } = parseNbdUri(this.#uri);
    this.#client ??= connectNbd(address, { exportName, clock: nodeClock }, this.#abandoned.signal);
    return this.#client;
  }

  async #drop(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    await client?.[Symbol.asyncDispose]();
  }
}

/** Writes all of a range at once, as an installation or a restore does. */
export async function writeAll(
  uri: string,
  disk: WrittenDisk,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<void> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, new AbortController().signal);
  const write = disk.begin({ sector: offset / SECTOR_BYTES, sectors: length / SECTOR_BYTES });
  await client.write(offset, bytesOf(write), { fua: false });
  await client.flush();
  disk.acknowledge(write);
}
