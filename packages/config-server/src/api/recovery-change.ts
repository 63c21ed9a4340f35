import type { RecoveryChange } from "@leeward/api";
import { assert } from "@leeward/base";
import type { Actor } from "../events/event-log.ts";
import { diskUnknown } from "../faults.ts";
import { requireCards } from "./card-settings.ts";
import type { Services } from "./services.ts";

/** Changes how a machine is made at its master target, from its next failover on. @throws Fault `disk-unknown`, `recovery-nic-invalid` */
export function setRecovery(
  { store, events }: Services,
  machineId: string,
  { change, actor }: { readonly change: RecoveryChange; readonly actor: Actor },
): void {
  requireCards(change);
  store.transaction(() => {
    const machine = store.members.byId(machineId);
    assert(machine !== undefined, "whoever calls has found the machine");
    const { bootDisk } = change;
    if (typeof bootDisk === "string" && store.disks.find(machineId, bootDisk) === undefined) {
      throw diskUnknown(machine.name, bootDisk);
    }
    const recovery = { ...machine.recovery, ...change };
    store.members.setRecovery(machineId, recovery);
    const settled = Object.entries(recovery).flatMap(([key, value]) =>
      value === null ? [] : [`${key}=${typeof value === "object" ? JSON.stringify(value) : value}`],
    );
    const how = settled.length === 0 ? "as its source is, unless told" : settled.join(" ");
    const message = `How ${machine.name} is made at its master target was set: ${how}.`;
    events.add(actor, { severity: "info", kind: "recovery-set", subject: machine.name, message, detail: { how } });
  });
}
