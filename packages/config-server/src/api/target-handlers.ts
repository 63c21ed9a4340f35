import { roleInsufficient } from "../faults.ts";
import type { Handlers } from "./handler.ts";
import { findDisk, findMachine, viewFactsOf } from "./lookup.ts";
import type { Services } from "./services.ts";
import { diskView } from "./views.ts";

/** Where a disk goes beside its main target. */
export function targetHandlers(services: Services): Handlers<"addTarget" | "removeTarget"> {
  const { store, protection, targetAdditions, points } = services;
  return {
    addTarget: async ({ params, body }, { actor, signal }) => {
      const machine = findMachine(store, params.machine);
      const disk = findDisk(store, machine, params.disk);
      await targetAdditions.add(disk, body.target, { actor, signal });
      return diskView(disk, machine, viewFactsOf(services));
    },
    removeTarget: async ({ params, query }, { actor, isAdministrator }) => {
      const deletePoints = query?.deletePoints === true;
      if (deletePoints && !isAdministrator) throw roleInsufficient("operator", "administrator to delete points");
      const machine = findMachine(store, params.machine);
      const disk = findDisk(store, machine, params.disk);
      protection.removeTarget(disk, points.targetOf(disk, params.target), { actor, deletePoints });
      return diskView(disk, machine, viewFactsOf(services));
    },
  };
}
