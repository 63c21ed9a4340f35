import { randomId } from "@leeward/base";
import { diskNotProtected } from "../faults.ts";
import { resyncInput } from "../protection/resync-work.ts";
import type { JobRow } from "../store/job-rows.ts";
import { verifyInput } from "../verify/verify-work.ts";
import type { Handlers } from "./handler.ts";
import { findDisk, findLiveMachine } from "./lookup.ts";
import type { CallContext, Services } from "./services.ts";
import { jobView } from "./views.ts";

/** What is asked for a protected disk, and how. */
interface Care {
  readonly params: { readonly machine: string; readonly disk: string };
  readonly kind: "verify" | "resync";
  readonly input: unknown;
  /** What is to happen, for people, after the disk's name. */
  readonly message: string;
}

/** Looking after what is protected. */
export function careHandlers(services: Services): Handlers<"verifyDisk" | "resyncDisk"> {
  const { world, jobs } = services;
  return {
    verifyDisk: async ({ params }, context) => {
      const input = verifyInput(world.clock.wallMicros());
      const message = "is to be compared with its replica";
      return jobView(begin(services, { params, kind: "verify", input, message }, context), jobs);
    },
    resyncDisk: async ({ params, body }, context) => {
      const input = resyncInput(body.now === true);
      const message = "is to be read anew and copied over its replica";
      return jobView(begin(services, { params, kind: "resync", input, message }, context), jobs);
    },
  };
}

/** The job; one that is under way for the disk is it, and goes on. @throws Fault `disk-not-protected`, `machine-unknown`, `disk-unknown` */
function begin(
  { store, jobs, events, world }: Services,
  { params, kind, input, message }: Care,
  { actor }: CallContext,
): JobRow {
  const machine = findLiveMachine(store, params.machine);
  const disk = findDisk(store, machine, params.disk);
  const subject = `${machine.name}/${disk.name}`;
  if (disk.state !== "protected") throw diskNotProtected(subject);
  const underWay = store.jobs.unfinished().find((job) => job.kind === kind && job.diskId === disk.id);
  if (underWay !== undefined) return underWay;
  const id = randomId(world.random);
  store.transaction(() => {
    const createdMicros = world.clock.wallMicros();
    store.jobs.insert({ id, kind, subject, machineId: machine.id, diskId: disk.id, input, createdMicros });
    const detail = { disk: disk.id, job: id };
    events.add(actor, {
      severity: "info",
      kind: `disk-${kind}-asked`,
      subject,
      message: `${subject} ${message}.`,
      detail,
    });
  });
  jobs.launch(id);
  return jobs.find(id);
}
