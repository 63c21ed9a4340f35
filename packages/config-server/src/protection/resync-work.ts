import { orAborted } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { diskNotProtected, diskUnknown, machineOffline } from "../faults.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import { RESYNC_WINDOW_LOOK_MS } from "../limits.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Reports } from "../sessions/reports.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { Store } from "../store/store.ts";
import { progressOf } from "./progress.ts";
import { isResyncAllowedNow } from "./resync-window.ts";

const Place = Type.Object({ branch: Type.String(), sequence: Type.Integer({ minimum: 0 }) });
type Place = Static<typeof Place>;
/** What a resync is asked to do; `begun` is noted once the agent has begun, so that a restart does not begin it again. */
const ResyncInput = Type.Object({
  now: Type.Boolean(),
  /** Jobs of an earlier release have none. */
  whole: Type.Optional(Type.Boolean()),
  begun: Type.Union([Place, Type.Null()]),
});
type ResyncInput = Static<typeof ResyncInput>;

export interface ResyncWorkOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly requests: MemberRequests;
  readonly reports: Reports;
}

/** How a resync that is asked for is done: also outside of its window; with all of the disk sent. */
export interface ResyncAsked {
  readonly now: boolean;
  readonly whole: boolean;
}

export function resyncInput({ now, whole }: ResyncAsked): ResyncInput {
  return { now, whole, begun: null };
}

/** Whether the resync sends all of the disk. */
export function isWholeResync(job: JobRow): boolean {
  return inputOf(job).whole === true;
}

/** Has the source read anew and sent, and waits until the disk is protected by it. */
export function resyncWork(options: ResyncWorkOptions): JobWork {
  const { store, reports } = options;
  return {
    resumable: true,
    async run(job, signal) {
      const input = inputOf(job);
      const begun =
        input.begun ?? (await begin(options, job, { asked: { now: input.now, whole: input.whole === true }, signal }));
      let copied: Place | undefined;
      for (;;) {
        const changed = reports.changed();
        const disk = diskOf(store, job);
        if (copied === undefined || copied.branch !== reports.ofDisk(disk).agent?.branch) {
          copied = copiedTo(reports, disk, begun);
        }
        if (copied !== undefined && isHeld(reports, disk, copied)) return null;
        await orAborted(changed, signal);
      }
    },
    undo: () => undefined,
    progressOf(job) {
      const disk = store.disks.byId(job.diskId);
      const row = store.jobs.byId(job.id);
      const begun = row !== undefined && inputOf(row).begun !== null;
      return disk === undefined || !begun ? null : progressOf(reports.ofDisk(disk).agent?.progress);
    },
  };
}

/** @throws Fault `machine-offline`, and what the agent says */
async function begin(
  { store, clock, requests }: ResyncWorkOptions,
  job: JobRow,
  { asked, signal }: { readonly asked: ResyncAsked; readonly signal: AbortSignal },
): Promise<Place> {
  while (!asked.now && !isResyncAllowedNow(diskOf(store, job), { store, clock }))
    await clock.sleep(RESYNC_WINDOW_LOOK_MS, signal);
  const agent = store.members.byId(diskOf(store, job).machineId);
  if (agent === undefined) throw machineOffline(job.machineId);
  const { branch, sequence } = await requests.ask(
    agent,
    { kind: "resyncDisk", value: { diskId: job.diskId, whole: asked.whole } },
    { signal },
  );
  const begun = { branch, sequence };
  store.jobs.note(job.id, { ...asked, begun });
  return begun;
}

/** A place that the copy lies wholly before, once the agent says that it has ended; undefined until then. */
function copiedTo(reports: Reports, disk: DiskRow, from: Place): Place | undefined {
  const { agent } = reports.ofDisk(disk);
  if (agent?.state !== "protected") return undefined;
  const { branch, writtenSequence } = agent;
  // On another branch the disk was copied as a whole once more.
  if (branch === from.branch && writtenSequence < from.sequence) return undefined;
  return { branch, sequence: writtenSequence };
}

function isHeld(reports: Reports, disk: DiskRow, copied: Place): boolean {
  const { masterTarget } = reports.ofDisk(disk);
  if (masterTarget?.branch !== copied.branch || masterTarget.history === "gap") return false;
  return masterTarget.journaledSequence >= copied.sequence && masterTarget.newestPointMicros > 0;
}

/** @throws Fault `disk-not-protected`, `disk-unknown` */
function diskOf(store: Store, job: JobRow): DiskRow {
  const disk = store.disks.byId(job.diskId);
  if (disk === undefined) throw diskUnknown(job.subject, job.diskId);
  if (disk.state !== "protected") throw diskNotProtected(job.subject);
  return disk;
}

function inputOf({ input }: JobRow): ResyncInput {
  return Check(ResyncInput, input) ? input : resyncInput({ now: false, whole: false });
}
