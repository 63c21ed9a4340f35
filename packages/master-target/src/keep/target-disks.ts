import { Fault, isFault, MICROS_PER_MS, Mutex } from "@leeward/base";
import { MachineJournal } from "@leeward/journal";
import type { TargetDisk, TargetDiskStatus } from "@leeward/proto";
import { daemonStopping } from "../daemon-stopping.ts";
import type { DiskIntake } from "../intake/disk-intake.ts";
import { MAINTENANCE_RETRY_MS } from "../limits.ts";
import { retryMs } from "./maintenance.ts";
import { refuseLocked } from "./point-locks.ts";
import { TargetDiskKeeper, type TargetDiskOptions } from "./target-disk-keeper.ts";

interface Running {
  readonly keeper: TargetDiskKeeper;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** A disk that did not open, or did not take its plan. */
interface Refused {
  readonly plan: TargetDisk;
  readonly fault: Fault;
  readonly sinceMicros: number;
  readonly attempts: number;
  /** Of the monotonic clock. */
  readonly retryMicros: number;
}

/** All disks whose journals lie here. A disk that cannot be opened is shown with its fault, and holds up no other. */
export class TargetDisks {
  readonly #options: TargetDiskOptions;
  readonly #onFailure: (error: unknown) => void;
  readonly #alone = new Mutex();
  readonly #disks = new Map<string, Running>();
  readonly #machines = new Map<string, MachineJournal>();
  readonly #refused = new Map<string, Refused>();

  constructor(options: TargetDiskOptions, onFailure: (error: unknown) => void) {
    this.#options = options;
    this.#onFailure = onFailure;
  }

  /** Opens what is planned and not open; a disk that the plan leaves out stays on disk and is closed. */
  async apply(planned: readonly TargetDisk[], signal: AbortSignal = never): Promise<void> {
    await this.#alone.hold(async () => {
      const wanted = new Map(planned.map((plan) => [plan.diskId, plan]));
      for (const diskId of this.#refused.keys()) if (!wanted.has(diskId)) this.#refused.delete(diskId);
      await this.#closeAll((diskId) => !wanted.has(diskId));
      await this.#bringAll([...wanted.values()], signal);
    });
  }

  /** Tries again to open what did not open, later and later, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.journals.world;
    for (;;) {
      await clock.sleep(MAINTENANCE_RETRY_MS, signal);
      await this.#alone.hold(async () => {
        const due = [...this.#refused.values()].filter(({ retryMicros }) => clock.monotonicMicros() >= retryMicros);
        await this.#bringAll(
          due.map(({ plan }) => plan),
          signal,
        );
      });
    }
  }

  intake(diskId: string): DiskIntake | undefined {
    return this.#disks.get(diskId)?.keeper.intake;
  }

  machine(machineId: string): MachineJournal | undefined {
    return this.#machines.get(machineId);
  }

  /** @throws Fault `disk-unknown` */
  require(machineId: string, diskId: string): TargetDiskKeeper {
    const keeper = this.#disks.get(diskId)?.keeper;
    if (keeper !== undefined && keeper.plan.machineId === machineId) return keeper;
    const refused = this.#refused.get(diskId);
    if (refused !== undefined) throw refused.fault;
    throw new Fault({
      code: "disk-unknown",
      kind: "operator",
      message: `No journal of disk ${diskId} of machine ${machineId} is here.`,
      remedy: "See `leeward disk status` for names. In the trace of a server it passes when the plan has arrived.",
      detail: { machine: machineId, disk: diskId },
    });
  }

