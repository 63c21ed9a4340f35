import type { TestFailoverOrder } from "@leeward/api";
import { isFault, randomId } from "@leeward/base";
import type { Trace } from "@leeward/daemon";
import type { World } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { diskUnknown, failoverBusy, failoverEnded, failoverUnknown } from "../faults.ts";
import type { JobRunner } from "../jobs/job-runner.ts";
import { FAILOVER_LOOK_MS } from "../limits.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Reports } from "../sessions/reports.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import { startableDisks, targetIdOf } from "./choose-point.ts";
import { failoverIdOf, failoverInput } from "./failover-job.ts";
import { settingsOf } from "./failover-settings.ts";
import { removeReplica } from "./replica-removal.ts";
import { checkNoFailover } from "./standing.ts";
import { isEnd, moveFailover, ruleOf } from "./transitions.ts";

export interface FailoversOptions {
  readonly world: Pick<World, "clock" | "random">;
  readonly store: Store;
  readonly events: EventLog;
  readonly trace: Trace;
  readonly jobs: JobRunner;
  readonly requests: MemberRequests;
  readonly reports: Reports;
}

/** A failover, and the job that carries it on. */
export interface Begun {
  readonly failover: FailoverRow;
  readonly job: JobRow;
}

/** Failovers of machines: what is asked for is stored with its job, and what no job carries any more is carried to its end. */
export class Failovers {
  readonly #options: FailoversOptions;

  constructor(options: FailoversOptions) {
    this.#options = options;
  }

  /**
   * Begins a test failover: answers when that is durable; the job ends when the machine runs.
   * @throws Fault `failover-standing`, `machine-not-protected`, `failover-targets-several`, `disk-unknown`
   */
  beginTest(machine: MemberRow, order: TestFailoverOrder, actor: Actor): Begun {
    const { world, store, events, reports } = this.#options;
    const id = randomId(world.random);
    const jobId = store.transaction(() => {
      checkNoFailover(store, machine);
      const disks = startableDisks(machine.name, store.disks.ofMachine(machine.id));
      const masterTargetId = targetIdOf(machine.name, disks);
      const bootDiskId = order.bootDisk === undefined ? "" : this.#diskId(machine, order.bootDisk);
      const settings = settingsOf(order, { status: reports.of(machine.id)?.status, bootDiskId });
      const createdMicros = world.clock.wallMicros();
      const of = { machineId: machine.id, actor: actor.name, createdMicros };
      store.failovers.insert({ ...of, id, kind: "test", state: "preparing", masterTargetId, settings });
      const message = `A test failover of ${machine.name} at ${order.at} is to be made.`;
      const detail = { failover: id, at: order.at, host: settings.host, network: settings.network };
      events.add(actor, { severity: "info", kind: "failover-test-asked", subject: machine.name, message, detail });
      return this.#insertJob("failover-test", machine, id);
    });
    return this.#launched(id, jobId);
  }

  /**
   * Ends a test failover; the job ends when nothing of it is left. One that is being cleaned up goes on.
   * @throws Fault `failover-ended`, `failover-busy`
   */
  beginCleanup(row: FailoverRow, notes: string | undefined, actor: Actor): Begun {
    const { world, store, events } = this.#options;
    const jobId = store.transaction(() => {
      if (isEnd(row)) throw failoverEnded(row.id, row.state);
      const underWay = this.#jobOf(row.id);
      if (row.state === "cleaning-up" && underWay !== undefined) return underWay.id;
      if (row.state !== "running" && row.state !== "cleaning-up") throw failoverBusy(row.id, row.state);
      const nowMicros = world.clock.wallMicros();
      const change = notes === undefined ? {} : { notes };
      if (row.state === "running" && !moveFailover(store, row, { to: "cleaning-up", nowMicros, ...change }))
        throw failoverBusy(row.id, "cleaning-up");
      const machine = this.#machineOf(row);
      const message = `The test failover ${row.id} of ${machine.name} is to be cleaned up.${notes === undefined ? "" : ` ${notes}`}`;
      const detail = { failover: row.id };
      events.add(actor, { severity: "info", kind: "failover-cleanup-asked", subject: machine.name, message, detail });
      return this.#insertJob("failover-cleanup", machine, row.id);
    });
    return this.#launched(row.id, jobId);
  }

  /** By its id, or by the id or name of the machine that it stands for. @throws Fault `failover-unknown` */
  find(idOrMachine: string): FailoverRow {
    const { store } = this.#options;
    const machine = store.members.find("agent", idOrMachine);
    const row =
      store.failovers.byId(idOrMachine) ?? (machine === undefined ? undefined : store.failovers.standingOf(machine.id));
    if (row === undefined) throw failoverUnknown(idOrMachine);
    return row;
  }

  /** What its replica machine wrote to the console. @throws Fault `replica-unknown`, `master-target-offline` */
  async console(row: FailoverRow, signal: AbortSignal): Promise<string> {
    const { store, requests } = this.#options;
    const target = store.members.byId(row.masterTargetId);
    if (target === undefined || !ruleOf(row).isAtTarget) throw failoverEnded(row.id, row.state);
    const { text } = await requests.ask(target, { kind: "readConsole", value: { replicaId: row.id } }, { signal });
    return text;
  }

  /** Carries to its end what no job carries any more, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { world, store } = this.#options;
    while (!signal.aborted) {
      for (const row of store.failovers.standing()) {
        if (ruleOf(row).carriedBy === "server" && this.#jobOf(row.id) === undefined) await this.#undo(row, signal);
      }
      // Only the abort ends it.
      await world.clock.sleep(FAILOVER_LOOK_MS, signal).catch(() => undefined);
    }
  }

  async #undo(row: FailoverRow, signal: AbortSignal): Promise<void> {
    const { world, store, requests, trace } = this.#options;
    try {
      await removeReplica({ store, clock: world.clock, requests }, row, signal);
      moveFailover(store, row, { to: "failed", nowMicros: world.clock.wallMicros() });
    } catch (error) {
      if (signal.aborted) return;
      if (!isFault(error)) throw error;
      trace.warn("What a failover left cannot be removed yet.", { fault: error, failover: row.id });
    }
  }

  #insertJob(kind: JobRow["kind"], machine: MemberRow, failoverId: string): string {
    const { world, store } = this.#options;
    const id = randomId(world.random);
    const of = { subject: machine.name, machineId: machine.id, diskId: "", createdMicros: world.clock.wallMicros() };
    store.jobs.insert({ id, kind, ...of, input: failoverInput(failoverId) });
    return id;
  }

  #launched(failoverId: string, jobId: string): Begun {
    const { jobs } = this.#options;
    jobs.launch(jobId);
    return { failover: this.find(failoverId), job: jobs.find(jobId) };
  }

  #jobOf(failoverId: string): JobRow | undefined {
    return this.#options.store.jobs
      .unfinished()
      .find((job) => job.kind.startsWith("failover-") && failoverIdOf(job) === failoverId);
  }

  #machineOf({ machineId }: FailoverRow): MemberRow {
    const machine = this.#options.store.members.byId(machineId);
    if (machine === undefined) throw failoverUnknown(machineId);
    return machine;
  }

  #diskId(machine: MemberRow, nameOrId: string): string {
    const disk = this.#options.store.disks.find(machine.id, nameOrId);
    if (disk === undefined) throw diskUnknown(machine.name, nameOrId);
    return disk.id;
  }
}
