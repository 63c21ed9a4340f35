import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isFault, seededRandom } from "@leeward/base";
import { connectNbd, type NbdClient, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { BLOCK_BYTES, type DemoImage } from "./demo-image.ts";

/** Which version each block of the file had at a moment; a block that is not named was never written. */
export type Versions = ReadonlyMap<number, number>;

const LANES = 8;
const PAUSE_MS = 2;

/**
 * An application that writes into the file's data blocks through NBD, and remembers what it was told. A write whose connection broke is
 * done again until it is acknowledged, so at a pause each block has exactly one possible content.
 */
export class DemoWriter {
  readonly #image: DemoImage;
  readonly #uri: string;
  readonly #random = seededRandom(20_261_120);
  readonly #versions = new Map<number, number>();
  readonly #stop = new AbortController();
  #client: Promise<NbdClient> | undefined;
  #paused = false;
  #underWay = 0;
  #running: Promise<unknown> = Promise.resolve();
  acknowledged = 0;
  retried = 0;

  constructor(image: DemoImage, uri: string) {
    this.#image = image;
    this.#uri = uri;
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: LANES }, (_, lane) => this.#lane(lane)));
  }

  /** Lets what is under way be acknowledged, and says what every block then holds. */
  async pause(): Promise<Versions> {
    this.#paused = true;
    while (this.#underWay > 0) await delay(5);
    return new Map(this.#versions);
  }

  resume(): void {
    this.#paused = false;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    const client = await this.#client?.catch(() => undefined);
    await client?.[Symbol.asyncDispose]();
  }

  /** Each lane has blocks of its own, so that no two writes of one block are ever under way at once. */
  async #lane(lane: number): Promise<void> {
    const blocks = this.#image.blockOffsets.length;
    while (!this.#stop.signal.aborted) {
      if (this.#paused) {
        await delay(5);
        continue;
      }
      const block = this.#random.below(Math.floor(blocks / LANES)) * LANES + lane;
      const version = (this.#versions.get(block) ?? 0) + 1;
      this.#underWay += 1;
      await this.#write(block, version);
      this.#versions.set(block, version);
      this.acknowledged += 1;
      this.#underWay -= 1;
      await delay(PAUSE_MS);
    }
  }

  async #write(block: number, version: number): Promise<void> {
    const offset = this.#image.blockOffsets[block] ?? 0;
    const content = blockContent(block, version);
    while (!this.#stop.signal.aborted) {
      try {
        this.#client ??= connectNbd(
          parseNbdUri(this.#uri).address,
          { exportName: "", clock: nodeClock },
          this.#stop.signal,
        );
        await (await this.#client).write(offset, content, { fua: version % 16 === 0 });
        return;
      } catch (error) {
        if (!isFault(error)) throw error;
        this.#client = undefined;
        this.retried += 1;
        await delay(100);
      }
    }
  }
}

/** What version `version` of block `block` consists of: half of it does not compress. */
export function blockContent(block: number, version: number): Buffer {
  const content = Buffer.alloc(BLOCK_BYTES);
  content.write(`block ${block} version ${version}\n`);
  let seed = createHash("sha256").update(`${block}/${version}`).digest();
  for (let position = BLOCK_BYTES / 2; position < BLOCK_BYTES; position += seed.length) {
    seed.copy(content, position);
    seed = createHash("sha256").update(seed).digest();
  }
  return content;
}
