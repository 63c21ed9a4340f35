import { assert } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { type EventLog, SELF } from "../events/event-log.ts";
import { diskUnknown, targetUnknown } from "../faults.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import { SAVE_MS_MAX } from "../limits.ts";
import { atTarget, progressAtTarget } from "../points/target-work.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Reports } from "../sessions/reports.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { Store } from "../store/store.ts";
import { seedNotAwaited } from "./seed-faults.ts";

const SeedInput = Type.Object({ path: Type.String() });
type SeedInput = Static<typeof SeedInput>;

export interface SeedLoadWorkOptions {
  readonly store: Store;
  readonly requests: MemberRequests;
  readonly reports: Reports;
  readonly events: EventLog;
  readonly plansChanged: () => void;
}

/** What a load is asked to do: from which folder of the target's machine. */
export function seedInput(path: string): SeedInput {
  return { path };
}

/** Has the master target take a seed in; from then on the disk is captured. It goes on after a restart, since the target goes on where it ended. */
export function seedLoadWork(options: SeedLoadWorkOptions): JobWork {
  const { store, reports, requests, events, plansChanged } = options;
  return {
    resumable: true,
    async run(job, signal) {
      const { input } = job;
      assert(Check(SeedInput, input), "a load's input was checked before it was stored");
      const { branch, target } = awaited(store, job);
      const value = { machineId: job.machineId, diskId: job.diskId, branch, path: input.path, jobId: job.id };
      const loaded = await atTarget({ requests, target, jobId: job.id }, signal, () =>
        requests.ask(target, { kind: "loadSeed", value }, { signal, timeoutMs: SAVE_MS_MAX }),
      );
      store.transaction(() => {
        if (!store.seeds.setLoaded(job.diskId, loaded)) throw seedNotAwaited(job.subject);
        const message = `The seed of ${job.subject} is loaded; what differs from it is sent.`;
        const detail = { disk: job.diskId, job: job.id };
        events.add(SELF, { severity: "info", kind: "seed-loaded", subject: job.subject, message, detail });
      });
      plansChanged();
      return null;
    },
    undo: () => undefined,
    progressOf: (job) => progressAtTarget({ store, reports }, job.id),
  };
}

/** @throws Fault `disk-unknown`, `seed-not-awaited`, `target-unknown` */
function awaited(store: Store, { diskId, subject }: JobRow) {
  const disk = store.disks.byId(diskId);
  if (disk === undefined) throw diskUnknown(subject, diskId);
  const seed = store.seeds.of(diskId);
  if (disk.state !== "protected" || seed?.state !== "awaited") throw seedNotAwaited(subject);
  const target = store.members.byId(disk.masterTargetId);
  if (target === undefined) throw targetUnknown(disk.masterTargetId, disk.name);
  return { branch: seed.branch, target };
}
