// What people ask of failovers: each is stored with the job that does it, in one transaction, and answered from there.
import type {
  FailbackOrder,
  FailoverState,
  PlannedFailoverOrder,
  ReprotectOrder,
  TestFailoverOrder,
  UnplannedFailoverOrder,
} from "@leeward/api";
import { randomId } from "@leeward/base";
import type { Actor } from "../events/event-log.ts";
import { diskUnknown, machineOffline } from "../faults.ts";
import type { JobRunner } from "../jobs/job-runner.ts";
import { FAILBACK_GRACE_SECONDS } from "../limits.ts";
import type { FailoverChange, FailoverFacts, FailoverKind, FailoverRow } from "../store/failover-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import { startableDisks, targetIdOf } from "./choose-point.ts";
import {
  disksNotNamed,
  failoverBusy,
  failoverEnded,
  failoverNotFenced,
  failoverNotPossible,
  failoverUnknown,
} from "./failover-faults.ts";
import { carrierOf, type FailoverJobKind, insertJob } from "./failover-job.ts";
import { settingsOf } from "./failover-settings.ts";
import { type LookedAt, lookAtNewDisks, placeNewDisks, withNewDisks } from "./new-disks.ts";
import { checkLastPoint, checkNoFailover } from "./standing.ts";
import { machineNameOf, type StepMeans } from "./step.ts";
import { isEnd, moveFailover, noteFailover, ruleOf } from "./transitions.ts";

export interface FailoversOptions extends StepMeans {
  readonly jobs: JobRunner;
}

/** A failover, and the job that carries it on. */
export interface Begun {
  readonly failover: FailoverRow;
  readonly job: JobRow;
}

/** What is asked of a failover that stands: from which state it goes to which, by which job. */
const ASKED = {
  cancel: { from: ["commit-pending"], to: "cancelling", job: "failover-cancel", say: "is to be cancelled" },
  cleanup: { from: ["running"], to: "cleaning-up", job: "failover-cleanup", say: "is to be cleaned up" },
  reprotect: {
    from: ["committed"],
    to: "reversing",
    job: "failover-reprotect",
    say: "is to be brought back to its source",
  },
  failback: { from: ["reversing"], to: "halting", job: "failover-failback", say: "is to be failed back" },
  "change-point": {
    from: ["commit-pending"],
    to: "changing",
    job: "failover-change-point",
    say: "is to be started from another point",
  },
} as const satisfies Record<
  string,
  { from: readonly FailoverState[]; to: FailoverState; job: FailoverJobKind; say: string }
>;

