// When the machine's points are made, and which of its disks are held still for them.
//
// Three schedules run side by side, and the coordinator makes one point at a time: points of disks whose every write passes through here; fewer
// ones for which disks that others write to are held still, since their writers wait for a moment; and those for which applications are brought
// to rest. A disk whose copy or gap has just ended gets a point at once. Worst outcome if broken: an RPO that grows unseen, or writers that wait
// more often than their policy says.
import { Fault, type Random } from "@leeward/base";
import type { AgentPlan, EventReport, PlannedDisk } from "@leeward/proto";
import type { Freezer } from "@leeward/tracker";
import type { Clock } from "@leeward/world";
import type { AgentDisk } from "../disk-set.ts";
import { keepApplicationPoints } from "../hooks/application-schedule.ts";
import type { Quiesce } from "../hooks/quiesce.ts";
import type { ShownFault } from "../inventory/machine-faults.ts";
import { FileSystemHold, type HeldDisk } from "./file-system-hold.ts";
import { HoldPace } from "./hold-pace.ts";
import type { MarkClock } from "./mark-clock.ts";
import { PointCoordinator } from "./point-coordinator.ts";
import { applicationIntervalMs, groupIntervalMs, heldIntervalMs, pointIntervalMs } from "./point-intervals.ts";
import type { PointNumbers } from "./point-numbers.ts";
import type { PointQueue } from "./point-queue.ts";
import { PointSchedule } from "./point-schedule.ts";

export interface MachinePointsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly machineId: string;
  readonly marks: MarkClock;
  readonly numbers: PointNumbers;
  readonly queue: PointQueue;
  readonly freezer: Freezer;
  readonly quiesce: Quiesce;
  readonly plan: () => AgentPlan;
  /** Resolves when the plan is another. */
  readonly planChanged: () => Promise<void>;
  readonly disks: () => readonly AgentDisk[];
  readonly onEvent: (event: EventReport) => void;
  /** Told when what is wrong with holds is another. */
  readonly onChange: () => void;
}

export class MachinePoints {
  /** Makes them, one at a time, also those that somebody asks for. */
  readonly coordinator: PointCoordinator;
  readonly #options: MachinePointsOptions;
  /** Disks with neither copy nor gap. */
  readonly #whole = new Set<string>();
  readonly #schedule: PointSchedule;
  readonly #heldSchedule: PointSchedule;
  readonly #holds: HoldPace;
  readonly #fileSystems: FileSystemHold;

  constructor(options: MachinePointsOptions) {
    this.#options = options;
    const { clock, plan, marks, freezer, onEvent, onChange } = options;
    this.#holds = new HoldPace({ clock, onEvent, onChange });
    this.#fileSystems = new FileSystemHold({
      freezer,
      disks: () => this.#liveDisks(),
      onOutcome: (outcome) => this.#holds.take(outcome),
    });
    this.coordinator = new PointCoordinator({
      ...options,
      epoch: () => plan().epoch,
      disks: () =>
        options.disks().map(({ planned, keeper }) => ({
          diskId: planned.diskId,
          settleMark: (mark) => keeper.settleMark(mark),
        })),
      hold: () => (this.#liveDisks().length === 0 ? undefined : this.#fileSystems),
    });
    this.#schedule = new PointSchedule({
      clock,
      intervalMs: () => pointIntervalMs(plan()),
      isWanted: () => !marks.fenced() && plan().disks.some(({ capture }) => capture === "splitter"),
      make: () => this.coordinator.interval(),
    });
    this.#heldSchedule = new PointSchedule({
      clock,
      intervalMs: () => heldIntervalMs(plan()) * this.#holds.factor,
      isWanted: () => !marks.fenced() && this.#liveDisks().length > 0,
      make: () => this.coordinator.heldInterval(),
    });
  }

  /** What is wrong now with points of disks that are captured so. */
  faultsOf(capture: PlannedDisk["capture"]): readonly ShownFault[] {
    const { clockFault } = this.coordinator;
    const holds = capture === "tracker" ? this.#holds.faults : [];
    return clockFault === undefined ? holds : [clockFault, ...holds];
  }

  /** Holds the disks still that others write to, for a point of the group; undefined also while holds last too long to be made for each of them. */
  groupHold(): FileSystemHold | undefined {
    const isWanted = this.#liveDisks().length > 0 && this.#holds.isDue(groupIntervalMs(this.#options.plan()));
    return isWanted ? this.#fileSystems : undefined;
  }

  /** Whether the disk has neither copy nor gap now. */
  noteWhole({ diskId, capture }: PlannedDisk, isWhole: boolean): void {
    // It makes its own points, as soon as it can.
    if (capture === "rescan") return;
    if (!isWhole) this.#whole.delete(diskId);
    else if (!this.#whole.has(diskId)) {
      this.#whole.add(diskId);
      (capture === "tracker" ? this.#heldSchedule : this.#schedule).becameWhole();
    }
  }

  /**
   * Starts the schedules; each ends when the signal aborts, after the point that it is making. Whoever calls waits for all of them: a point that is
   * being made waits for its disks, so a mistake in one schedule is told before the others have ended.
   */
  start(signal: AbortSignal): readonly Promise<unknown>[] {
    return [this.#schedule.run(signal), this.#heldSchedule.run(signal), this.#keepApplicationPoints(signal)];
  }

  async #keepApplicationPoints(signal: AbortSignal): Promise<void> {
    const { clock, plan, planChanged } = this.#options;
    await keepApplicationPoints(
      {
        clock,
        intervalMs: () => applicationIntervalMs(plan()),
        changed: planChanged,
        make: (inner) => this.#makeApplicationPoint(inner),
      },
      signal,
    );
  }

  async #makeApplicationPoint(signal: AbortSignal): Promise<boolean> {
    // Nobody is brought to rest for a point that no disk could be a member of.
    if (this.#options.marks.fenced()) return false;
    if (!this.#options.disks().some(({ planned }) => this.#whole.has(planned.diskId))) return false;
    try {
      return (await this.coordinator.create("application", "auto", signal)) !== undefined;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return false;
    }
  }

  /** The disks that others write to, as far as they can have a part in points: nothing is held still for one that is being copied. */
  #liveDisks(): HeldDisk[] {
    return this.#options.disks().flatMap(({ planned: { diskId }, keeper }) => {
      const { live } = keeper;
      const hasPart = live !== undefined && keeper.facts()?.state === "protected";
      return hasPart ? [{ diskId, path: keeper.settings.path, live }] : [];
    });
  }
}
