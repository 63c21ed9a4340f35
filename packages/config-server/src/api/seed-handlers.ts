import { certificateRequired } from "../faults.ts";
import { beginDiskJob } from "../jobs/disk-job.ts";
import { seedNotAwaited } from "../protection/seed-faults.ts";
import { seedInput } from "../protection/seed-load-work.ts";
import type { Handlers } from "./handler.ts";
import { findDisk, findLiveMachine, viewFactsOf } from "./lookup.ts";
import { pageOf } from "./pages.ts";
import type { Services } from "./services.ts";
import { diskView, jobView } from "./views.ts";

/** Disks whose targets are given a seed first. */
export function seedHandlers(services: Services): Handlers<"listSeedOrders" | "loadSeed" | "giveUpSeed"> {
  const { store, protection, jobs } = services;
  return {
    listSeedOrders: async ({ query }, { memberId, within }) => {
      if (memberId === undefined) throw certificateRequired();
      const own = store.disks.ofMachine(memberId).filter(({ state }) => state === "protected");
      const rows = own.flatMap(({ id: disk, name, path, keyId }) => {
        const seed = store.seeds.of(disk);
        if (seed?.state !== "awaited") return [];
        const { branch, wrappedKey } = seed;
        return [{ machine: memberId, disk, name, path, branch, keyId, wrappedKey }];
      });
      return pageOf(query, { within, rows, key: ({ disk }) => [disk], view: (order) => order });
    },
    loadSeed: async ({ params, body }, { actor }) => {
      const machine = findLiveMachine(store, params.machine);
      const disk = findDisk(store, machine, params.disk);
      if (store.seeds.of(disk.id)?.state !== "awaited") throw seedNotAwaited(`${machine.name}/${disk.name}`);
      const message = `is to be given its seed from ${body.path}`;
      const job = { kind: "seed-load", machine, disk, input: seedInput(body.path), message } as const;
      return jobView(beginDiskJob(services, job, actor), jobs);
    },
    giveUpSeed: async ({ params }, { actor }) => {
      const machine = findLiveMachine(store, params.machine);
      const disk = protection.giveUpSeed(machine, findDisk(store, machine, params.disk), actor);
      return diskView(disk, machine, viewFactsOf(services));
    },
  };
}
