import type { DrillOrder, Progress } from "@leeward/api";
import { errorBodyOf } from "@leeward/api";
import { assert, isFault, randomId } from "@leeward/base";
import type { Trace } from "@leeward/daemon";
import type { World } from "@leeward/world";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { Actor } from "../events/event-log.ts";
import { startableDisks, targetIdOf } from "../failover/choose-point.ts";
import { checkNoFailover } from "../failover/standing.ts";
import { diskUnknown, jobInterrupted } from "../faults.ts";
import type { JobWork } from "../jobs/job-runner.ts";
import { DRILL_LOOK_MS, DRILL_RETRY_MS, DRILLS_PER_TARGET_MAX } from "../limits.ts";
import type { DrillRow } from "../store/drill-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import { requireCheckable } from "./drill-checks.ts";
import { type DrillContext, interrupted } from "./drill-context.ts";
import { drillFailed, drillsTooMany, drillUnderWay, drillUnknown } from "./drill-faults.ts";
import { carryDrill } from "./drill-work.ts";
import { advance, mayBeCut } from "./transitions.ts";

export interface DrillsOptions extends DrillContext {
  readonly world: Pick<World, "random">;
  readonly trace: Trace;
}

/** A drill, and the job that carries it on. */
export interface BegunDrill {
  readonly drill: DrillRow;
  readonly job: JobRow;
}

const DrillInput = Type.Object({ drillId: Type.String() });

/** Drills of machines: what is asked for is stored with its job, and what no job carries any more is carried to its end and report all the same. */
export class Drills {
  readonly #options: DrillsOptions;
  readonly #read = new Map<string, { doneBytes: number; totalBytes: number }>();
  readonly #carried = new Map<string, Promise<void>>();

  constructor(options: DrillsOptions) {
    this.#options = options;
  }

  /**
   * Begins a drill: answers when that is durable; the job ends when it is reported.
   * @throws Fault `drill-settings-invalid`, `drill-under-way`, `drills-too-many`, `failover-standing`, `machine-not-protected`, `failover-targets-several`, `disk-unknown`
   */
  begin(machine: MemberRow, order: DrillOrder, by: { readonly actor: Actor; readonly scheduled: boolean }): BegunDrill {
    const { world, clock, store, events, jobs } = this.#options;
    requireCheckable(order);
    const id = randomId(world.random);
    const jobId = randomId(world.random);
    const { actor, scheduled } = by;
    store.transaction(() => {
      const masterTargetId = this.#requireFree(machine, order);
      const createdMicros = clock.wallMicros();
      const of = { machineId: machine.id, createdMicros };
      store.drills.insert({ ...of, id, masterTargetId, scheduled, order, actor: actor.name });
      const input: Static<typeof DrillInput> = { drillId: id };
      store.jobs.insert({ ...of, id: jobId, kind: "drill", subject: machine.name, diskId: "", input });
      const message = `A drill of ${machine.name} at ${order.at} is to be made${scheduled ? ", as its schedule says" : ""}.`;
      const detail = { drill: id, at: order.at, checks: order.checks.join(", ") };
      events.add(actor, { severity: "info", kind: "drill-asked", subject: machine.name, message, detail });
    });
    jobs.launch(jobId);
    return { drill: this.find(id), job: jobs.find(jobId) };
  }

  /** @throws Fault `drill-unknown` */
  find(id: string): DrillRow {
    const row = this.#options.store.drills.byId(id);
    if (row === undefined) throw drillUnknown(id);
    return row;
  }

