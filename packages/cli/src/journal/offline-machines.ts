import { Fault, formatTime, isFault, parseTime } from "@leeward/base";
import { type JournalPoint, type MachinePoint, machinePoints, OfflineJournal, type PointAt } from "@leeward/journal";
import { isId } from "@leeward/proto";
import type { World } from "@leeward/world";
import { type DiskFolder, diskFolders, theOnly, type Wanted } from "./journal-folder.ts";
import { dataKeyOf, readRecoveryKey } from "./journal-keys.ts";

/** Where journals lie, which of them are meant, and what opens them. */
export interface OfflinePlace extends Wanted {
  /** Its files hold the journals. */
  readonly world: World;
  /** Absolute. */
  readonly folder: string;
  /** The exported recovery key; absolute. */
  readonly keyFile: string;
}

/** A point as `journal list` prints it. */
export interface ListedPoint {
  readonly id: string;
  readonly machine: string;
  readonly machineName: string;
  readonly time: string;
  readonly validUntil: string;
  readonly epoch: number;
  readonly kind: MachinePoint["kind"];
  readonly consistency: MachinePoint["consistency"];
  readonly disks: Readonly<Record<string, { readonly branch: string; readonly sequence: number }>>;
  readonly diskNames: Readonly<Record<string, string>>;
  readonly locked: boolean;
  readonly lockedUntil: string | null;
}

/** One disk's journal with the point that is meant. */
export interface OfflinePoint extends AsyncDisposable {
  readonly journal: OfflineJournal;
  readonly point: JournalPoint;
  readonly disk: DiskFolder["description"];
}

/**
 * The points that can be opened, machine by machine, oldest first: those that all their members hold. When one disk is named, those
 * that it holds, whatever became of the others.
 * @throws as `openPointOffline`
 */
export async function listPointsOffline(place: OfflinePlace): Promise<ListedPoint[]> {
  await using open = new AsyncDisposableStack();
  const found = await openJournals(place, open);
  if (place.disk !== undefined) {
    return found.flatMap((held) =>
      held.journal.points().map((point) => listed(memberAlone(held.journal, point), [held])),
    );
  }
  const machines = Map.groupBy(found, ({ journal }) => journal.machineId);
  return [...machines].flatMap(([id, disks]) => pointsOf(id, disks).map((point) => listed(point, disks)));
}

/**
 * Opens one disk's journal at a point, as that disk holds it: whoever needs several disks of one moment takes a point's id from the list.
 * @throws Fault `recovery-key-…`, `journal-…`, `manifest-…`, `machine-unknown`, `disk-unknown`, `point-missing`, `point-in-gap`,
 *   `point-withdrawn`, `time-invalid`
 */
export async function openPointOffline(place: OfflinePlace, text: string): Promise<OfflinePoint> {
  const at = pointAt(text);
  await using open = new AsyncDisposableStack();
  const [held] = await openJournals(place, open, theOnly);
  if (held === undefined)
    throw new Fault({
      code: "journal-missing",
      kind: "operator",
      message: `${place.folder} holds no journal.`,
      remedy: "Name the folder `HOME/journal` of a master target, one machine's folder in it, or one disk's.",
    });
  const { journal, disk } = held;
  const point = journal.resolve(at);
  const kept = open.move();
  return { journal, point, disk, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

interface Held {
  readonly journal: OfflineJournal;
  readonly disk: DiskFolder["description"];
}

async function openJournals(
  place: OfflinePlace,
  open: AsyncDisposableStack,
  choose: (found: readonly DiskFolder[]) => DiskFolder | readonly DiskFolder[] = (found) => found,
): Promise<Held[]> {
  const { world } = place;
  const key = await readRecoveryKey(world, place.keyFile);
  const chosen = [choose(await diskFolders(world.files, { folder: place.folder, key }, place))].flat();
  const held: Held[] = [];
  for (const { folder, description } of chosen) {
    const dataKey = await dataKeyOf(key, description);
    const journal = open.use(await namingDisk(description, () => OfflineJournal.open(world, { folder, dataKey })));
    held.push({ journal, disk: description });
  }
  return held;
}

/** What is wrong with one of many journals names its disk, and what may be done with the others. */
async function namingDisk<T>({ machineName, diskName }: DiskFolder["description"], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isFault(error) || error.kind !== "corruption") throw error;
    const { code, kind, message, detail } = error;
    throw new Fault({
      code,
      kind,
      message: `The journal of ${machineName}/${diskName} does not open: ${message}`,
      remedy:
        "Take another copy of this journal. The other disks open by themselves: name them with --machine and --disk.",
      detail: { ...detail, machine: machineName, disk: diskName },
      cause: error,
    });
  }
}

function pointsOf(machineId: string, held: readonly Held[]): MachinePoint[] {
  const journals = new Map(held.map(({ journal }) => [journal.diskId, journal]));
  return machinePoints(machineId, journals, {});
}

function memberAlone(journal: OfflineJournal, point: JournalPoint): MachinePoint {
  const { diskId, machineId } = journal;
  return { ...point, machineId, members: [{ diskId, branch: point.branch, sequence: point.sequence }] };
}

function listed(point: MachinePoint, held: readonly Held[]): ListedPoint {
  const { id, machineId, timeMicros, validUntilMicros, epoch, kind, consistency, locked, members } = point;
  const nameOf = (diskId: string): string =>
    held.find(({ journal }) => journal.diskId === diskId)?.disk.diskName ?? diskId;
  return {
    id,
    machine: machineId,
    machineName: held.find(({ journal }) => journal.machineId === machineId)?.disk.machineName ?? machineId,
    time: formatTime(timeMicros),
    validUntil: formatTime(validUntilMicros),
    epoch,
    kind,
    consistency,
    disks: Object.fromEntries(members.map(({ diskId, branch, sequence }) => [diskId, { branch, sequence }])),
    diskNames: Object.fromEntries(members.map(({ diskId }) => [diskId, nameOf(diskId)])),
    locked,
    lockedUntil: point.lockedUntilMicros === undefined ? null : formatTime(point.lockedUntilMicros),
  };
}

/** `latest`, a point's id, or an RFC 3339 time. @throws Fault `time-invalid` */
function pointAt(text: string): PointAt {
  if (text === "latest") return { kind: "latest" };
  return isId(text) ? { kind: "id", id: text } : { kind: "time", micros: parseTime(text) };
}
