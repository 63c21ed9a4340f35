import { beginDiskJob, type DiskJob } from "../jobs/disk-job.ts";
import { resyncInput } from "../protection/resync-work.ts";
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
      const input = resyncInput(body.now === true);
      const message = "is to be read anew and copied over its replica";
      return jobView(begin(services, { params, kind: "resync", input, message }, context), jobs);
    },
  };
}

/** @throws Fault `disk-not-protected`, `machine-unknown`, `disk-unknown` */
function begin(services: Services, { params, ...job }: Care, { actor }: CallContext): JobRow {
  const machine = findLiveMachine(services.store, params.machine);
  const disk = findDisk(services.store, machine, params.disk);
  return beginDiskJob(services, { ...job, machine, disk }, actor);
}
