import { Saved } from "@leeward/api";
import { assert } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { diskUnknown } from "../faults.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import { SAVE_MS_MAX } from "../limits.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Store } from "../store/store.ts";
import type { Points } from "./points.ts";

/** What a save is asked to do. */
const SaveInput = Type.Object({ at: Type.String(), path: Type.String(), force: Type.Boolean() });
type SaveInput = Static<typeof SaveInput>;

export interface SaveWorkOptions {
  readonly store: Store;
  readonly requests: MemberRequests;
  readonly points: Points;
}

/** Has the master target write a point to a file or device. It cannot go on after a restart: the target may still be writing. */
export function saveWork({ store, requests, points }: SaveWorkOptions): JobWork {
  return {
    resumable: false,
    async run(job, signal): Promise<Saved> {
      const disk = store.disks.byId(job.diskId);
      if (disk === undefined) throw diskUnknown(job.subject, job.diskId);
      const { input } = job;
      assert(Check(SaveInput, input), "a save's input was checked before it was stored");
      const value = { machineId: job.machineId, diskId: job.diskId, jobId: job.id, ...input };
      const wait = { signal, timeoutMs: SAVE_MS_MAX };
      const saved = await requests.ask(points.targetOf(disk), { kind: "savePoint", value }, wait);
      return { point: saved.pointId, disk: saved.diskId, file: saved.path, bytes: saved.bytes, sha256: saved.sha256 };
    },
    undo: () => undefined,
    progressOf: () => null,
  };
}
