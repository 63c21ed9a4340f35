import { isFault, orAborted } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { diskNotProtected } from "../faults.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import { VERIFY_WAIT_MS } from "../limits.ts";
import { diskStateOf } from "../sessions/disk-health.ts";
import type { Reports } from "../sessions/reports.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { Store } from "../store/store.ts";
import { addedTally, NOTHING_VERIFIED } from "../store/verify-rows.ts";
import type { DiskVerifier, VerifiedWindow } from "./disk-verifier.ts";
import { passEnded } from "./pass.ts";

const Count = Type.Integer({ minimum: 0 });
/** How far a verification is; noted after each window, so that a restart goes on there. */
const VerifyInput = Type.Object({
  begunMicros: Count,
  offset: Count,
  comparedBytes: Count,
  skippedBytes: Count,
  differingBytes: Count,
  repairedBytes: Count,
});
type VerifyInput = Static<typeof VerifyInput>;

export interface VerifyWorkOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly reports: Reports;
  readonly verifier: DiskVerifier;
}

/** What a verification is begun with. */
export function verifyInput(nowMicros: number): VerifyInput {
  return { begunMicros: nowMicros, offset: 0, ...NOTHING_VERIFIED };
}

/** Compares the whole disk with its replica, window after window, as fast as both sides can. */
export function verifyWork(options: VerifyWorkOptions): JobWork {
  const { store, clock, reports } = options;
  const rates = new Map<string, { readonly sinceMicros: number; readonly offset: number }>();
  return {
    resumable: true,
    async run(job, signal) {
      let input = inputOf(job);
      rates.set(job.id, { sinceMicros: clock.monotonicMicros(), offset: input.offset });
      try {
        for (;;) {
          const { end, diskBytes, ...tally } = await nextWindow(options, job, { offset: input.offset, signal });
          input = { begunMicros: input.begunMicros, offset: end, ...addedTally(input, tally) };
          store.jobs.note(job.id, input);
          if (end >= diskBytes) break;
        }
      } finally {
        rates.delete(job.id);
      }
      const { begunMicros, offset: _offset, ...tally } = input;
      store.verify.put(passEnded(job.diskId, { ...tally, begunMicros, endedMicros: clock.wallMicros() }));
      return { disk: job.diskId, ...tally };
    },
    undo: () => undefined,
    progressOf(job) {
      const disk = store.disks.byId(job.diskId);
      const row = store.jobs.byId(job.id);
      const totalBytes = disk === undefined ? undefined : reports.ofDisk(disk).agent?.sizeBytes;
      if (row === undefined || totalBytes === undefined || totalBytes === 0) return null;
      const doneBytes = Math.min(totalBytes, inputOf(row).offset);
      const rate = rates.get(job.id);
      const moved = rate === undefined ? 0 : doneBytes - rate.offset;
      const seconds = rate === undefined ? 0 : (clock.monotonicMicros() - rate.sinceMicros) / 1e6;
      return { doneBytes, totalBytes, etaSeconds: moved <= 0 ? null : ((totalBytes - doneBytes) * seconds) / moved };
    },
  };
}

/** One window, once the disk is protected and all who are asked are there. */
async function nextWindow(
  { store, clock, reports, verifier }: VerifyWorkOptions,
  job: JobRow,
  { offset, signal }: { readonly offset: number; readonly signal: AbortSignal },
): Promise<VerifiedWindow> {
  for (;;) {
    const disk = await untilProtected({ store, reports }, job, signal);
    try {
      return await verifier.window(disk, offset, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!isFault(error) || error.kind !== "transient") throw error;
    }
    await clock.sleep(VERIFY_WAIT_MS, signal);
  }
}

/** @throws Fault `disk-not-protected` */
async function untilProtected(
  { store, reports }: Pick<VerifyWorkOptions, "store" | "reports">,
  job: JobRow,
  signal: AbortSignal,
): Promise<DiskRow> {
  for (;;) {
    const changed = reports.changed();
    const disk = store.disks.byId(job.diskId);
    if (disk?.state !== "protected") throw diskNotProtected(job.subject);
    if (diskStateOf(reports.ofDisk(disk)) === "protected") return disk;
    await orAborted(changed, signal);
  }
}

function inputOf({ input }: JobRow): VerifyInput {
  return Check(VerifyInput, input) ? input : verifyInput(0);
}
