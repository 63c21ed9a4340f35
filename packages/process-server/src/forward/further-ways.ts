import { orAborted } from "@leeward/base";
import type { FurtherStatus } from "@leeward/proto";
import type { DiskServices } from "../cache/disk-services.ts";
import type { HeldDisk } from "../cache/held-disk.ts";
import { FurtherWay } from "./further-way.ts";

/** The further targets of one disk, each for itself. */
export class FurtherWays {
  readonly #disk: HeldDisk;
  readonly #services: DiskServices;
  readonly #ways = new Map<string, FurtherWay>();

  constructor(disk: HeldDisk, services: DiskServices) {
    this.#disk = disk;
    this.#services = services;
    this.#add();
  }

  ways(): Iterable<FurtherWay> {
    return this.#ways.values();
  }

  status(): FurtherStatus[] {
    return Array.from(this.#ways.values(), (way) => way.status());
  }

  /** Takes what the disk's plan says of them now. */
  async follow(): Promise<void> {
    this.#add();
    const wanted = new Set(this.#disk.further.map(({ targetId }) => targetId));
    for (const [id, way] of this.#ways) {
      if (wanted.has(id)) continue;
      this.#ways.delete(id);
      await way.end();
    }
  }

  /** Sees to it that none takes more room than its share, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const changed = this.#disk.changed();
      for (const way of this.#ways.values()) await way.weigh();
      await orAborted(changed, signal);
    }
  }

  #add(): void {
    for (const target of this.#disk.further) {
      const known = this.#ways.get(target.targetId);
      if (known === undefined) this.#ways.set(target.targetId, new FurtherWay(this.#disk, target, this.#services));
      else known.replan(target);
    }
  }
}
