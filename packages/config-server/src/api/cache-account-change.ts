import type { MachineChange } from "@leeward/api";
import { assert } from "@leeward/base";
import { parseStoreUrl } from "@leeward/object-store";
import type { Actor } from "../events/event-log.ts";
import { cacheAccountTaken } from "../faults.ts";
import type { Services } from "./services.ts";

const NONE = "none";
const BYTES_MAX = 64 * 2 ** 30;

/** Changes whether a machine's data go through a container, and which. It is in force as soon as both ends have their next plans. @throws Fault `store-url-invalid`, `cache-account-taken` */
export function setCacheAccount(
  { store, events, plansChanged }: Services,
  machineId: string,
  { change, actor }: { readonly change: MachineChange; readonly actor: Actor },
): void {
  if (change.cacheAccount === undefined && change.cacheBytesMax === undefined) return;
  const asked = change.cacheAccount;
  if (asked !== undefined && asked !== NONE) parseStoreUrl(asked);
  store.transaction(() => {
    const machine = store.members.byId(machineId);
    assert(machine !== undefined, "whoever calls has found the machine");
    const other = store.members
      .list()
      .find(
        (each) => each.id !== machineId && each.removedMicros === null && isAlike(each.cacheAccount?.storeUrl, asked),
      );
    if (other !== undefined) throw cacheAccountTaken(asked ?? "", other.name);
    const before = machine.cacheAccount;
    const storeUrl = asked === undefined ? before?.storeUrl : asked === NONE ? undefined : asked;
    const bytesMax = change.cacheBytesMax ?? before?.bytesMax ?? BYTES_MAX;
    store.members.setCacheAccount(machineId, storeUrl === undefined ? null : { storeUrl, bytesMax });
    const way = (url: string | undefined): string =>
      url === undefined ? "straight to process servers" : `through ${url}`;
    const message = `The data of ${machine.name} go ${way(storeUrl)}. Before: ${way(before?.storeUrl)}.`;
    const detail = { storeUrl: storeUrl ?? NONE, before: before?.storeUrl ?? NONE, bytesMax };
    events.add(actor, { severity: "info", kind: "cache-account-set", subject: machine.name, message, detail });
  });
  plansChanged();
}

/** Ends of a URL that name no other place. */
function isAlike(known: string | undefined, asked: string | undefined): boolean {
  const placeOf = (url: string): string => url.replace(/\/+(?=\?|$)/, "");
  return known !== undefined && asked !== undefined && placeOf(known) === placeOf(asked);
}
