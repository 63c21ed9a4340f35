import { type EventLog, SELF } from "../events/event-log.ts";
import { failoverUnknown } from "../faults.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import { failoverIdOf } from "./failover-job.ts";
import { type ReplicaRemovalOptions, removeReplicaSurely } from "./replica-removal.ts";
import { moveFailover } from "./transitions.ts";

export interface CleanupWorkOptions extends ReplicaRemovalOptions {
  readonly events: EventLog;
}

/** Removes the replica machine of a test failover. One that fails leaves it `cleaning-up`, and may be asked for again. */
export function cleanupWork(options: CleanupWorkOptions): JobWork {
  const { store, clock, events } = options;
  return {
    resumable: true,
    async run(job, signal) {
      const id = failoverIdOf(job);
      const row = store.failovers.byId(id);
      if (row === undefined) throw failoverUnknown(id);
      if (row.state !== "cleaning-up") return null;
      await removeReplicaSurely(options, row, signal);
      store.transaction(() => {
        if (!moveFailover(store, row, { to: "cleaned-up", nowMicros: clock.wallMicros() })) return;
        const message = `Nothing of the test failover ${id} of ${job.subject} is left.`;
        const detail = { failover: id };
        events.add(SELF, { severity: "info", kind: "failover-cleaned-up", subject: job.subject, message, detail });
      });
      return null;
    },
    undo: () => undefined,
    progressOf: () => null,
  };
}
