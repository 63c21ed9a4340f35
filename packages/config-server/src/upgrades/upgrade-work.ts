// Agents become another version, in waves. What each machine is at stands in the job before it is asked of it, under an order of its own that the agent knows again; so
// a config server that was started anew goes on, and a machine is never asked twice. A machine is done when it is back with the new version and its disks are as
// protected as they were. Whether the version stays is decided on the machine alone.
import { errorBodyOf } from "@leeward/api";
import { compareVersions, type Fault, firstOf, isFault, orAborted, type Random } from "@leeward/base";
import type { AgentStatus } from "@leeward/proto";
import type { LiveSessions } from "@leeward/wire";
import type { Clock } from "@leeward/world";
import { type EventLog, SELF } from "../events/event-log.ts";
import { machineOffline, machineUnknown } from "../faults.ts";
import { faultOfStatus, type JobWork } from "../jobs/job-runner.ts";
import { UPGRADE_ASK_MS, UPGRADE_LOOK_MS, UPGRADE_MS_MAX, UPGRADE_SETTLE_MS_MAX } from "../limits.ts";
import { diskStateOf } from "../sessions/disk-health.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Reports } from "../sessions/reports.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import { agentsNotUpgraded, upgradeDisksBehind, upgradeSilent } from "./upgrade-faults.ts";
import { isSettled, nextWave, type UpgradeInput, type UpgradingMachine, upgradeInputOf } from "./upgrade-input.ts";

export interface UpgradeMeans {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventLog;
  readonly live: LiveSessions;
  readonly reports: Reports;
  readonly requests: MemberRequests;
  /** Of the config server. */
  readonly softwareVersion: string;
}

/** What a job of the kind `agent-upgrade` does. */
export function upgradeWork(means: UpgradeMeans): JobWork {
  return {
    resumable: true,
    async run(job, signal) {
      await new UpgradeRun(means, job, signal).carry();
      return null;
    },
    // What a machine is at it finishes by itself, either way.
    undo: () => undefined,
    progressOf(job) {
      const { machines } = upgradeInputOf(means.store.jobs.byId(job.id) ?? job);
      const steps = { doneSteps: machines.filter(isSettled).length, totalSteps: machines.length };
      return { doneBytes: 0, totalBytes: 0, etaSeconds: null, ...steps };
    },
  };
}

class UpgradeRun {
  readonly #means: UpgradeMeans;
  readonly #jobId: string;
  readonly #signal: AbortSignal;
  #input: UpgradeInput;

  constructor(means: UpgradeMeans, job: JobRow, signal: AbortSignal) {
    this.#means = means;
    this.#jobId = job.id;
    this.#signal = signal;
    this.#input = upgradeInputOf(job);
  }