/** Failovers of machines: what is asked for is stored with its job. */
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
    return this.#begin(machine, { kind: "test", order, facts: {} }, actor);
  }

  /**
   * Begins to stop the source and to start the machine in its place, at the last point that the source makes.
   * @throws as `beginTest`, and Fault `machine-offline`, `last-point-impossible`
   */
  beginPlanned(machine: MemberRow, { force, ...order }: PlannedFailoverOrder, actor: Actor): Begun {
    if (!this.#options.isOnline(machine.id)) throw machineOffline(machine.name);
    checkLastPoint(this.#options.store, machine);
    return this.#begin(machine, { kind: "planned", order: { ...order, at: "latest" }, facts: forcedBy(force) }, actor);
  }

  /**
   * Begins to start the machine in the place of its source, which is fenced where it can be.
   * @throws as `beginTest`, and Fault `failover-not-fenced` when the source cannot be told, unless that is forced
   */
  beginUnplanned(machine: MemberRow, { force, ...order }: UnplannedFailoverOrder, actor: Actor): Begun {
    if (force !== true && !this.#options.isOnline(machine.id)) throw failoverNotFenced(machine.name, "unconfirmed");
    return this.#begin(machine, { kind: "unplanned", order, facts: forcedBy(force) }, actor);
  }

  /**
   * Ends a test failover; the job ends when nothing of it is left. One that is being cleaned up goes on.
   * @throws Fault `failover-ended`, `failover-busy`, `failover-not-possible`
   */
  beginCleanup(row: FailoverRow, notes: string | undefined, actor: Actor): Begun {
    if (row.kind !== "test") throw failoverNotPossible(row, "cleanup");
    return this.#ask(row, "cleanup", { actor, ...(notes === undefined ? {} : { notes }) });
  }

  /** The machine stays at its point for good. @throws Fault `failover-not-possible`, `failover-busy` */
  commit(row: FailoverRow, actor: Actor): FailoverRow {
    const { store, clock, events } = this.#options;
    store.transaction(() => {
      if (row.state !== "commit-pending") throw failoverNotPossible(row, "commit");
      if (!moveFailover(store, row, { to: "committed", nowMicros: clock.wallMicros() }))
        throw failoverBusy(row.id, row.state);
      const subject = machineNameOf(this.#options, row);
      const message = `The failover ${row.id} of ${subject} is committed: its point cannot be changed any more.`;
      events.add(actor, {
        severity: "info",
        kind: "failover-committed",
        subject,
        message,
        detail: { failover: row.id },
      });
    });
    return this.find(row.id);
  }

  /** Takes a failover back that was not committed; the job ends when the source goes on. @throws Fault `failover-not-possible`, `failover-busy` */
  beginCancel(row: FailoverRow, notes: string | undefined, actor: Actor): Begun {
    return this.#ask(row, "cancel", { actor, ...(notes === undefined ? {} : { notes }) });
  }

  /** Has the machine started from another point; what it wrote is given up. @throws Fault `failover-not-possible`, `failover-busy` */
  beginPointChange(row: FailoverRow, at: string, actor: Actor): Begun {
    const { next: _, proof: __, ...facts } = row.facts;
    return this.#ask({ ...row, facts }, "change-point", { actor, facts, settings: { ...row.settings, at } });
  }

  /**
   * Has the source brought to what the machine is, where disks are named on other devices than before; the job ends when it follows.
   * @throws Fault `failover-not-possible`, `failover-busy`, and as `lookAtNewDisks`
   */
  async beginReprotect(
    row: FailoverRow,
    order: ReprotectOrder,
    by: { actor: Actor; signal: AbortSignal },
  ): Promise<Begun> {
    const { actor, signal } = by;
    const mayLook = row.state === "committed" || row.state === "reversing";
    const { tokenId } = this.#machineOf(row);
    const newDisks = mayLook ? await lookAtNewDisks(this.#options, row, { ...order, signal }) : [];
    const now = this.find(row.id);
    // What was looked at is another host's.
    if (this.#machineOf(now).tokenId !== tokenId) throw failoverBusy(now.id, now.state);
    this.#checkNamed(now, newDisks);
    return this.#ask(now, "reprotect", { actor, newDisks });
  }

  /** Has the source go on with all that the machine wrote. @throws Fault `failover-not-possible`, `failover-busy` */
  beginFailback(row: FailoverRow, { graceSeconds = FAILBACK_GRACE_SECONDS }: FailbackOrder, actor: Actor): Begun {
    const { overlays: _, brought: __, ...facts } = row.facts;
    return this.#ask({ ...row, facts }, "failback", { actor, facts: { graceSeconds } });
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

  #begin(
    machine: MemberRow,
    {
      kind,
      order,
      facts,
    }: { readonly kind: FailoverKind; readonly order: TestFailoverOrder; readonly facts: FailoverFacts },
    actor: Actor,
  ): Begun {
    const { clock, random, store, events, reports } = this.#options;
    const id = randomId(random);
    const jobId = store.transaction(() => {
      checkNoFailover(store, machine);
      const disks = startableDisks(machine.name, store.disks.ofMachine(machine.id));
      const masterTargetId = targetIdOf(machine.name, disks);
      const { recovery } = machine;
      const bootDisk = order.bootDisk ?? recovery.bootDisk;
      const bootDiskId = bootDisk === null ? "" : this.#diskId(machine, bootDisk);
      const settings = settingsOf(order, {
        status: reports.of(machine.id)?.status,
        bootDiskId,
        recovery,
        isTest: kind === "test",
      });
      const createdMicros = clock.wallMicros();
      const of = { machineId: machine.id, actor: actor.name, createdMicros };
      store.failovers.insert({ ...of, id, kind, state: "preparing", masterTargetId, settings, facts });
      const forced = facts.forced === true ? ", whether its source can be fenced or not" : "";
      const message = `A ${kind} failover of ${machine.name} ${kind === "planned" ? "" : `at ${order.at} `}is to be made${forced}.`;
      const detail = {
        failover: id,
        at: order.at,
        host: settings.host,
        network: settings.network,
        forced: facts.forced ?? false,
      };
      events.add(actor, { severity: "info", kind: `failover-${kind}-asked`, subject: machine.name, message, detail });
      return insertJob(this.#options, `failover-${kind}`, machine, id);
    });
    return this.#launched(id, jobId);
  }

  /** Moves it to where its job goes on, with that job; asked again while it is there, it is answered with the job that there is, or another one. */
  #ask(
    row: FailoverRow,
    what: keyof typeof ASKED,
    {
      actor,
      newDisks = [],
      ...change
    }: FailoverChange & { readonly actor: Actor; readonly newDisks?: readonly LookedAt[] },
  ): Begun {
    const { store, clock, events, plansChanged } = this.#options;
    const { to, job, say } = ASKED[what];
    const from: readonly FailoverState[] = ASKED[what].from;
    const jobId = store.transaction(() => {
      if (isEnd(row)) throw failoverEnded(row.id, row.state);
      const underWay = carrierOf(store, row.id);
      if (row.state === to && (underWay === undefined || underWay.kind === job)) this.#place(row, { newDisks, actor });
      if (row.state === to && underWay?.kind === job) return underWay.id;
      if (underWay !== undefined) throw failoverBusy(row.id, row.state);
      if (row.state !== to) {
        if (!from.includes(row.state))
          throw ruleOf(row).carriedBy === "person" ? failoverNotPossible(row, what) : failoverBusy(row.id, row.state);
        if (!moveFailover(store, row, { to, nowMicros: clock.wallMicros(), ...change })) throw failoverBusy(row.id, to);
        this.#place({ ...row, state: to }, { newDisks, actor });
      }
      const machine = this.#machineOf(row);
      const notes = change.notes === undefined ? "" : ` ${change.notes}`;
      const message = `The ${row.kind} failover ${row.id} of ${machine.name} ${say}.${notes}`;
      events.add(actor, {
        severity: "info",
        kind: `failover-${what}-asked`,
        subject: machine.name,
        message,
        detail: { failover: row.id },
      });
      return insertJob(this.#options, job, machine, row.id);
    });
    plansChanged();
    return this.#launched(row.id, jobId);
  }

  /** On another host, every disk is on a device that was named there. @throws Fault `disks-not-named` */
  #checkNamed(row: FailoverRow, looked: readonly LookedAt[]): void {
    if (row.facts.elsewhere !== true) return;
    const { store } = this.#options;
    const named = [...(row.facts.newDisks ?? []), ...looked].map(({ diskId }) => diskId);
    const disks = store.disks.ofMachine(row.machineId).filter(({ state }) => state === "protected");
    const open = disks.filter(({ id }) => !named.includes(id)).map(({ name }) => name);
    if (open.length > 0) throw disksNotNamed(machineNameOf(this.#options, row), open);
  }

  /** Stores which devices are its disks from now on. @throws Fault `failover-busy`, and as `placeNewDisks` */
  #place(
    row: FailoverRow,
    { newDisks: looked, actor }: { readonly newDisks: readonly LookedAt[]; readonly actor: Actor },
  ): void {
    if (looked.length === 0) return;
    if (!noteFailover(this.#options.store, row, withNewDisks(row.facts, looked))) throw failoverBusy(row.id, row.state);
    placeNewDisks(this.#options, row, { looked, actor });
  }

  #launched(failoverId: string, jobId: string): Begun {
    const { jobs } = this.#options;
    jobs.launch(jobId);
    return { failover: this.find(failoverId), job: jobs.find(jobId) };
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

function forcedBy(force: boolean | undefined): FailoverFacts {
  return force === true ? { forced: true } : {};
}
