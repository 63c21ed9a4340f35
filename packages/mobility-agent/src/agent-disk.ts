import { Fault } from "@leeward/base";
import type { Throttle } from "@leeward/daemon";
import type { EventReport, PlannedDisk } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { DiskFeed, type DiskFeedOptions } from "./delivery/disk-feed.ts";
import type { ResyncCause } from "./disk/branch-file.ts";
import type { DiskHost, DiskSettings } from "./disk/disk-host.ts";
import { DiskKeeper } from "./disk/disk-keeper.ts";
import { type AgentDisk, policyOf } from "./disk-set.ts";
import type { Inventory } from "./inventory/inventory.ts";

export interface AgentDiskOptions {
  readonly clock: Clock;
  readonly inventory: Inventory;
  readonly home: string;
  readonly machineId: string;
  readonly bootId: string;
  /** Serves one disk: by a worker of its own, or in this thread. */
  readonly openHost: (settings: DiskSettings) => DiskHost;
  readonly openFrames: DiskFeedOptions["openFrames"];
  readonly epoch: () => number;
  readonly throttle: Throttle;
  /** Whether the disk at the resolved path is still used through the address of a protection that has ended. */
  readonly isReleasedAt: (path: string) => boolean;
  /** Told when the disk's facts may be others; whether it has neither copy nor gap now. */
  readonly onState: (planned: PlannedDisk, isWhole: boolean) => void;
  readonly onEvent: (event: EventReport) => void;
}

/** What serves and what delivers a disk of the plan; it is looked up, and may be protected, only when the keeper runs. */
export function makeAgentDisk(planned: PlannedDisk, options: AgentDiskOptions): Pick<AgentDisk, "keeper" | "feed"> {
  const { clock, inventory, openHost, openFrames, epoch, throttle, onState, onEvent } = options;
  const settle = async (): Promise<DiskSettings> => {
    const path = await inventory.resolve(planned.path, planned.capture);
    if (options.isReleasedAt(path)) throw stillUsed(path);
    return settingsOf(planned, path, options);
  };
  const keeper = new DiskKeeper(
    {
      clock,
      settle,
      openHost,
      onState: () => onState(planned, keeper.facts()?.state === "protected"),
      onResync: (cause) => onEvent(resyncEvent(planned, cause)),
      onEvent,
    },
    settingsOf(planned, planned.path, options),
  );
  return { keeper, feed: new DiskFeed({ host: keeper, clock, epoch, openFrames, throttle }) };
}

function settingsOf(
  planned: PlannedDisk,
  path: string,
  { home, machineId, bootId }: Pick<AgentDiskOptions, "home" | "machineId" | "bootId">,
): DiskSettings {
  const { diskId, name, capture, reverse, origin, seed } = planned;
  return {
    ...(reverse === undefined ? {} : { reverse }),
    ...(origin === undefined ? {} : { origin }),
    ...(seed === undefined ? {} : { seed }),
    diskId,
    machineId,
    name,
    capture,
    path,
    folder: `${home}/disks/${diskId}`,
    socketPath: `${home}/run/${diskId}.sock`,
    bootId,
    policy: policyOf(planned),
  };
}

function stillUsed(path: string): Fault {
  return new Fault({
    code: "disk-busy",
    kind: "operator",
    message: `Applications still use ${path} through the NBD address of its protection that has ended; what they write there would be seen by nobody.`,
    remedy: "End that use; whoever goes on does so through the disk's new NBD address.",
    detail: { path },
  });
}

function resyncEvent({ name, diskId }: PlannedDisk, { code, message }: ResyncCause): EventReport {
  return {
    kind: "disk-resync",
    subject: name,
    message: `${name} is copied again as a whole, and its earlier points stay: ${message}`,
    detail: { disk: diskId, code },
    severity: "warning",
  };
}
