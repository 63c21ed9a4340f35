// Points that are to go. A disk stays `deleting` until its master target has said that nothing of it is left; so a crash, or a target that is
// away, delays a deletion and never loses it. It is asked only after the target has taken the plan in which the disk takes nothing in.
import { isFault } from "@leeward/base";
import type { Trace } from "@leeward/daemon";
import type { Clock } from "@leeward/world";
import { type EventLog, SELF } from "../events/event-log.ts";
import { DELETION_RETRY_MS } from "../limits.ts";
import { composePlan } from "../plans/compose-plan.ts";
import { readInstallation } from "../plans/installation.ts";
import { versioned } from "../plans/versioned-plan.ts";
import { atEachReport } from "../sessions/at-each-report.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Reports } from "../sessions/reports.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";

export interface DeletionsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly trace: Trace;
  readonly requests: MemberRequests;
  readonly reports: Reports;
  readonly isOnline: (memberId: string) => boolean;
  readonly plansChanged: () => void;
}

interface Due {
  readonly disk: DiskRow;
  readonly targetId: string;
  readonly onDeleted: () => void;
}

export class Deletions {
  readonly #options: DeletionsOptions;

  constructor(options: DeletionsOptions) {
    this.#options = options;
  }

  /** Looks at every report, and now and then, for what can be deleted, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { clock, reports } = this.#options;
    return atEachReport({ clock, reports, everyMs: DELETION_RETRY_MS }, (inner) => this.#sweep(inner), signal);
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const { store, isOnline } = this.#options;
    for (const { disk, targetId, onDeleted } of this.#due()) {
      if (signal.aborted) return;
      const target = store.members.byId(targetId);
      if (target === undefined || target.removedMicros !== null) onDeleted();
      else if (isOnline(target.id) && this.#hasTakenPlan(target) && (await this.#delete(disk, target, signal)))
        onDeleted();
    }
  }

  /** At which targets points are to go. The main one is asked last: a disk is known as long as something of it is anywhere. */
  #due(): Due[] {
    const { store } = this.#options;
    const further = store.furtherTargets.deleting().flatMap(({ diskId, targetId }): Due[] => {
      const disk = store.disks.byId(diskId);
      if (disk === undefined || disk.state === "deleted") return [];
      return [{ disk, targetId, onDeleted: () => this.#deletedAt(disk, targetId) }];
    });
    const furtherOf = new Set(further.map(({ disk }) => disk.id));
    const main = store.disks.inState("deleting").filter(({ id }) => !furtherOf.has(id));
    return [
      ...further,
      ...main.map((disk) => ({ disk, targetId: disk.masterTargetId, onDeleted: () => this.#deleted(disk) })),
    ];
  }

  #hasTakenPlan(target: MemberRow): boolean {
    const { store, reports } = this.#options;
    const plan = composePlan(readInstallation(store), target.id);
    const status = reports.of(target.id)?.status;
    return (
      plan !== undefined &&
      status !== undefined &&
      status.value.planVersion >= versioned(store.plans, target.id, plan).value.version
    );
  }

  /** Whether nothing of the disk is left at the target. */
  async #delete(disk: DiskRow, target: MemberRow, signal: AbortSignal): Promise<boolean> {
    const { requests, trace } = this.#options;
    try {
      const value = { machineId: disk.machineId, diskIds: [disk.id] };
      await requests.ask(target, { kind: "deleteHistory", value }, { signal });
      return true;
    } catch (error) {
      if (!isFault(error) || signal.aborted) throw error;
      trace.warn("Points cannot be deleted yet.", { fault: error, disk: disk.id, target: target.id });
      return false;
    }
  }

  #deletedAt({ id, name }: DiskRow, targetId: string): void {
    const { store, events, plansChanged } = this.#options;
    store.transaction(() => {
      store.furtherTargets.remove(id, targetId);
      const target = store.members.byId(targetId)?.name ?? targetId;
      const message = `The recovery points of the disk ${name} at ${target} are deleted.`;
      const detail = { disk: id, target: targetId };
      events.add(SELF, { severity: "info", kind: "points-deleted", subject: name, message, detail });
    });
    plansChanged();
  }

  #deleted(disk: DiskRow): void {
    const { store, events, plansChanged } = this.#options;
    store.transaction(() => {
      if (!store.disks.setState(disk.id, "deleted", ["deleting"])) return;
      const message = `The recovery points of the disk ${disk.name} are deleted.`;
      events.add(SELF, {
        severity: "info",
        kind: "points-deleted",
        subject: disk.name,
        message,
        detail: { disk: disk.id },
      });
    });
    plansChanged();
  }
}
