import { setTimeout as delay } from "node:timers/promises";
import { isFault, type Random, seededRandom } from "@leeward/base";
import { connectNbd, type NbdClient, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import type { History, Operation } from "../oracle/history.ts";
import { fillSector, SECTOR_BYTES } from "../oracle/sector.ts";

const SECTORS_MAX = 32;
const DEPTH = 4;
const PAUSE_MS_MAX = 12;

export interface WriterTarget {
  readonly disk: number;
  readonly uri: string;
  readonly sizeBytes: number;
  /** Default: some writes are made with FUA. */
  readonly fua?: "never";
}

/**
 * One NBD connection with several requests under way, on sectors that other connections write too: overlapping writes, zeroes, trims,
 * flushes and FUA. When the connection breaks, what was under way may have happened or not, and it connects again.
 */
export class NbdWriter {
  readonly #target: WriterTarget;
  readonly #history: History;
  readonly #random: Random;
  readonly #stop = new AbortController();
  #client: Promise<NbdClient> | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #paused = false;
  #underWay = 0;
  flushes = 0;
  broken = 0;

  constructor(target: WriterTarget, history: History, seed: number) {
    this.#target = target;
    this.#history = history;
    this.#random = seededRandom(seed);
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: DEPTH }, () => this.#lane()));
  }

  /** Resolves when nothing is under way; nothing is begun until `resume`. */
  async pause(): Promise<void> {
    this.#paused = true;
    while (this.#underWay > 0) await delay(2);
  }

  /** A flush that must succeed, tried again until it does. */
  async flush(): Promise<void> {
    for (;;) {
      const client = this.#connected();
      try {
        await (await client).flush();
        return;
      } catch (error) {
        await this.#lost(error, client);
      }
    }
  }

  resume(): void {
    this.#paused = false;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await (await this.#client?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  async #lane(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await delay(this.#random.below(PAUSE_MS_MAX));
      if (this.#paused) continue;
      this.#underWay += 1;
      try {
        await this.#step();
      } finally {
        this.#underWay -= 1;
      }
    }
  }

  async #step(): Promise<void> {
    const connecting = this.#connected();
    try {
      const client = await connecting;
      const choice = this.#random.below(20);
      if (choice === 0) {
        const asked = this.#history.tick();
        await client.flush();
        this.#history.flushed(this.#target.disk, asked);
        this.flushes += 1;
      } else await this.#change(client, choice);
    } catch (error) {
      await this.#lost(error, connecting);
    }
  }

  async #change(client: NbdClient, choice: number): Promise<void> {
    const { disk, sizeBytes } = this.#target;
    const sectors = 1 + this.#random.below(SECTORS_MAX);
    // Half of the writes meet in a small part of the disk, so that they overlap while they are under way.
    const span = this.#random.below(2) === 0 ? 256 : sizeBytes / SECTOR_BYTES;
    const sector = this.#random.below(span - sectors);
    const kind = choice < 5 ? "zero" : "write";
    const data = Buffer.alloc(sectors * SECTOR_BYTES);
    const operation = this.#history.submit({ disk, kind, sector, sectors });
    const extent = { offset: sector * SECTOR_BYTES, length: data.length };
    const fua = this.#random.below(8) === 0 && this.#target.fua !== "never";
    if (kind === "write") {
      fill(data, operation);
      await client.write(extent.offset, data, { fua });
    } else if (choice < 3) await client.zero(extent, { fua, mayDiscard: this.#random.below(2) === 0 });
    else await client.discard(extent, { fua });
    this.#history.acknowledge(operation);
    if (fua) operation.durable = true;
  }

  #connected(): Promise<NbdClient> {
    this.#client ??= connectNbd(
      parseNbdUri(this.#target.uri).address,
      { exportName: "", clock: nodeClock },
      this.#stop.signal,
    );
    return this.#client;
  }

  async #lost(error: unknown, client: Promise<NbdClient>): Promise<void> {
    if (!isFault(error)) throw error;
    if (this.#client === client) this.#client = undefined;
    this.broken += 1;
    await delay(100);
  }
}

function fill(data: Buffer, { disk, number, sector, sectors }: Operation): void {
  for (let index = 0; index < sectors; index += 1) {
    const target = data.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES);
    fillSector(target, { disk, index: sector + index, operation: number });
  }
}
