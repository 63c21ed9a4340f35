import { Fault, formatTime, isFault, MiB, parseTime } from "@leeward/base";
import { StoredFiles } from "@leeward/journal";
import { type ObjectStore, openStore } from "@leeward/object-store";
import type { World } from "@leeward/world";
import { listPointsOffline, type OfflinePlace } from "./offline-machines.ts";

/** Of what was read, in memory: what a machine reads again and again while it starts from an opened point. */
const BLOCK_BYTES_MAX = 256 * MiB;

export interface StoreWanted extends Omit<OfflinePlace, "folder" | "world"> {
  readonly url: string;
  readonly credentialsFile: string | undefined;
  readonly caFile: string | undefined;
  /** RFC 3339. */
  readonly notOlderThan: string | undefined;
}

/**
 * Runs the work with the store's journals as a folder that exists for it alone.
 * @throws Fault `store-journals-missing`, `store-set-back`, and as `openStore`
 */
export async function withStore(
  world: World,
  wanted: StoreWanted,
  work: (place: OfflinePlace) => Promise<void>,
): Promise<void> {
  const { url, credentialsFile, caFile, notOlderThan, ...meant } = wanted;
  const oldestMicros = notOlderThan === undefined ? undefined : parseTime(notOlderThan);
  const opening = { url, ...(credentialsFile && { credentialsFile }), ...(caFile && { caFile }) };
  await using store = await openStore(opening, world);
  const folder = folderOf(store);
  const files = await StoredFiles.open({ ...world, store, folder, blockBytesMax: BLOCK_BYTES_MAX });
  const place = { ...meant, world: { ...world, files }, folder };
  try {
    if (oldestMicros !== undefined) await refuseOlder(place, store, oldestMicros);
    await work(place);
  } catch (error) {
    // In a store there may be other things than journals: what lies beside them, and those of others.
    throw isFault(error, "journal-missing") ? storeEmpty(store, error) : error;
  }
}

async function refuseOlder(place: OfflinePlace, store: ObjectStore, oldestMicros: number): Promise<void> {
  for (const [machine, points] of Map.groupBy(await listPointsOffline(place), ({ machineName }) => machineName)) {
    const newestMicros = points.reduce((newest, { validUntil }) => Math.max(newest, parseTime(validUntil)), 0);
    if (newestMicros < oldestMicros) throw setBack(store, { machine, newestMicros, oldestMicros });
  }
}

/** A path that tells people where it is, and that no file of the machine has. */
function folderOf({ place }: ObjectStore): string {
  const parts = place.split(/[/\\]+/).filter((part) => part !== "" && part !== "." && part !== "..");
  return `/${parts.join("/")}`.replace(/^\/([^/:]*)/, "/store:$1");
}

function storeEmpty({ place }: ObjectStore, cause: Fault): Fault {
  return new Fault({
    code: "store-journals-missing",
    kind: "operator",
    message: `There is no journal in ${place}.`,
    remedy: "Give the URL with the prefix that the master target was started with.",
    detail: { store: place },
    cause,
  });
}

function setBack(
  { place }: ObjectStore,
  {
    machine,
    newestMicros,
    oldestMicros,
  }: { readonly machine: string; readonly newestMicros: number; readonly oldestMicros: number },
): Fault {
  const newest = formatTime(newestMicros);
  return new Fault({
    code: "store-set-back",
    kind: "corruption",
    message: `The newest point of ${machine} in ${place} is of ${newest}, older than ${formatTime(oldestMicros)}.`,
    remedy:
      "The store was set back, or nothing has reached it since. Look for another copy; without --not-older-than what is there can be used.",
    detail: { store: place, machine, newest },
  });
}
