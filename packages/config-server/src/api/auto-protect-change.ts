import type { MachineChange } from "@leeward/api";
import { assert } from "@leeward/base";
import type { Actor } from "../events/event-log.ts";
import { policyUnknown } from "../faults.ts";
import type { Services } from "./services.ts";

/** Changes whether devices that appear on a machine are protected by themselves. @throws Fault `policy-unknown` */
export function setAutoProtect(
  { store, events }: Services,
  machineId: string,
  { change, actor }: { readonly change: MachineChange; readonly actor: Actor },
): void {
  if (change.autoProtect === undefined && change.exclude === undefined) return;
  const asked = change.autoProtect;
  if (asked !== undefined && asked !== "off" && store.policies.byName(asked) === undefined) throw policyUnknown(asked);
  store.transaction(() => {
    const machine = store.members.byId(machineId);
    assert(machine !== undefined, "whoever calls has found the machine");
    const policy = asked === undefined ? machine.autoProtectPolicy : asked === "off" ? null : asked;
    const exclude = change.exclude === undefined ? machine.autoProtectExclude : patternsOf(change.exclude);
    store.members.setAutoProtect(machineId, policy, exclude);
    const how = policy === null ? "are not protected by themselves" : `are protected under the policy ${policy}`;
    const but = exclude.length === 0 ? "" : `, except ${exclude.join(", ")}`;
    const message = `Devices that appear on ${machine.name} ${how}${but}.`;
    const detail = { policy: policy ?? "off", exclude: exclude.join(",") };
    events.add(actor, { severity: "info", kind: "auto-protect-set", subject: machine.name, message, detail });
  });
}

function patternsOf(text: string): string[] {
  return text
    .split(",")
    .map((pattern) => pattern.trim())
    .filter(Boolean);
}
