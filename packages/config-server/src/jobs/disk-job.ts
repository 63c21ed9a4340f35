import { randomId } from "@leeward/base";
import type { World } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { checkNotFailedOver } from "../failover/standing.ts";
import { diskNotComparable, diskNotProtected } from "../faults.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import type { JobRunner } from "./job-runner.ts";

export interface DiskJobOptions {
  readonly world: Pick<World, "clock" | "random">;
  readonly store: Store;
  readonly jobs: JobRunner;
  readonly events: EventLog;
}

/** What is to be done for a protected disk. */
export interface DiskJob {
  readonly kind: "verify" | "resync" | "seed-load";
  readonly machine: MemberRow;
  readonly disk: DiskRow;
  readonly input: unknown;
  /** What is to happen, for people, after the disk's name. */
  readonly message: string;
}

/** The job; one that is under way for the disk is it, and goes on. @throws Fault `disk-not-protected`, `disk-not-comparable` */
export function beginDiskJob(
  { world, store, jobs, events }: DiskJobOptions,
  { kind, machine, disk, input, message }: DiskJob,
  actor: Actor,
): JobRow {
  const subject = `${machine.name}/${disk.name}`;
  if (disk.state !== "protected") throw diskNotProtected(subject);
  if (kind === "verify" && disk.capture === "rescan") throw diskNotComparable(subject);
  checkNotFailedOver(store, machine);
  const underWay = store.jobs.unfinished().find((job) => job.kind === kind && job.diskId === disk.id);
  if (underWay !== undefined) return underWay;
  const id = randomId(world.random);
  store.transaction(() => {
    const createdMicros = world.clock.wallMicros();
    store.jobs.insert({ id, kind, subject, machineId: machine.id, diskId: disk.id, input, createdMicros });
    const detail = { disk: disk.id, job: id };
    const text = `${subject} ${message}.`;
    events.add(actor, { severity: "info", kind: `disk-${kind}-asked`, subject, message: text, detail });
  });
  jobs.launch(id);
  return jobs.find(id);
}