  /** Carries the job's drill to its end. @throws Fault `drill-failed` when it failed */
  async runJob(job: JobRow, signal: AbortSignal): Promise<null> {
    const row = this.find(drillIdOf(job));
    if (row.state !== "choosing") interrupted(this.#options, row, "The config server was stopped, and started anew.");
    const ended = await this.#carry(row.id, signal);
    const problems = ended?.evidence.problems ?? [];
    if (ended?.state === "failed") throw drillFailed(row.id, problems.map(({ message }) => message).join(" "));
    return null;
  }

  /** Carries to their end those that no job carries any more, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, store } = this.#options;
    try {
      for (;;) {
        for (const row of store.drills.underWay()) {
          if (this.#carried.has(row.id) || this.#jobOf(row.id) !== undefined) continue;
          const carrying = this.#carryAlone(row.id, signal).finally(() => this.#carried.delete(row.id));
          this.#carried.set(row.id, carrying);
        }
        await clock.sleep(DRILL_LOOK_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await Promise.all(this.#carried.values());
    }
  }

  async #carryAlone(id: string, signal: AbortSignal): Promise<void> {
    const { clock, trace } = this.#options;
    try {
      await this.#carry(id, signal);
    } catch (error) {
      if (signal.aborted) return;
      // Also a mistake of ours: a drill is evidence, and takes no failover down with it. The next look tries again.
      trace.error("A drill cannot be carried to its end yet.", {
        drill: id,
        ...(isFault(error) ? { fault: error } : { error: String(error) }),
      });
      await clock.sleep(DRILL_RETRY_MS, signal).catch(() => undefined);
    }
  }

  async #carry(id: string, signal: AbortSignal): Promise<DrillRow | undefined> {
    const onRead = (doneBytes: number, totalBytes: number): void => void this.#read.set(id, { doneBytes, totalBytes });
    try {
      return await carryDrill({ ...this.#options, signal, onRead }, id);
    } finally {
      this.#read.delete(id);
    }
  }

  /** Cancelled, or failed: what was begun is cleared, compared and reported by the server itself. */
  cut(job: JobRow): void {
    const { store, clock } = this.#options;
    const row = store.drills.byId(drillIdOf(job));
    if (row === undefined || !mayBeCut(row)) return;
    const { code, message } = store.jobs.byId(job.id)?.error ?? errorBodyOf(jobInterrupted()).error;
    advance(store, row, { to: "clearing", nowMicros: clock.wallMicros(), problem: { code, message } });
  }

  /** Of the disk that is read for the proof; a drill has no other measure. */
  progressOf(job: JobRow): Progress | null {
    const read = this.#read.get(drillIdOf(job));
    return read === undefined ? null : { ...read, etaSeconds: null };
  }

  /** The master target that it goes to. */
  #requireFree(machine: MemberRow, order: DrillOrder): string {
    const { store } = this.#options;
    const underWay = store.drills.underWay();
    const own = underWay.find(({ machineId }) => machineId === machine.id);
    if (own !== undefined) throw drillUnderWay(machine.name, own.id);
    checkNoFailover(store, machine);
    const targetId = targetIdOf(machine.name, startableDisks(machine.name, store.disks.ofMachine(machine.id)));
    const there = underWay.filter(({ masterTargetId }) => masterTargetId === targetId).length;
    if (there >= DRILLS_PER_TARGET_MAX) throw drillsTooMany(store.members.byId(targetId)?.name ?? targetId, there);
    const { bootDisk } = order;
    if (bootDisk !== undefined && store.disks.find(machine.id, bootDisk) === undefined)
      throw diskUnknown(machine.name, bootDisk);
    return targetId;
  }

  #jobOf(drillId: string): JobRow | undefined {
    return this.#options.store.jobs.unfinished().find((job) => job.kind === "drill" && drillIdOf(job) === drillId);
  }
}

/** What a job of the kind `drill` does; the jobs are there before the drills are. */
export function drillWork(drills: () => Drills): JobWork {
  return {
    resumable: true,
    run: (job, signal) => drills().runJob(job, signal),
    undo: (job) => drills().cut(job),
    progressOf: (job) => drills().progressOf(job),
  };
}

function drillIdOf({ input }: JobRow): string {
  assert(Check(DrillInput, input), "a drill's job names it");
  return input.drillId;
}
