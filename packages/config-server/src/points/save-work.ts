import { ImageFormat, Saved } from "@leeward/api";
import { assert, Fault } from "@leeward/base";
import type { SavedPoint } from "@leeward/proto";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { diskUnknown } from "../faults.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import { SAVE_MS_MAX } from "../limits.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Reports } from "../sessions/reports.ts";
import type { Store } from "../store/store.ts";
import type { Points } from "./points.ts";
import { atTarget, progressAtTarget } from "./target-work.ts";

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
      const asking = { requests, target: points.targetOf(disk, target), jobId: job.id };
      const saved = await atTarget(asking, signal, () =>
        requests.ask(asking.target, { kind: "savePoint", value }, { signal, timeoutMs: SAVE_MS_MAX }),
      );
      if ((saved.format === "" ? "raw" : saved.format) !== format) throw formatPassedOver(saved, format);
      const { pointId, diskId, path, bytes, sha256 } = saved;
      return { point: pointId, disk: diskId, file: path, bytes, sha256, format };
    },
    undo: () => undefined,
    progressOf: (job) => progressAtTarget({ store, reports }, job.id),
  };
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
