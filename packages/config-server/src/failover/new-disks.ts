// A disk of a failed-over machine gets another device as its source, because the one that it had is lost.
//
// Invariant: nothing is stored before the agent has looked at the device, and what it saw is stored with it: by that the agent knows it again before it
// writes. What is found on it and is not the replica machine's is overwritten only when that was said. Worst outcome if broken: somebody's data is gone.
//
// The disk keeps its id, its name and its history; its path is the new device's from the order on, so that nobody else can protect that meanwhile.
import type { ReprotectOrder } from "@leeward/api";
import { assert, randomId } from "@leeward/base";
import type { BlockDigests, DeviceLook } from "@leeward/proto";
import type { Actor } from "../events/event-log.ts";
import { diskProtected, diskUnknown, machineOffline } from "../faults.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { FailoverFacts, FailoverRow, NewDisk } from "../store/failover-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import { deviceHoldsData, deviceRefused, diskNotInFailover } from "./failover-faults.ts";
import { chosenOf, machineNameOf, type StepMeans, targetOf } from "./step.ts";

/** A device that may become a disk, and what is lost by that. */
export interface LookedAt extends NewDisk {
  readonly name: string;
  /** Empty where it holds nothing. */
  readonly content: string;
}

/** How much of both is compared, bytes: as much as an agent looks at. */
const HEAD_BYTES = 1024 * 1024;

/**
 * Has the agent look at each device that is named. @throws Fault `disk-unknown`, `disk-not-in-failover`, `disk-protected-already`, `device-refused`,
 * `device-holds-data`, and what agent and target say
 */
export async function lookAtNewDisks(
  means: StepMeans,
  row: FailoverRow,
  { disks: named = [], overwrite = false, signal }: ReprotectOrder & { readonly signal: AbortSignal },
): Promise<readonly LookedAt[]> {
  const looked: LookedAt[] = [];
  for (const { disk: nameOrId, path } of named) {
    const disk = diskOf(means, row, nameOrId);
    if (looked.some((each) => each.path === path || each.diskId === disk.id))
      throw deviceRefused(path, "A disk and a device are each named once.");
    checkPath(means, disk, path);
    const look = await lookAt(means, row, { disk, path, signal });
    if (look.refusal !== "") throw deviceRefused(path, look.refusal);
    const held = await heldAtHead(means, row, disk, signal);
    if (look.sizeBytes < held.diskBytes)
      throw deviceRefused(path, `It has ${look.sizeBytes} bytes, and the disk ${disk.name} has ${held.diskBytes}.`);
    const isForeign = look.content !== "" && !isSameHead(look, held);
    if (isForeign && !overwrite) throw deviceHoldsData(path, look.content);
    const { content, seen } = look;
    const placeId = randomId(means.random);
    looked.push({ diskId: disk.id, name: disk.name, path, placeId, diskBytes: held.diskBytes, seen, content });
  }
  return looked;
}

/** The facts with the devices in them; a disk that was named before is on the one that was named last. */
export function withNewDisks(facts: FailoverFacts, looked: readonly LookedAt[]): FailoverFacts {
  if (looked.length === 0) return facts;
  const isAnew = ({ diskId }: NewDisk): boolean => looked.some((each) => each.diskId === diskId);
  const kept = (facts.newDisks ?? []).filter((each) => !isAnew(each));
  const added = looked.map(({ diskId, path, placeId, diskBytes, seen }) => ({
    diskId,
    path,
    placeId,
    diskBytes,
    seen,
  }));
  return { ...facts, newDisks: [...kept, ...added] };
}

/** In the transaction that stores the failover. @throws Fault `disk-protected-already` when somebody else came first */
export function placeNewDisks(
  means: Pick<StepMeans, "store" | "events">,
  row: FailoverRow,
  { looked, actor }: { readonly looked: readonly LookedAt[]; readonly actor: Actor },
): void {
  const { store, events } = means;
  for (const { diskId, name, path, content } of looked) {
    const disk = store.disks.byId(diskId);
    assert(disk !== undefined, "a disk of a failover that stands is not forgotten");
    checkPath(means, disk, path);
    store.disks.setPath(diskId, path);
    const subject = `${machineNameOf(means, row)}/${name}`;
    const lost = content === "" ? "nothing was found on it" : `it holds ${content}, which is overwritten`;
    events.add(actor, {
      severity: content === "" ? "info" : "warning",
      kind: "disk-replaced",
      subject,
      message: `${subject} is on ${path} from now on, in the place of ${disk.path}; ${lost}.`,
      detail: { failover: row.id, disk: diskId, path, before: disk.path, content },
    });
  }
}

/** @throws Fault `disk-unknown`, `disk-not-in-failover` */
function diskOf(means: StepMeans, row: FailoverRow, nameOrId: string): DiskRow {
  const disk = means.store.disks.find(row.machineId, nameOrId);
  if (disk === undefined) throw diskUnknown(machineNameOf(means, row), nameOrId);
  if (disk.state !== "protected" || !chosenOf(row).diskIds.includes(disk.id))
    throw diskNotInFailover(disk.name, row.id);
  return disk;
}

/** @throws Fault `disk-protected-already` */
function checkPath({ store }: Pick<StepMeans, "store">, disk: DiskRow, path: string): void {
  const others = store.disks
    .ofMachine(disk.machineId)
    .filter(({ id, state }) => id !== disk.id && state === "protected");
  if (others.some((other) => other.path === path)) throw diskProtected(path);
}

function lookAt(
  means: StepMeans,
  row: FailoverRow,
  { disk, path, signal }: { readonly disk: DiskRow; readonly path: string; readonly signal: AbortSignal },
): Promise<DeviceLook> {
  const value = { diskId: disk.id, path, capture: disk.capture };
  return means.requests.ask(machineOf(means, row), { kind: "lookAtDevice", value }, { signal });
}

/** What the replica machine's disk begins with. */
function heldAtHead(means: StepMeans, row: FailoverRow, disk: DiskRow, signal: AbortSignal): Promise<BlockDigests> {
  const place = { offset: 0, length: HEAD_BYTES, present: false, replicaId: row.id };
  const value = { machineId: row.machineId, diskId: disk.id, ...place };
  return means.requests.ask(targetOf(means, row), { kind: "replicaDigests", value }, { signal });
}

/** What both begin with is the same, as far as the smaller of the two goes; a device that is told to begin with nothing is like none. */
function isSameHead({ digests }: DeviceLook, held: BlockDigests): boolean {
  return digests.length > 0 && held.digests.length === digests.length && Buffer.compare(digests, held.digests) === 0;
}

function machineOf({ store }: StepMeans, { machineId }: FailoverRow): MemberRow {
  const machine = store.members.byId(machineId);
  if (machine === undefined) throw machineOffline(machineId);
  return machine;
}
