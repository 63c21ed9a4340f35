import type { Waiters } from "@leeward/base";
import type { Throttle, Trace } from "@leeward/daemon";
import type { Endpoint, Network, World } from "@leeward/world";
import { Crew } from "../crew.ts";
import type { DiskFleet } from "../disk-fleet.ts";
import type { PointDesk } from "../points/point-desk.ts";
import { type ForwardedDiskParts, TargetLink } from "./target-link.ts";

export interface TargetLinksOptions {
  readonly world: World;
  readonly network: Network;
  readonly softwareVersion: string;
  readonly fleet: DiskFleet;
  readonly points: PointDesk;
  readonly forwardable: Waiters;
  readonly throttle: Throttle;
  readonly trace: Trace;
}

interface Target {
  readonly targetId: string;
  readonly endpoint: Endpoint;
}

/** One link to each target at each address that the plan names. */
export class TargetLinks {
  readonly #options: TargetLinksOptions;
  readonly #crew = new Crew<string>();
  readonly #links = new Map<string, TargetLink>();
  #running = new Map<string, Target>();

  constructor(options: TargetLinksOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#crew.run(signal);
  }

  /** The way to the disk's target; undefined while there is none, or the plan does not name the disk. */
  linkOf(diskId: string): TargetLink | undefined {
    const parts = this.#options.fleet.disks.get(diskId);
    return parts && this.#links.get(keyOf(parts));
  }

  /** Starts and ends links as the disks in force want it. */
  async follow(): Promise<void> {
    const { forwardable, fleet } = this.#options;
    const wanted = new Map<string, Target>();
    for (const parts of fleet.disks.values()) wanted.set(keyOf(parts), targetOf(parts));
    for (const key of this.#running.keys()) {
      if (wanted.has(key)) continue;
      this.#links.delete(key);
      await this.#crew.end(key);
    }
    for (const [key, target] of wanted) {
      if (this.#crew.has(key)) continue;
      const disks = (): ForwardedDiskParts[] =>
        Array.from(fleet.disks.values()).filter((parts) => keyOf(parts) === key);
      const link = new TargetLink({ ...this.#options, ...target, disks });
      this.#links.set(key, link);
      this.#crew.start(key, (signal) => link.run(signal));
    }
    this.#running = wanted;
    forwardable.notify();
  }
}

function targetOf({ disk }: ForwardedDiskParts): Target {
  const { targetId, targetAddress } = disk.plan;
  return { targetId, endpoint: targetAddress };
}

function keyOf({ disk }: ForwardedDiskParts): string {
  const { targetId, targetAddress } = disk.plan;
  return `${targetId} ${targetAddress.host} ${targetAddress.port}`;
}
