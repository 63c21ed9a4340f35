import { allPages, responseInvalid } from "@leeward/api/plain";
import { type PublishedPoint, publishDisk } from "@leeward/azure";
import { formatBytes, MICROS_PER_SECOND, parseTime } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import { openPageBlob } from "@leeward/object-store";
import type { CommandContext } from "../command-context.ts";
import { withOpenedPoint } from "../files/point-disk.ts";
import { type OfflinePlace, openPointOffline } from "../journal/offline-machines.ts";

export interface PublishWanted {
  readonly at: string;
  /** `azure://ACCOUNT/CONTAINER/NAME.vhd` */
  readonly to: string;
  /** Absolute. */
  readonly credentialsFile: string | undefined;
  /** Absolute. */
  readonly caFile: string | undefined;
  /** Snapshots, this one among them; all without it. */
  readonly keep: number | undefined;
}

/** As the commands print it. */
export interface PublishedDisk {
  readonly point: string;
  readonly disk: string;
  readonly to: string;
  readonly virtualBytes: number;
  readonly writtenBytes: number;
  readonly clearedBytes: number;
  readonly snapshot: string;
  readonly snapshots: number;
}

/** Has a server open the point for as long as it is published. @throws Fault as `withOpenedPoint` and `publishDisk` */
export async function publishPoint(
  context: CommandContext,
  { machine, disk }: { readonly machine: string; readonly disk: string },
  wanted: PublishWanted,
): Promise<PublishedDisk> {
  const client = await context.client();
  return await withOpenedPoint(context, { machine, disk, at: wanted.at }, async (device, opened) => {
    const { items } = await allPages((page) => client.listPoints({ params: { machine }, query: page }));
    const found = items.find(({ id }) => id === opened.point);
    const { id } = await client.showMachine({ params: { machine } });
    if (found === undefined) throw responseInvalid(`${opened.point} is open, and is no point of ${machine}.`);
    const of = { machine: id, disk: opened.disk, point: opened.point, timeMicros: parseTime(found.time) };
    return await publishOpened(context, wanted, { device, of });
  });
}

/** The same out of a journal, without any server. @throws Fault as `openPointOffline` and `publishDisk` */
export async function publishPointOffline(
  context: CommandContext,
  place: OfflinePlace,
  wanted: PublishWanted,
): Promise<PublishedDisk> {
  await using open = await openPointOffline(place, wanted.at);
  await using device = open.journal.openPoint(open.point.id);
  const { machineId, diskId } = open.journal;
  const of = { machine: machineId, disk: diskId, point: open.point.id, timeMicros: open.point.timeMicros };
  return await publishOpened(context, wanted, { device, of });
}

async function publishOpened(
  context: CommandContext,
  { to, credentialsFile, caFile, keep }: PublishWanted,
  { device, of }: { readonly device: BlockDevice; readonly of: PublishedPoint },
): Promise<PublishedDisk> {
  const { world, signal } = context.host;
  const at = { url: to, ...(credentialsFile && { credentialsFile }), ...(caFile && { caFile }) };
  await using place = await openPageBlob(at, world);
  const onProgress = progressOn(context);
  const published = await publishDisk({ device, of, place, keep, world, signal, onProgress });
  return { point: of.point, disk: of.disk, to: place.blob.place, ...published };
}

/** How far it is, and how long it still takes, on a terminal. */
function progressOn({ host: { stderr, clock }, json }: CommandContext) {
  const beganMicros = clock.monotonicMicros();
  return ({ doneBytes, totalBytes }: { readonly doneBytes: number; readonly totalBytes: number }): void => {
    if (!stderr.isTerminal || json) return;
    const seconds = (clock.monotonicMicros() - beganMicros) / MICROS_PER_SECOND;
    const leftSeconds = Math.ceil((seconds * (totalBytes - doneBytes)) / doneBytes);
    const left = doneBytes === totalBytes ? "\n" : `, ${leftSeconds} s left`;
    stderr.write(`\r\u001b[K${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}${left}`);
  };
}
