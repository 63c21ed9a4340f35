import { Fault } from "@leeward/base";
import type { LoadSeed, SeedLoaded } from "@leeward/proto";
import type { Files } from "@leeward/world";
import type { TargetDisks } from "../keep/target-disks.ts";
import type { RunningJobs } from "./running-jobs.ts";

/** Seeds that are being taken in from media of this machine. What was taken in stays, whatever ends the job: the next one goes on. */
export class SeedLoads {
  readonly #files: Files;
  readonly #disks: TargetDisks;
  readonly #jobs: RunningJobs;

  constructor(files: Files, disks: TargetDisks, jobs: RunningJobs) {
    this.#files = files;
    this.#disks = disks;
    this.#jobs = jobs;
  }

  /** @throws Fault `seed-load-cancelled`, `disk-unknown`, and as `loadSeed` */
  async load({ machineId, diskId, branch, path, jobId }: LoadSeed, signal: AbortSignal): Promise<SeedLoaded> {
    return this.#jobs.run({ jobId, cancelled: loadCancelled(jobId), signal }, async ({ signal: inner, onProgress }) => {
      const disk = this.#disks.require(machineId, diskId);
      const from = { medium: this.#files, folder: path, branch, onProgress };
      const { sequence, diskBytes } = await disk.loadSeed(from, inner);
      return { sequence, diskBytes };
    });
  }
}

function loadCancelled(jobId: string): Fault {
  return new Fault({
    code: "seed-load-cancelled",
    kind: "operator",
    message: "The load of the seed was cancelled; what it had taken in stays.",
    remedy: "Load the seed again when it is wanted: it goes on where it ended.",
    detail: { job: jobId },
  });
}
