import type { Random } from "@leeward/base";
import { isFault } from "@leeward/base";
import type { SimulatedClock } from "@leeward/world/testing";
import { History, type Operation } from "../oracle/history.ts";
import { fillSector, SECTOR_BYTES } from "../oracle/sector.ts";
import type { AgentNode, UsedDisk } from "./agent-node.ts";
import type { Trace } from "./trace.ts";

const SECTORS_MAX = 16;
const PAUSE_MS_MAX = 100;
const SLOW_PAUSE_MS_MAX = 3_000;

/** Writers on the protected disks: overlapping writes, zeroes, discards, flushes, each noted as its writer saw it. */
export class Workload {
  readonly history = new History();
  readonly #agent: AgentNode;
  readonly #clock: SimulatedClock;
  readonly #random: Random;
  readonly #trace: Trace;
  #paused = false;
  #pauseMsMax = PAUSE_MS_MAX;
  #underWay = 0;

  constructor(options: { agent: AgentNode; clock: SimulatedClock; random: Random; trace: Trace }) {
    this.#agent = options.agent;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#trace = options.trace;
  }

  /** One writer, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(this.#random.below(this.#pauseMsMax), signal).catch(() => undefined);
      if (signal.aborted) return;
      if (!this.#paused) await this.#step();
    }
  }

  /** From now on the writers write seldom. */
  slow(): void {
    this.#pauseMsMax = SLOW_PAUSE_MS_MAX;
  }

  /** Lets what is under way end; nothing is begun until `resume`. */
  async pause(signal: AbortSignal): Promise<void> {
    this.#paused = true;
    while (this.#underWay > 0) await this.#clock.sleep(1, signal);
  }

  resume(): void {
    this.#paused = false;
  }

  async #step(): Promise<void> {
    const disk = this.#random.below(this.#agent.diskIds.length);
    const used = this.#agent.used(disk);
    if (used === undefined) return;
    const { device, died } = used;
    this.#underWay += 1;
    try {
      if (this.#random.below(12) === 0) {
        await Promise.race([device.flush(), died]);
        return;
      }
      const sectors = 1 + this.#random.below(SECTORS_MAX);
      const sector = this.#random.below(device.sizeBytes / SECTOR_BYTES - sectors);
      const kind = this.#random.below(5) === 0 ? "zero" : "write";
      const operation = this.history.submit({ disk, kind, sector, sectors });
      const outcome = await Promise.race([this.#issue(device, operation), died.then(() => "died" as const)]);
      if (outcome === "done") this.history.acknowledge(operation);
      this.#trace.add("operation", operation.number, outcome);
    } finally {
      this.#underWay -= 1;
    }
  }

  async #issue(device: UsedDisk["device"], operation: Operation): Promise<"done" | "refused"> {
    const extent = { offset: operation.sector * SECTOR_BYTES, length: operation.sectors * SECTOR_BYTES };
    const fua = this.#random.below(6) === 0;
    try {
      if (operation.kind === "write") {
        const data = Buffer.alloc(extent.length);
        for (let index = 0; index < operation.sectors; index += 1) {
          const place = { disk: operation.disk, index: operation.sector + index, operation: operation.number };
          fillSector(data.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES), place);
        }
        await device.write(extent.offset, data, { fua });
      } else if (this.#random.below(2) === 0) await device.zero(extent, { fua, mayDiscard: true });
      else await device.discard(extent, { fua });
      return "done";
    } catch (error) {
      if (isFault(error)) return "refused";
      throw error;
    }
  }
}
