import { resyncUnderWay } from "../faults.ts";
import { beginDiskJob, type DiskJob } from "../jobs/disk-job.ts";
import { isWholeResync, resyncInput } from "../protection/resync-work.ts";
import type { JobRow } from "../store/job-rows.ts";
import { verifyInput } from "../verify/verify-work.ts";
import type { Handlers } from "./handler.ts";
import { findDisk, findLiveMachine } from "./lookup.ts";
import type { CallContext, Services } from "./services.ts";
import { jobView } from "./views.ts";

/** What is asked for a protected disk, and how. */
interface Care extends Pick<DiskJob, "kind" | "input" | "message"> {
  readonly params: { readonly machine: string; readonly disk: string };
}

/** Looking after what is protected. */
export function careHandlers(services: Services): Handlers<"verifyDisk" | "resyncDisk"> {
  const { world, jobs } = services;
  return {
    verifyDisk: async ({ params }, context) => {
      const input = verifyInput(world.clock.wallMicros());
      const message = "is to be compared with its replica";
      return jobView(begin(services, { params, kind: "verify", input, message }, context), jobs);
    },
    resyncDisk: async ({ params, body }, context) => {
      const whole = body.whole === true;
      const input = resyncInput({ now: body.now === true, whole });
      const what = whole ? "sent as a whole" : "copied over its replica where it differs";
      const message = `is to be read anew and ${what}`;
      if (whole) refuseBesideOther(services, params);
      return jobView(begin(services, { params, kind: "resync", input, message }, context), jobs);
    },
  };
}

/** A resync that leaves something out is not the one that was asked for. @throws Fault `resync-under-way`, and as `begin` */
function refuseBesideOther({ store }: Services, params: Care["params"]): void {
  const machine = findLiveMachine(store, params.machine);
  const disk = findDisk(store, machine, params.disk);
  const other = store.jobs.unfinished().find((job) => job.kind === "resync" && job.diskId === disk.id);
  if (other !== undefined && !isWholeResync(other)) throw resyncUnderWay(other.subject, other.id);
}

/** @throws Fault `disk-not-protected`, `machine-unknown`, `disk-unknown` */
function begin(services: Services, { params, ...job }: Care, { actor }: CallContext): JobRow {
  const machine = findLiveMachine(services.store, params.machine);
  const disk = findDisk(services.store, machine, params.disk);
  return beginDiskJob(services, { ...job, machine, disk }, actor);
}
