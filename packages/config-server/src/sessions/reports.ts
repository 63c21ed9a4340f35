import { Waiters } from "@leeward/base";
import { type DiskStatus, type ForwardStatus, type TargetDiskStatus } from "@leeward/proto";
import { REPORT_STORE_MS } from "../limits.ts";
import type { Report, ReportRows, StatusNotice } from "../store/report-rows.ts";

const MICROS_PER_MS = 1_000;

/** What each part of the way last said of one disk; undefined where it has said nothing of it. */
export interface DiskReports {
  readonly agent: DiskStatus | undefined;
  readonly processServer: ForwardStatus | undefined;
  readonly masterTarget: TargetDiskStatus | undefined;
}

/** The newest status of each member. In memory, and stored now and then, so that a restart forgets little. */
export class Reports {
  readonly #rows: ReportRows;
  readonly #newest = new Map<string, Report>();
  readonly #storedMicros = new Map<string, number>();
  readonly #changed = new Waiters();
  readonly #changedOf = new Map<string, Waiters>();
  readonly #forwards = new DiskIndex<ForwardStatus>();
  readonly #targets = new DiskIndex<TargetDiskStatus>();

  constructor(rows: ReportRows) {
    this.#rows = rows;
    for (const report of rows.list()) {
      this.#newest.set(report.memberId, report);
      this.#storedMicros.set(report.memberId, report.receivedMicros);
    }
  }

  of(memberId: string): Report | undefined {
    return this.#newest.get(memberId);
  }

  /** Of every member that ever reported. */
  all(): IterableIterator<Report> {
    return this.#newest.values();
  }

  /** Resolves at the next report of anybody. */
  changed(): Promise<void> {
    return this.#changed.next();
  }

  /** Resolves at the next report of that member: who waits for one of many does not look at what the others say. */
  changedOf(memberId: string): Promise<void> {
    let waiters = this.#changedOf.get(memberId);
    if (waiters === undefined) {
      waiters = new Waiters();
      this.#changedOf.set(memberId, waiters);
    }
    return waiters.next();
  }

  take(memberId: string, status: StatusNotice, nowMicros: number): void {
    const report = { memberId, receivedMicros: nowMicros, status };
    this.#newest.set(memberId, report);
    this.#changed.notify();
    this.#changedOf.get(memberId)?.notify();
  }

  /** Those that are to be stored now: of each member that has said something since, at most one in a while. */
  due(nowMicros: number): Report[] {
    return Array.from(this.#newest.values()).filter(({ memberId, receivedMicros }) => {
      const storedMicros = this.#storedMicros.get(memberId) ?? 0;
      // The clock may have been set back since.
      const age = Math.abs(nowMicros - storedMicros);
      return storedMicros !== receivedMicros && age >= REPORT_STORE_MS * MICROS_PER_MS;
    });
  }

  /** Makes the newest report of the member durable. */
  store(memberId: string): void {
    const report = this.#newest.get(memberId);
    if (report === undefined) return;
    this.#rows.put(report);
    this.#storedMicros.set(memberId, report.receivedMicros);
  }

  ofDisk(disk: { id: string; machineId: string; processServerId: string; masterTargetId: string }): DiskReports {
    const agent = this.of(disk.machineId)?.status;
    const processServer = this.of(disk.processServerId)?.status;
    return {
      agent: agent?.kind === "agentStatus" ? agent.value.disks.find(({ diskId }) => diskId === disk.id) : undefined,
      processServer:
        processServer?.kind === "processServerStatus"
          ? this.#forwards.find(processServer.value.disks, disk.id)
          : undefined,
      masterTarget: this.ofTarget(disk.masterTargetId, disk.id),
    };
  }

  /** What a master target last said of a disk. */
  ofTarget(targetId: string, diskId: string): TargetDiskStatus | undefined {
    const status = this.of(targetId)?.status;
    return status?.kind === "masterTargetStatus" ? this.#targets.find(status.value.disks, diskId) : undefined;
  }
}

/** Members by id, made once per array that does not change: a server's report may tell of thousands of disks, each of which is asked for. */
class DiskIndex<T extends { readonly diskId: string }> {
  readonly #indexes = new WeakMap<readonly T[], ReadonlyMap<string, T>>();

  find(disks: readonly T[], diskId: string): T | undefined {
    let index = this.#indexes.get(disks);
    if (index === undefined) {
      index = new Map(disks.map((disk) => [disk.diskId, disk]));
      this.#indexes.set(disks, index);
    }
    return index.get(diskId);
  }
}
