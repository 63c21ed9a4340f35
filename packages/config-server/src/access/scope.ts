// What a caller who is limited to some machines gets: the one place where that is enforced, for every route by what the table says of it.
import type { Route, RouteScope, ScopedThing } from "@leeward/api";
import type { Fault } from "@leeward/base";
import type { Services } from "../api/services.ts";
import { drillUnknown } from "../drills/drill-faults.ts";
import { failoverUnknown } from "../failover/failover-faults.ts";
import { alertUnknown, groupUnknown, jobUnknown, machineUnknown, openedUnknown } from "../faults.ts";
import { pushUnknown } from "../pushes/push-faults.ts";
import { scopeInsufficient } from "./access-faults.ts";

/** Ids of the machines of what is named; throws when there is nothing of that name. */
type MachinesOf = (services: Services, name: string, signal: AbortSignal) => Promise<readonly string[]>;
type Words = Readonly<Record<string, unknown>>;

const THINGS: Readonly<
  Record<ScopedThing, { readonly machinesOf: MachinesOf; readonly unknown: (name: string) => Fault }>
> = {
  machine: { machinesOf: async (services, name) => [machineId(services, name)], unknown: machineUnknown },
  failover: { machinesOf: async ({ failovers }, name) => [failovers.find(name).machineId], unknown: failoverUnknown },
  drill: { machinesOf: async ({ drills }, id) => [drills.find(id).machineId], unknown: drillUnknown },
  job: { machinesOf: async ({ jobs }, id) => [jobs.find(id).machineId], unknown: jobUnknown },
  push: {
    machinesOf: async ({ pushes }, id) => {
      const { memberId } = pushes.find(id).found;
      return memberId === undefined ? [] : [memberId];
    },
    unknown: pushUnknown,
  },
  opened: {
    machinesOf: async ({ points }, id, signal) => {
      const opened = (await points.listOpened(signal)).find((each) => each.id === id);
      return opened === undefined ? [] : [opened.machineId];
    },
    unknown: openedUnknown,
  },
  group: {
    machinesOf: async ({ store }, name) => store.groups.byName(name)?.revision.memberIds ?? [],
    unknown: groupUnknown,
  },
  alert: {
    machinesOf: async ({ store }, id) => {
      const machineId = store.alerts.byId(id)?.machineId ?? null;
      return machineId === null ? [] : [machineId];
    },
    unknown: alertUnknown,
  },
};

/**
 * Whether the caller may make the call at all.
 * @throws Fault `scope-insufficient`, and what is thrown for what does not exist
 */
export async function requireInScope(
  services: Services,
  { route, params, query }: { readonly route: Route; readonly params: unknown; readonly query: unknown },
  { scope, signal }: { readonly scope: readonly string[] | null; readonly signal: AbortSignal },
): Promise<void> {
  if (scope === null) return;
  const { scope: of } = route;
  if (of === "installation") throw scopeInsufficient();
  // A list that can be narrowed to one machine is asked about that machine.
  const asked = wordsOf(query)["machine"];
  if (typeof asked === "string" && !scope.includes(machineId(services, asked))) throw machineUnknown(asked);
  if (of === "open" || !("thing" in of)) return;
  const { machinesOf, unknown } = THINGS[of.thing];
  const named = wordsOf(params)[of.param];
  const name = typeof named === "string" ? named : "";
  if (!areAllIn(scope, await machinesOf(services, name, signal))) throw unknown(name);
}

/**
 * What a list shows to its caller. It is asked before the list is cut into pages, so that neither the length of a page nor where the next one
 * begins says anything of items that the caller does not see.
 */
export interface Within {
  /** Ids of the machines that rows have to be of; undefined: any, and rows of no machine. */
  readonly machineIds: readonly string[] | undefined;
  /** Whether an item, as it is shown, is the caller's to see. */
  readonly sees: (item: unknown) => boolean;
}

/** What of a route's list the caller is shown. */
export function withinOf(services: Pick<Services, "store">, of: RouteScope, scope: readonly string[] | null): Within {
  if (scope === null || typeof of === "string" || !("items" in of)) return { machineIds: undefined, sees: () => true };
  const { items: field } = of;
  if (field === null) return { machineIds: [], sees: () => false };
  const sees = seerOf(services, scope);
  return { machineIds: scope, sees: (item) => sees(field, wordsOf(item)[field]) };
}

/** Whether a caller of this scope sees what says its machine in a field like this. */
export function seerOf(
  { store }: Pick<Services, "store">,
  scope: readonly string[],
): (field: string, value: unknown) => boolean {
  const names = new Set<string | undefined>(namesOf({ store }, scope));
  return (field, value) => {
    if (Array.isArray(value))
      return areAllIn(
        scope,
        value.map((each: unknown) => String(wordsOf(each)["machine"])),
      );
    if (typeof value !== "string") return false;
    // For people: MACHINE, or MACHINE/DISK.
    return field === "subject" ? names.has(value.split("/")[0] ?? "") : scope.includes(value);
  };
}

/** What events of these machines, and of what is theirs, begin their subject with. */
export function namesOf({ store }: Pick<Services, "store">, scope: readonly string[]): string[] {
  // The name of a removed machine may be another's by now.
  return scope.flatMap((id) => {
    const machine = store.members.byId(id);
    return machine?.removedMicros === null ? [machine.name] : [];
  });
}

function areAllIn(scope: readonly string[], machines: readonly string[]): boolean {
  return machines.length > 0 && machines.every((id) => scope.includes(id));
}

/** Empty for a machine that does not exist. */
function machineId({ store }: Services, nameOrId: string): string {
  return store.members.find("agent", nameOrId)?.id ?? "";
}

function wordsOf(value: unknown): Words {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
