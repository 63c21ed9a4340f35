import { isFault } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import type { CommandContext } from "../command-context.ts";
import { type OfflinePlace, openPointOffline } from "../journal/offline-machines.ts";
import { pointElsewhere } from "./faults.ts";
import type { OfPoint } from "./file-documents.ts";

type Work<T> = (device: BlockDevice, of: OfPoint) => Promise<T>;

/**
 * Has a server open a point, read-only, for as long as `work` takes. A command that is killed leaves it open: `leeward point opened`.
 * @throws Fault `point-elsewhere`, and what the server says
 */
export async function withOpenedPoint<T>(
  context: CommandContext,
  wanted: { readonly machine: string; readonly disk: string; readonly at: string },
  work: Work<T>,
): Promise<T> {
  const { clock, signal } = context.host;
  const client = await context.client();
  const { machine, disk, at } = wanted;
  const opened = await client.openPoint({ params: { machine, disk }, body: { at, writable: false } });
  try {
    const { address, exportName } = parseNbdUri(opened.nbdUri);
    await using device = await connectNbd(address, { exportName, clock }, signal).catch((error: unknown) => {
      throw isFault(error, "nbd-unreachable") ? pointElsewhere(error) : error;
    });
    return await work(device, { point: opened.point, disk: opened.disk });
  } finally {
    await client.closePoint({ params: { id: opened.id } });
  }
}

/** The same out of a journal, without any server. @throws Fault as `openPointOffline` */
export async function withOfflinePoint(
  { place, at }: { readonly place: OfflinePlace; readonly at: string },
  work: Work<void>,
): Promise<void> {
  await using open = await openPointOffline(place, at);
  await using device = open.journal.openPoint(open.point.id);
  await work(device, { point: open.point.id, disk: open.journal.diskId });
}
