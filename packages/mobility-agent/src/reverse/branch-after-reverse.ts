// Which branch a disk goes on with after reverse replication, and after a failback.
//
//   nothing of the replica machine's was written     its own, as before
//   complete, and the plan names its end as origin   another one, which begins there: nothing is copied
//   anything else                                    another one without a parent: all of the disk is copied again
//
// Invariant: a branch goes on only from what the disk holds. A branch that was in force before something of the replica machine's was written is never opened
// again, and one that begins at an origin does so only where the disk was complete for that failover, and is as it was left then. Worst outcome if broken: a
// history that is not the disk's, and nobody knows. An origin is settled once: the branch file keeps which one was.
import { Fault, randomId } from "@leeward/base";
import type { PlannedOrigin } from "@leeward/proto";
import type { World } from "@leeward/world";
import type { BranchPosition, DiskBranch, ResyncCause } from "../disk/branch-file.ts";
import type { DiskSettings } from "../disk/disk-host.ts";
import type { SourceDisk } from "../disk/source-disk.ts";
import { type ReverseRecord, readReverseRecord } from "./reverse-record.ts";

/** What ends the replica machine's branch behind what it wrote: the mark of its last point. */
const END_RECORDS_MAX = 1;

export interface AfterReverseOptions {
  readonly world: World;
  readonly settings: DiskSettings;
  readonly source: Pick<SourceDisk, "device" | "identity" | "witness">;
}

/** What a branch that begins now has settled. */
export function settledOrigin({ origin }: Pick<DiskSettings, "origin">): Pick<DiskBranch, "origin"> {
  return origin === undefined ? {} : { origin: origin.failoverId };
}

/** The branch that takes the place of the one in force; undefined when that goes on. @throws Fault `reverse-record-damaged`, and what the files throw */
export async function branchAfterReverse(
  { world, settings, source }: AfterReverseOptions,
  branch: DiskBranch,
): Promise<DiskBranch | undefined> {
  const { origin } = settings;
  const found = await readReverseRecord(world.files, settings.folder);
  const record = found?.written === true && found.id !== branch.leftReverse ? found : undefined;
  const isSettled = origin === undefined || origin.failoverId === branch.origin;
  if (record === undefined && isSettled) return undefined;
  const begun = {
    id: randomId(world.random),
    ...(branch.origin === undefined ? {} : { origin: branch.origin }),
    ...settledOrigin(settings),
    ...(record === undefined ? {} : { leftReverse: record.id }),
  };
  if (origin === undefined || isSettled) return { ...begun, resync: resyncFor(givenUp(settings), world) };
  const why = await doubtOf(record, origin, source);
  if (why !== undefined) return { ...begun, resync: resyncFor(incomplete(settings, why), world) };
  const parent: BranchPosition = { branch: origin.branch, sequence: origin.sequence };
  // What a larger device has behind the replica machine's disk is the tail of one that grew.
  return { ...begun, parent, ...(record === undefined ? {} : { parentBytes: record.diskBytes }) };
}

/** Why the disk may not be what the replica machine's was at the origin. */
async function doubtOf(
  record: ReverseRecord | undefined,
  origin: PlannedOrigin,
  source: Pick<SourceDisk, "device" | "identity" | "witness">,
): Promise<string | undefined> {
  if (record === undefined || record.plan.failoverId !== origin.failoverId)
    return "it was not made what the replica machine's disk was";
  if (!record.complete) return "it was not made the same as the replica machine's disk to the end";
  const behind = endOf(origin, record) - record.sequence;
  if (behind < 0 || behind > END_RECORDS_MAX) return "the replica machine's disk ended at another place";
  const { sizeBytes } = source.device;
  const mayBeLarger = record.plan.place !== undefined;
  if (mayBeLarger ? sizeBytes < record.diskBytes : sizeBytes !== record.diskBytes) return "it has another size";
  if (record.identity !== source.identity)
    return "another disk lies in its place, or it may have been written to unseen";
  return record.witness === (await source.witness()) ? undefined : "someone wrote to it since";
}

/** In the sequences of the replica machine's disk: where nothing was written to that, it ends where its point stands, on the branch of that. */
function endOf({ branch, sequence }: PlannedOrigin, { plan }: ReverseRecord): number {
  return branch === plan.branch && sequence === plan.sequence ? 0 : sequence;
}

function givenUp({ name }: DiskSettings): Fault {
  const message = `Reverse replication wrote to ${name} and was given up before its end.`;
  return new Fault({ code: "reverse-given-up", kind: "discontinuity", message });
}

function incomplete({ name }: DiskSettings, why: string): Fault {
  const message = `${name} cannot go on where its replica machine ended: ${why}.`;
  return new Fault({ code: "reverse-incomplete", kind: "discontinuity", message });
}

function resyncFor({ code, message }: Fault, { clock }: World): ResyncCause {
  return { code, message, sinceMicros: clock.wallMicros(), count: 1 };
}
