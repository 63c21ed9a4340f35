import type { Progress } from "@leeward/api";
import { firstOf, orAborted } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { diskNotProtected } from "../faults.ts";
import { faultOfStatus, type JobWork } from "../jobs/job-runner.ts";
import { PROTECT_LOOK_MS } from "../limits.ts";
import type { Reports } from "../sessions/reports.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { Store } from "../store/store.ts";
import { progressOf } from "./progress.ts";

export interface ProtectWorkOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly reports: Reports;
  readonly plansChanged: () => void;
}

/** Waits until the agent serves the disk, or, where its seed is to come first, for nothing. What should be stands in the plans already, so that a restart only waits on. */
export function protectWork({ store, clock, reports, plansChanged }: ProtectWorkOptions): JobWork {
  return {
    resumable: true,
    async run(job, signal) {
      for (;;) {
        const changed = reports.changedOf(job.machineId);
        if (isServed(store, reports, job)) return null;
        await firstOf(signal, [
          (inner) => orAborted(changed, inner),
          // Of an agent that says nothing, the disk may be unprotected, and its seed be given up.
          (inner) => clock.sleep(PROTECT_LOOK_MS, inner),
        ]);
      }
    },
    undo(job) {
      store.disks.setState(job.diskId, "deleting", ["protected"]);
      plansChanged();
    },
    progressOf(job): Progress | null {
      const disk = store.disks.byId(job.diskId);
      return disk === undefined ? null : progressOf(reports.ofDisk(disk).agent?.progress);
    },
  };
}

/** @throws Fault why the agent will not serve it */
function isServed(store: Store, reports: Reports, job: JobRow): boolean {
  const disk = store.disks.byId(job.diskId);
  if (disk?.state !== "protected") throw diskNotProtected(job.subject);
  if (store.seeds.of(disk.id)?.state === "awaited") return true;
  const { agent } = reports.ofDisk(disk);
  if (agent === undefined) return false;
  const fault = agent.faults.find(({ kind }) => kind === "operator" || kind === "corruption");
  if (agent.state === "stopped" && fault !== undefined) throw faultOfStatus(fault);
  // Others write to a tracked or rescanned disk as it is; it is served once its agent has opened it.
  return disk.capture === "splitter" ? agent.nbdUri !== "" : agent.state !== "stopped";
}
