import type { SenderChange } from "@leeward/api";
import { assert } from "@leeward/base";
import { formatBandwidth, parseBandwidth } from "@leeward/daemon";
import type { Actor } from "../events/event-log.ts";
import type { Services } from "./services.ts";

/** Changes what a machine or process server may send. It is in force as soon as the member has its next plan. @throws Fault `bandwidth-invalid` */
export function setSender(
  { store, events, plansChanged }: Services,
  memberId: string,
  { change, actor }: { readonly change: SenderChange; readonly actor: Actor },
): void {
  if (change.bandwidth === undefined) return;
  const schedule = parseBandwidth(change.bandwidth);
  store.transaction(() => {
    const member = store.members.byId(memberId);
    assert(member !== undefined, "whoever calls has found the member");
    const [bandwidth, before] = [formatBandwidth(schedule), formatBandwidth(member.bandwidth)];
    store.members.setBandwidth(memberId, schedule);
    const message = `The bandwidth of ${member.name} was set: ${bandwidth}. Before: ${before}.`;
    const detail = { bandwidth, before };
    events.add(actor, { severity: "info", kind: "bandwidth-set", subject: member.name, message, detail });
  });
  plansChanged();
}
