import { ImageFormat, Saved } from "@leeward/api";
import { assert, Fault, isFault } from "@leeward/base";
import type { SavedPoint, SavePoint } from "@leeward/proto";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { diskUnknown } from "../faults.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import { SAVE_MS_MAX } from "../limits.ts";
import { progressOf } from "../protection/progress.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Reports } from "../sessions/reports.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import type { Points } from "./points.ts";

/** What a save is asked to do. */
const SaveInput = Type.Object({
  at: Type.String(),
  path: Type.String(),
  force: Type.Boolean(),
  // Jobs of releases that knew none but raw have none.
  format: Type.Optional(ImageFormat),
  // The main target, where there is none.
  target: Type.Optional(Type.String()),
});
type SaveInput = Static<typeof SaveInput>;

export interface SaveWorkOptions {
  readonly store: Store;
  readonly requests: MemberRequests;
  readonly reports: Reports;
  readonly points: Points;
}

/** Has the master target write a point to a file or device. It cannot go on after a restart: the target stops when its session ends. */
export function saveWork({ store, requests, reports, points }: SaveWorkOptions): JobWork {
  return {
    resumable: false,
    async run(job, signal): Promise<Saved> {
      const disk = store.disks.byId(job.diskId);
      if (disk === undefined) throw diskUnknown(job.subject, job.diskId);
      const { input } = job;
      assert(Check(SaveInput, input), "a save's input was checked before it was stored");
      const { format = "raw", target, ...asked } = input;
      const value = { machineId: job.machineId, diskId: job.diskId, jobId: job.id, ...asked, format };
      const saved = await askToSave({ requests, target: points.targetOf(disk, target) }, value, signal);
      if ((saved.format === "" ? "raw" : saved.format) !== format) throw formatPassedOver(saved, format);
      const { pointId, diskId, path, bytes, sha256 } = saved;
      return { point: pointId, disk: diskId, file: path, bytes, sha256, format };
    },
    undo: () => undefined,
    progressOf(job) {
      const targets = store.members.list().filter(({ role }) => role === "master-target");
      for (const { id } of targets) {
        const status = reports.of(id)?.status;
        const saves = status?.kind === "masterTargetStatus" ? status.value.saves : [];
        const save = saves.find(({ jobId }) => jobId === job.id);
        if (save !== undefined) return progressOf(save.progress);
      }
      return null;
    },
  };
}

/** A target whose session ends gives up by itself; one that is asked over a session that goes on is told. */
async function askToSave(
  { requests, target }: { readonly requests: MemberRequests; readonly target: MemberRow },
  value: SavePoint,
  signal: AbortSignal,
): Promise<SavedPoint> {
  try {
    return await requests.ask(target, { kind: "savePoint", value }, { signal, timeoutMs: SAVE_MS_MAX });
  } catch (error) {
    if (signal.aborted || isFault(error, "member-timed-out")) await stopSaving({ requests, target }, value.jobId);
    throw error;
  }
}

async function stopSaving(
  { requests, target }: { readonly requests: MemberRequests; readonly target: MemberRow },
  jobId: string,
): Promise<void> {
  try {
    await requests.ask(target, { kind: "cancelSave", value: { jobId } }, { signal: new AbortController().signal });
  } catch (error) {
    // It is away, and so it has stopped; the job ends as it would have.
    if (!isFault(error)) throw error;
  }
}

/** A target of an older release does not look at the format. */
function formatPassedOver({ path }: SavedPoint, format: ImageFormat): Fault {
  return new Fault({
    code: "save-format-passed-over",
    kind: "operator",
    message: `The master target wrote ${path} as raw: its release does not know ${format}.`,
    remedy:
      "Bring it to this release and save again with --force; until then convert the raw file with `qemu-img convert`.",
    detail: { path, format },
  });
}
