import type { Waiters } from "@leeward/base";
import type { Throttle, Trace } from "@leeward/daemon";
import type { LinkStatus } from "@leeward/proto";
import type { Network, World } from "@leeward/world";
import { Crew } from "../crew.ts";
import type { DiskFleet } from "../disk-fleet.ts";
import type { FurtherPoints } from "../points/further-points.ts";
import type { HandedOn } from "../points/handed-on.ts";
import type { PointDesk } from "../points/point-desk.ts";
import { TargetLink } from "./target-link.ts";
import type { Way } from "./way.ts";

export interface TargetLinksOptions {
  readonly world: World;
  readonly network: Network;
  readonly softwareVersion: string;
  readonly fleet: DiskFleet;
  readonly points: PointDesk;
  readonly furtherPoints: FurtherPoints;
  readonly forwardable: Waiters;
  readonly throttle: Throttle;
  readonly trace: Trace;
  readonly moments: HandedOn;
}

/** One link to each target at each address that the plan names. */
export class TargetLinks {
  readonly #options: TargetLinksOptions;
  readonly #crew = new Crew<string>();
  readonly #links = new Map<string, TargetLink>();
  #running = new Set<string>();

  constructor(options: TargetLinksOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#crew.run(signal);
  }

  /** The link to the disk's main target; undefined while there is none, or the plan does not name the disk. */
  linkOf(diskId: string): TargetLink | undefined {
    const parts = this.#options.fleet.disks.get(diskId);
    return parts && this.#links.get(keyOf(parts.main));
  }

  /** To each target, at the address that the plan has. */
  statuses(): LinkStatus[] {
    return Array.from(this.#links.values(), ({ status }) => status);
  }

  /** Starts and ends links as the disks in force want it. */
  async follow(): Promise<void> {
    const { forwardable, fleet } = this.#options;
    const wanted = new Map(fleet.ways().map((way) => [keyOf(way), way]));
    for (const key of this.#running) {
      if (wanted.has(key)) continue;
      this.#links.delete(key);
      await this.#crew.end(key);
    }
    for (const [key, { targetId, endpoint }] of wanted) {
      if (this.#crew.has(key)) continue;
      const ways = (): Way[] => fleet.ways().filter((way) => keyOf(way) === key);
      const link = new TargetLink({ ...this.#options, targetId, endpoint, ways });
      this.#links.set(key, link);
      this.#crew.start(key, (signal) => link.run(signal));
    }
    this.#running = new Set(wanted.keys());
    forwardable.notify();
  }
}

function keyOf({ targetId, endpoint }: Way): string {
  return `${targetId} ${endpoint.host} ${endpoint.port}`;
}