  all(): readonly TargetDiskKeeper[] {
    return [...this.#disks.values()].map(({ keeper }) => keeper);
  }

  statuses(): TargetDiskStatus[] {
    const running = this.all().map((keeper) => {
      const status = keeper.status();
      const refused = this.#refused.get(status.diskId);
      return refused === undefined ? status : { ...status, faults: [faultItemOf(refused), ...status.faults] };
    });
    const closed = [...this.#refused.values()].filter(({ plan }) => !this.#disks.has(plan.diskId));
    return [...running, ...closed.map((refused) => refusedStatus(refused))];
  }

  /** Closes the disks and removes all that is stored of them: for good. @throws Fault `point-locked`; nothing is removed then */
  async delete(diskIds: readonly string[], machineId: string): Promise<void> {
    await this.#alone.hold(async () => {
      for (const diskId of diskIds) {
        const kept = this.#disks.get(diskId);
        if (kept !== undefined) refuseLocked(kept.keeper.journal);
      }
      for (const diskId of diskIds) {
        const running = this.#disks.get(diskId);
        if (running !== undefined) await this.#close(diskId, running);
        this.#refused.delete(diskId);
        await this.#options.anchors.forget(diskId);
        const { world, folder } = this.#options.journals;
        await world.files.removeFolder(`${folder}/${machineId}/${diskId}`);
      }
    });
  }

  /** Closes all; what waits for a store does not wait any longer. */
  async close(): Promise<void> {
    this.#options.journals.end(daemonStopping());
    await this.#alone.hold(() => this.#closeAll(() => true));
  }

  async #closeAll(isMeant: (diskId: string) => boolean): Promise<void> {
    const meant = [...this.#disks].filter(([diskId]) => isMeant(diskId));
    await Promise.all(meant.map(([diskId, running]) => this.#close(diskId, running)));
  }

  /** A store that is away is asked for one disk: it is away for the others too, which would each wait as long. */
  async #bringAll(plans: readonly TargetDisk[], signal: AbortSignal): Promise<void> {
    let away: Fault | undefined;
    for (const plan of plans) {
      signal.throwIfAborted();
      try {
        await this.#bring(plan, away);
        this.#refused.delete(plan.diskId);
      } catch (error) {
        if (!isFault(error)) throw error;
        if (error.code === "store-unreachable") away = error;
        this.#refuse(plan, error);
      }
    }
  }

  async #bring(plan: TargetDisk, away: Fault | undefined): Promise<void> {
    await this.#options.epochs.adopt(plan.machineId, plan.epoch);
    const running = this.#disks.get(plan.diskId);
    if (running?.keeper.follows(plan) === true) return;
    if (away !== undefined) throw away;
    if (running === undefined) this.#start(await TargetDiskKeeper.open(this.#options, plan));
    else await running.keeper.setPlan(plan);
  }

  #refuse(plan: TargetDisk, fault: Fault): void {
    const { clock } = this.#options.journals.world;
    const before = this.#refused.get(plan.diskId);
    const attempts = (before?.attempts ?? 0) + 1;
    const sinceMicros = before?.fault.code === fault.code ? before.sinceMicros : clock.wallMicros();
    const retryMicros = clock.monotonicMicros() + retryMs(attempts) * MICROS_PER_MS;
    this.#refused.set(plan.diskId, { plan, fault, sinceMicros, attempts, retryMicros });
  }

  #start(keeper: TargetDiskKeeper): void {
    const { machineId, diskId } = keeper.plan;
    const controller = new AbortController();
    const ended = keeper.run(controller.signal).catch((error: unknown) => {
      if (!controller.signal.aborted) this.#onFailure(error);
    });
    this.#disks.set(diskId, { keeper, controller, ended });
    const machine = this.#machines.get(machineId) ?? new MachineJournal(machineId);
    machine.attach(keeper.journal);
    this.#machines.set(machineId, machine);
  }

  async #close(diskId: string, { keeper, controller, ended }: Running): Promise<void> {
    this.#disks.delete(diskId);
    this.#machines.get(keeper.plan.machineId)?.detach(diskId);
    controller.abort();
    await ended;
    await keeper.close();
  }
}

const never = new AbortController().signal;

function faultItemOf({ fault: { code, kind, message }, sinceMicros }: Refused): TargetDiskStatus["faults"][number] {
  return { code, kind, message, sinceMicros };
}

function refusedStatus(refused: Refused): TargetDiskStatus {
  const { plan } = refused;
  return {
    diskId: plan.diskId,
    branch: "",
    journaledSequence: 0,
    newestPointMicros: 0,
    newestPointId: "",
    oldestPointMicros: 0,
    pointCount: 0,
    journalBytes: 0,
    history: "gap",
    faults: [faultItemOf(refused)],
    epoch: plan.epoch,
    copyNeeded: false,
    stages: [],
  };
}
