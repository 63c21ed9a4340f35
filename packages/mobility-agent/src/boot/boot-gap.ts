// What happened to one tracked disk between the agent's last stop and its first start after a boot.
//
// Invariant: a disk goes on without a rescan only when all its changes of that time are known: those until the end of the shutdown from its closing note, those
// from the kernel's start on from the boot's trace, those after that from the tracker, which is open by then. Everything else, also what went wrong while
// it was looked at, is a reason for a rescan. Worst outcome if broken: a changed block is never sent, and nobody knows.
//
// Order: tracker open → note taken, its name gone durably → is it this disk, and of the boot before? → trace read → samples compared → what was noted and
// traced waits at the tracker → the history's splitter opened by the name that the note gives, and given the new one, durably. A kill or crash anywhere leaves no
// note, and a history with a name that no tracker has: a rescan.
//
// What neither shows is what another system did to the disk while this one was down. A note that is older than a restart takes is not believed.
import { isFault } from "@leeward/base";
import type { BlockDevice, Extent } from "@leeward/block";
import { ExtentSet } from "@leeward/block";
import { type BootChanges, type ChangeTracker, differingPages } from "@leeward/tracker";
import type { World } from "@leeward/world";
import type { DiskSettings } from "../disk/disk-host.ts";
import { BOOT_DOWN_MS_MAX } from "../limits.ts";
import { type ClosingNote, dropClosingNote, takeClosingNote, writeTrackingNote } from "./boot-notes.ts";

const MICROS_PER_MS = 1_000;

/** What the running system says of its start; the node's own, or a test's. */
export interface BootFacts {
  /** What has changed on a device since the kernel's start. @throws what the kernel's files throw */
  changesOf(path: string): Promise<BootChanges>;
  identityOf(path: string): string | undefined;
  /** How long the system is up, milliseconds. */
  upMs(): Promise<number>;
}

export interface BootGapOptions {
  readonly world: Pick<World, "files" | "clock">;
  readonly settings: DiskSettings;
  readonly boot: BootFacts;
}

/** `unknown`: the disk has to be read anew, and why. `none`: nothing was noted. */
export type Bridged =
  | { readonly kind: "bridged"; readonly source: string }
  | { readonly kind: "unknown"; readonly reason: string }
  | { readonly kind: "none" };

/** Has all wait at the tracker that changed since the disk was left; what its history knew it by then is the answer's `source`. */
export async function bridgeBoot(
  options: BootGapOptions,
  open: { readonly tracker: ChangeTracker; readonly device: BlockDevice },
): Promise<Bridged> {
  const { world, settings } = options;
  const { files } = world;
  try {
    const note = await takeClosingNote(files, settings.folder);
    return note === undefined ? { kind: "none" } : await bridgeFrom(note, options, open);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return unknown(isFault(error) ? error.message : String(error));
  } finally {
    // One that was taken is of no use to the next start, which drops it too; and what it names is in the history under another name by then.
    await dropClosingNote(files, settings.folder).catch((error: unknown) => {
      if (!isFault(error)) throw error;
    });
  }
}

/** The disk's history is open, and knows it by `source`: what the end of a shutdown looks for. Where it cannot be noted, the next boot costs a rescan. */
export async function noteTracking(
  { world, settings }: Omit<BootGapOptions, "boot">,
  found: { tracker: ChangeTracker; source: string },
): Promise<void> {
  const { path, bootId, folder } = settings;
  const { tracker, source } = found;
  // Nothing but the kernel's own programs outlives the agent.
  if (tracker.backend === "tracefs") return;
  const note = { version: 1, path, bootId, source, trackingId: tracker.trackingId } as const;
  await writeTrackingNote(world.files, folder, note).catch((error: unknown) => {
    if (!isFault(error)) throw error;
  });
}

async function bridgeFrom(
  note: ClosingNote,
  { world, settings, boot }: BootGapOptions,
  { tracker, device }: { readonly tracker: ChangeTracker; readonly device: BlockDevice },
): Promise<Bridged> {
  if (note.bootId === settings.bootId) return unknown("the machine was not started again");
  if (boot.identityOf(settings.path) !== note.identity) return unknown("another disk lies in its place");
  if (device.sizeBytes !== note.sizeBytes) return unknown("it has another size");
  const startMicros = world.clock.wallMicros() - (await boot.upMs()) * MICROS_PER_MS;
  const downMs = (startMicros - note.wallMicros) / MICROS_PER_MS;
  if (downMs > BOOT_DOWN_MS_MAX || downMs < -BOOT_DOWN_MS_MAX)
    return unknown("the machine was down for longer than a restart takes");
  const changes = await boot.changesOf(settings.path);
  if (changes.kind === "unproved") return unknown(changes.reason);
  const differing = await differingPages(device, note.samples);
  await tracker.collect();
  const traced = ExtentSet.of(changes.extents);
  const isKnown = (page: Extent): boolean => tracker.waitsWithin(page) || [...traced.gaps(page)].length === 0;
  if (!differing.every(isKnown)) return unknown("it does not hold what it held when it was left");
  for (const extent of [...note.changed, ...changes.extents]) tracker.wait(extent);
  return { kind: "bridged", source: note.source };
}

function unknown(reason: string): Bridged {
  return { kind: "unknown", reason };
}