  /** @throws Fault `agents-not-upgraded` when any was not */
  async carry(): Promise<void> {
    for (;;) {
      const { machines, failures, version } = this.#input;
      const wave = nextWave(this.#input);
      const failed = machines.filter(({ state }) => state === "failed");
      const isStopped = failed.length >= failures && wave.every(({ state }) => state === "waiting");
      if (wave.length === 0 || isStopped) {
        if (failed.length === 0) return;
        const names = failed.map(({ id, error }) => `${this.#nameOf(id)} (${error?.code ?? "unknown"})`);
        throw agentsNotUpgraded({ version, failed: names, left: machines.filter((each) => !isSettled(each)).length });
      }
      await Promise.all(wave.map((machine) => this.#one(machine)));
    }
  }

  async #one({ id }: UpgradingMachine): Promise<void> {
    try {
      await this.#upgrade(id);
    } catch (error) {
      if (!isFault(error) || this.#signal.aborted) throw error;
      this.#end(id, "failed", error);
    }
  }

  async #upgrade(id: string): Promise<void> {
    const { store, live, clock } = this.#means;
    const { version, readySeconds } = this.#input;
    const member = store.members.byId(id);
    if (member === undefined || member.removedMicros !== null) return this.#end(id, "skipped", machineUnknown(id));
    if (this.#machine(id).state === "waiting") {
      if (!live.has(id)) return this.#end(id, "skipped", machineOffline(member.name));
      if (compareVersions(member.softwareVersion ?? "0", version) >= 0) return this.#end(id, "upgraded");
      this.#note(id, { state: "ordered", diskIds: this.#protectedDisks(id) });
    }
    const until = clock.monotonicMicros() + (UPGRADE_MS_MAX + 2_000 * readySeconds) * 1_000;
    await this.#untilDone(member, until);
    this.#end(id, "upgraded");
  }

  /** Asks until the agent has the order, and waits until it has carried it out. @throws Fault what became of it instead */
  async #untilDone(member: MemberRow, untilMicros: number): Promise<void> {
    const { clock, live } = this.#means;
    const { version } = this.#input;
    let askedMicros = Number.NEGATIVE_INFINITY;
    let settleMicros = Number.POSITIVE_INFINITY;
    for (;;) {
      const upgrade = this.#statusOf(member.id);
      const { code = "", message = "", state } = upgrade ?? {};
      if (state === "failed" || state === "returned") throw faultOfStatus({ code, kind: "operator", message });
      const now = clock.monotonicMicros();
      if (now >= untilMicros) throw upgradeSilent(member.name);
      if (live.has(member.id) && upgrade === undefined && now - askedMicros >= UPGRADE_ASK_MS * 1_000) {
        askedMicros = now;
        await this.#ask(member);
      }
      const isBack = live.of(member.id)?.agreement.softwareVersion === version;
      if (state === "done" && isBack) {
        if (this.#machine(member.id).diskIds.every((diskId) => this.#isProtected(diskId))) return;
        settleMicros = Math.min(settleMicros, now + UPGRADE_SETTLE_MS_MAX * 1_000);
        if (now >= settleMicros) throw upgradeDisksBehind(member.name);
      }
      await this.#look();
    }
  }

  /** One that cannot be reached now is asked again; one that refuses has failed. */
  async #ask(member: MemberRow): Promise<void> {
    const { version, file, sizeBytes, sha256, readySeconds } = this.#input;
    const { orderId } = this.#machine(member.id);
    const order = { orderId, version, file, sizeBytes, sha256: Buffer.from(sha256, "hex"), readySeconds };
    try {
      await this.#means.requests.ask(member, { kind: "upgradeAgent", value: order }, { signal: this.#signal });
    } catch (error) {
      if (!isFault(error) || error.kind !== "transient" || this.#signal.aborted) throw error;
    }
  }

  async #look(): Promise<void> {
    const { clock, reports, live } = this.#means;
    await firstOf(this.#signal, [
      (inner) => clock.sleep(UPGRADE_LOOK_MS, inner),
      (inner) => orAborted(reports.changed(), inner),
      (inner) => orAborted(live.changed(), inner),
    ]);
  }

  /** What the agent says of this order. */
  #statusOf(id: string): AgentStatus["upgrade"] {
    const status = this.#means.reports.of(id)?.status;
    const upgrade = status?.kind === "agentStatus" ? status.value.upgrade : undefined;
    return upgrade?.orderId === this.#machine(id).orderId ? upgrade : undefined;
  }

  #protectedDisks(machineId: string): string[] {
    const disks = this.#means.store.disks.list().filter((disk) => disk.machineId === machineId);
    return disks.filter(({ id }) => this.#isProtected(id)).map(({ id }) => id);
  }

  /** One that is not to be protected any more is no reason to wait. */
  #isProtected(diskId: string): boolean {
    const disk = this.#means.store.disks.byId(diskId);
    if (disk?.state !== "protected") return true;
    return diskStateOf(this.#means.reports.ofDisk(disk)) === "protected";
  }

  #machine(id: string): UpgradingMachine {
    const found = this.#input.machines.find((machine) => machine.id === id);
    if (found === undefined) throw machineUnknown(id);
    return found;
  }

  #nameOf(id: string): string {
    return this.#means.store.members.byId(id)?.name ?? id;
  }

  /** Durable when it returns; a job that was cancelled meanwhile is left as it ended. */
  #note(id: string, change: Partial<UpgradingMachine>): void {
    const machines = this.#input.machines.map((machine) => (machine.id === id ? { ...machine, ...change } : machine));
    this.#input = { ...this.#input, machines };
    this.#means.store.jobs.note(this.#jobId, this.#input);
  }

  #end(id: string, state: "upgraded" | "failed" | "skipped", fault?: Fault): void {
    const { store, events } = this.#means;
    const subject = this.#nameOf(id);
    const { version } = this.#input;
    store.transaction(() => {
      this.#note(id, { state, error: fault === undefined ? null : errorBodyOf(fault).error });
      const message = `${subject} ${ENDS[state]} ${version}.${fault === undefined ? "" : ` ${fault.message}`}`;
      const severity = state === "upgraded" ? "info" : "warning";
      const detail = { job: this.#jobId, code: fault?.code ?? null };
      events.add(SELF, { severity, kind: `agent-upgrade-${state}`, subject, message, detail });
    });
  }
}

const ENDS = {
  upgraded: "has the version",
  failed: "was not upgraded to",
  skipped: "was passed over in the upgrade to",
} as const;
