import { type Extent, type FileDevice, openFileDevice } from "@leeward/block";
import { alignedBytes } from "@leeward/world";
import type { ChangeTracker } from "../change-tracker.ts";
import { deviceFacts } from "../kernel/node-device-facts.ts";
import { reopenChangeTracker } from "../kernel/node-open-change-tracker.ts";
import { DISK_HEAD_BYTES, mayHoldBootLoader } from "./boot-code.ts";
import { type ContentSample, takeSamples } from "./content-samples.ts";
import { mayBeBootFolder } from "./node-boot-places.ts";
import { deviceIdentity } from "./node-device-identity.ts";
import { type ClosedDevice, openIfClosed } from "./node-other-users.ts";

const EXTENT_BYTES_MAX = 64 * 1_048_576;
/** More is not noted: such a disk is read anew. */
const EXTENTS_MAX = 16_384;

export interface LookOptions {
  /** Resolved. */
  readonly path: string;
  readonly diskId: string;
  /** Of the tracking that saw all changes so far. */
  readonly trackingId: string;
  /** What the disk says that it is; as the kernel tells it unless told otherwise. */
  readonly identityOf?: (path: string) => string | undefined;
}

/** How a disk was left at the end of its machine's shutdown. */
export type LastLook =
  | {
      readonly kind: "closed";
      readonly identity: string;
      readonly sizeBytes: number;
      /** What has changed and was not settled, whole regions. */
      readonly changed: readonly Extent[];
      readonly samples: readonly ContentSample[];
    }
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * Looks at a disk that its agent has left, while the kernel still notes its changes. It is closed when nobody can be seen who could write to it, and nobody
 * wrote to it while it was looked at.
 *
 * Order: opened exclusively → buffered writes flushed → collected → samples read → collected, nothing new → nobody else has it, still. What is noted is
 * left with the kernel, as it was. @throws Fault `tracking-unsupported`, and what the disk throws
 */
export async function lookAtLeftDisk(options: LookOptions): Promise<LastLook> {
  const { path, diskId, trackingId, identityOf = deviceIdentity } = options;
  const facts = deviceFacts(path);
  if (facts.byBios === 1) return unknown("its changes during a boot are those of the disks below");
  const identity = identityOf(path);
  if (identity === undefined) return unknown("it has no serial number or other name of its own");
  if (mayBeBootFolder(path)) return unknown("the machine may be started from it");
  const closed = openIfClosed(path);
  if (typeof closed === "string") return unknown(closed);
  using _ = closed;
  if (await holdsBootLoader(`/dev/${facts.disk}`)) return unknown("it may hold a boot loader");
  await using tracker = await reopenChangeTracker({ path, diskId });
  if (tracker?.trackingId !== trackingId) return unknown("the kernel does not note its changes any more");
  await using device = await openFileDevice({ path, readOnly: true, io: "thread-pool", direct: true });
  return await lookAt({ identity, closed, tracker, device });
}

/** A disk that was found closed, with what notes its changes. */
export interface Look {
  readonly identity: string;
  readonly closed: ClosedDevice;
  readonly tracker: ChangeTracker;
  readonly device: FileDevice;
}

/** The look itself, at a disk that nobody had when it began. */
export async function lookAt({ identity, closed, tracker, device }: Look): Promise<LastLook> {
  const { sizeBytes } = device;
  if (sizeBytes !== tracker.sizeBytes) return unknown("it has another size than is tracked");
  await tracker.collect();
  tracker.take();
  const changed = [...tracker.taken(EXTENT_BYTES_MAX)];
  const samples = await takeSamples(device);
  await tracker.collect();
  const isStill = tracker.waitingCount === 0 && tracker.isProved;
  tracker.giveBack();
  if (!isStill) return unknown("it was written to while it was looked at");
  const user = closed.otherUser();
  if (user !== undefined) return unknown(user);
  if (changed.length > EXTENTS_MAX) return unknown("too much of it had changed");
  return { kind: "closed", identity, sizeBytes, changed, samples };
}

async function holdsBootLoader(disk: string): Promise<boolean> {
  await using device = await openFileDevice({ path: disk, readOnly: true, io: "thread-pool", direct: true });
  const head = alignedBytes(Math.min(DISK_HEAD_BYTES, device.sizeBytes));
  await device.read(0, head);
  return mayHoldBootLoader(head, device.blockBytes);
}

function unknown(reason: string): LastLook {
  return { kind: "unknown", reason };
}
