import type { Random } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import type { LogRecord } from "@leeward/proto";
import { Splitter } from "@leeward/splitter";
import { RIG_LIMITS, readLog } from "@leeward/splitter/testing";
import { memoryTracker } from "@leeward/tracker/testing";
import type { World } from "@leeward/world";
import { TrackedDisk } from "../../disk/tracked-disk.ts";
import type { HeldDisk } from "../../marks/file-system-hold.ts";
import type { MarkClock } from "../../marks/mark-clock.ts";
import type { MarkedDisk } from "../../marks/point-coordinator.ts";
import { RigFreezer } from "./rig-freezer.ts";

const DISK_BYTES = 64 * 512;
const BRANCH = "0b".repeat(16);

/** A disk of a simulated machine as applications and the oracle see it. */
export interface RigDisk extends MarkedDisk {
  readonly capture: "splitter" | "tracker";
  write(offset: number, data: Uint8Array, isDurable: boolean): Promise<void>;
  /** Works until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** What is in its log, as it was written to the files by now; without what can be lost when its machine is dead. */
  records(files: World["files"], isAlive: boolean): Promise<LogRecord[]>;
}

/** A disk that others write to, and its file system. */
export interface RigLiveDisk extends RigDisk {
  readonly held: () => readonly HeldDisk[];
  readonly freezer: RigFreezer;
}

interface RigGround {
  readonly world: World;
  readonly machineId: string;
  readonly diskId: string;
  readonly marks: MarkClock;
}

export async function splitterDisk({ world, machineId, diskId, marks }: RigGround): Promise<RigDisk> {
  const splitter = await Splitter.open({
    world,
    source: memoryDevice(DISK_BYTES),
    folder: "/home/disk",
    identity: {
      machineId,
      diskId,
      branch: BRANCH,
      parent: { branch: "0f".repeat(16), sequence: 1 },
      bootId: "b0".repeat(16),
      physicalBlockBytes: 512,
      source: "rig",
    },
    marks,
    limits: { ...RIG_LIMITS, logBytesMax: 1 << 30 },
  });
  return {
    diskId,
    capture: "splitter",
    settleMark: (mark) => splitter.settleMark(mark),
    write: (offset, data, fua) => splitter.write(offset, data, { fua }),
    run: async () => {},
    async records(files, isAlive) {
      if (isAlive) await splitter.flush();
      const { durableSequence } = splitter.facts();
      // What is durable and not relied on yet has no less its place.
      return readLog(files, "/home/disk", durableSequence);
    },
  };
}

/** A disk whose changes are noted, below a file system whose freeze takes up to `slowMs`. */
export function liveDisk(ground: RigGround, { random, slowMs }: { random: Random; slowMs: number }): RigLiveDisk {
  const { world, machineId, diskId } = ground;
  const tracker = memoryTracker(memoryDevice(DISK_BYTES), { random });
  const freezer = new RigFreezer({ clock: world.clock, random, slowMs });
  const path = "/dev/rig";
  const tracked = new TrackedDisk({
    world,
    settings: {
      diskId,
      machineId,
      name: "live",
      capture: "tracker",
      path,
      folder: "/home/live",
      socketPath: "",
      bootId: "b0".repeat(16),
      policy: { logBytesMax: 1 << 30, copyBytesPerSecondMax: 0 },
    },
    openTracker: () => tracker.open(),
    openSource: async () => ({
      device: tracker.device,
      physicalBlockBytes: 512,
      identity: "rig",
      witness: async () => "tracked",
      sizeNow: async () => DISK_BYTES,
    }),
    ownExtents: async () => [],
  });
  let folder = "";
  let through = 0;
  return {
    diskId,
    capture: "tracker",
    freezer,
    held: () => (tracked.facts() === undefined ? [] : [{ diskId, path, live: tracked }]),
    async settleMark(mark) {
      const settled = await tracked.settleMark(mark);
      if (settled !== undefined) folder = `/home/live/${settled.branch}`;
      through = Math.max(through, settled?.sequence ?? 0);
      return settled;
    },
    write: (offset, data) => freezer.write(() => tracker.device.write(offset, data, { fua: false })),
    run: (signal) => tracked.run(signal),
    records: async (files) => (through === 0 ? [] : readLog(files, folder, through)),
  };
}
