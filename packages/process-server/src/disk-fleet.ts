import { type Fault, MICROS_PER_MS } from "@leeward/base";
import { together } from "@leeward/daemon";
import type { ForwardedDisk, ForwardStatus, ProcessServerPlan, StageStatus } from "@leeward/proto";
import type { DiskServices } from "./cache/disk-services.ts";
import type { HeldBranch } from "./cache/held-branch.ts";
import { HeldDisk } from "./cache/held-disk.ts";
import { Crew } from "./crew.ts";
import { asFault } from "./faults.ts";
import { FurtherWays } from "./forward/further-ways.ts";
import { MainWay } from "./forward/main-way.ts";
import type { Way } from "./forward/way.ts";
import { DiskIntake } from "./intake/disk-intake.ts";

/** A disk of the plan, with the way in and the ways out. */
export interface ForwardedDiskParts {
  readonly disk: HeldDisk;
  readonly intake: DiskIntake;
  readonly main: MainWay;
  readonly further: FurtherWays;
}

/**
 * The disks of the plan, each kept open and going for itself.
 *
 * What is held of a disk that left the plan is removed at once when its targets have all of it, and otherwise after a
 * while (a day unless configured): a plan that was wrong can be mended until then.
 */
export class DiskFleet {
  readonly #services: DiskServices;
  readonly #crew = new Crew<string>();
  readonly #disks = new Map<string, ForwardedDiskParts>();
  /** Disks and machines outside of the plan of which something is kept, and since when (monotonic microseconds). */
  readonly #left = new Map<string, number>();
  #planVersion = 0;
  #looked = false;

  constructor(services: DiskServices) {
    this.#services = services;
  }

  get planVersion(): number {
    return this.#planVersion;
  }

  get disks(): ReadonlyMap<string, ForwardedDiskParts> {
    return this.#disks;
  }

  /** Each disk's way to each of its targets. */
  ways(): Way[] {
    return Array.from(this.#disks.values()).flatMap(({ main, further }) => [main, ...further.ways()]);
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#crew.run(signal);
  }

  notifyAll(): void {
    for (const { disk } of this.#disks.values()) disk.notify();
  }

  status(): ForwardStatus[] {
    return Array.from(this.#disks.values(), ({ disk, intake, main, further }) => ({
      diskId: disk.id,
      cachedSequence: disk.current?.cached ?? 0,
      journaledSequence: disk.current?.journaled ?? 0,
      cacheBytes: disk.storedBytes,
      receivedBytes: intake.receivedBytes,
      forwardedBytes: main.forwardedBytes,
      faults: disk.faults.items(),
      further: further.status(),
      stages: stagesOf(disk, main),
      cutRawBytes: disk.cutBytes.raw,
      cutSealedBytes: disk.cutBytes.sealed,
    }));
  }

  /** Puts the plan into force: disks come, change, and go. */
  async apply(plan: ProcessServerPlan): Promise<void> {
    const wanted = new Map(plan.disks.map((disk) => [disk.diskId, disk]));
    await this.#seeEpochs(plan);
    for (const [id, parts] of this.#disks) if (!wanted.has(id)) await this.#leave(id, parts);
    for (const [id, planned] of wanted) {
      const known = this.#disks.get(id);
      if (known === undefined) this.#enter(planned);
      else {
        known.disk.replan(planned);
        await known.further.follow();
      }
    }
    this.#planVersion = plan.version;
  }

  /** Removes what has been outside of the plan for long enough. */
  async sweep(dropPoints: (machineId: string) => Promise<void>, pointMachines: Iterable<string>): Promise<void> {
    await this.#lookForLeftovers();
    const machines = new Set(Array.from(this.#disks.values(), ({ disk }) => disk.plan.machineId));
    try {
      for (const machineId of Array.from(pointMachines)) {
        if (!machines.has(machineId) && this.#isOver(`machine ${machineId}`)) await dropPoints(machineId);
        if (machines.has(machineId)) this.#left.delete(`machine ${machineId}`);
      }
      for (const id of Array.from(this.#left.keys())) {
        if (id.startsWith("machine ") || !this.#isOver(id)) continue;
        this.#left.delete(id);
        await this.#remove(id);
      }
    } catch (error) {
      this.#services.trace.warn("What left the plan could not be removed.", { fault: asFault(error) });
    }
  }

  #enter(planned: ForwardedDisk): void {
    this.#left.delete(planned.diskId);
    const disk = new HeldDisk(this.#services, planned);
    const intake = new DiskIntake(disk, this.#services);
    const further = new FurtherWays(disk, this.#services);
    this.#disks.set(disk.id, { disk, intake, main: new MainWay(disk, intake), further });
    this.#crew.start(disk.id, (signal) =>
      together(signal, [(inner) => disk.run(inner), (inner) => intake.run(inner), (inner) => further.run(inner)]),
    );
  }

  /** They count also while they cannot be written down: the plan itself is durable. */
  async #seeEpochs({ disks }: ProcessServerPlan): Promise<void> {
    const { epochs, trace } = this.#services;
    try {
      for (const { machineId, epoch } of disks) await epochs.see(machineId, epoch);
    } catch (error) {
      trace.warn("The plan's epochs could not be written down.", { fault: asFault(error) });
    }
  }

  /** Whether it has been outside of the plan for long enough; the time begins with the first question. */
  #isOver(key: string): boolean {
    const now = this.#services.world.clock.monotonicMicros();
    const since = this.#left.get(key) ?? now;
    this.#left.set(key, since);
    return now - since >= this.#services.leftCacheKeptMs * MICROS_PER_MS;
  }

  async #leave(id: string, { disk, intake }: ForwardedDiskParts): Promise<void> {
    const drained = disk.isOpen && disk.branches.every((branch) => branch.drainedByAll);
    this.#disks.delete(id);
    intake.dismiss();
    await this.#crew.end(id);
    if (drained) await this.#remove(id).catch((error: unknown) => this.#onRemoveFault(id, asFault(error)));
    else this.#left.set(id, this.#services.world.clock.monotonicMicros());
  }

  /** Folders that an earlier run left, of disks that are not in the plan. */
  async #lookForLeftovers(): Promise<void> {
    if (this.#looked) return;
    this.#looked = true;
    for (const name of await this.#services.world.files.list(this.#services.folder)) {
      if (!this.#disks.has(name)) this.#isOver(name);
    }
  }

  async #remove(id: string): Promise<void> {
    const { world, folder } = this.#services;
    await world.files.removeFolder(`${folder}/${id}`);
    await world.files.syncFolder(folder);
  }

  #onRemoveFault(id: string, fault: Fault): void {
    this.#left.set(id, this.#services.world.clock.monotonicMicros());
    this.#services.trace.warn("The cache of a disk that left the plan could not be removed.", { disk: id, fault });
  }
}

/** What waits is summed over the disk's branches: all but the last only drain. */
function stagesOf(disk: HeldDisk, main: MainWay): StageStatus[] {
  const sum = (of: (branch: HeldBranch) => number): number =>
    disk.branches.reduce((total, branch) => total + of(branch), 0);
  const { current } = disk;
  const cached = current && {
    stage: "cache" as const,
    ...current.log.work.rates(),
    waitingBytes: sum(({ unsyncedBytes }) => unsyncedBytes),
  };
  return [
    ...(cached === undefined ? [] : [cached]),
    { stage: "compress", ...disk.cutting.rates(), waitingBytes: sum(({ uncutBytes }) => uncutBytes) },
    { stage: "forward", ...main.sending.rates(), waitingBytes: sum(({ unsentBytes }) => unsentBytes) },
  ];
}
