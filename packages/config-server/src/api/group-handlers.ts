import type { Group } from "@leeward/api";
import { parseTime, randomId } from "@leeward/base";
import { groupUnknown, machineInGroup } from "../faults.ts";
import { GROUP_INTERVAL_SECONDS, POINT_TIMEOUT_SECONDS } from "../limits.ts";
import type { GroupRow } from "../store/group-rows.ts";
import { groupSettings } from "./edited.ts";
import type { Handlers } from "./handler.ts";
import { findLiveMachine } from "./lookup.ts";
import { pageOf } from "./pages.ts";
import type { CallContext, Services } from "./services.ts";

type GroupRoute = "listGroups" | "showGroup" | "setGroup" | "removeGroup" | "listGroupPoints" | "createGroupPoint";

/** Consistency groups and their points. */
export function groupHandlers(services: Services): Handlers<GroupRoute> {
  const { store, events, groupPoints, plansChanged, world } = services;
  const find = (name: string): GroupRow => {
    const group = store.groups.byName(name);
    if (group === undefined) throw groupUnknown(name);
    return group;
  };
  const view = (group: GroupRow): Group => groupView(group, services);
  return {
    listGroups: async ({ query }, { within }) =>
      pageOf(query, { within, rows: store.groups.list(), key: ({ name }) => [name], view }),
    showGroup: async ({ params }) => view(find(params.name)),
    setGroup: async ({ params: { name }, body }, { actor, requireSeen }) => {
      store.transaction(() => {
        const before = store.groups.byName(name);
        requireSeen(before && groupSettings(view(before)));
        setGroup(services, name, body);
      });
      const message = `The consistency group ${name} was set: ${body.machines.join(", ")}.`;
      events.add(actor, { severity: "info", kind: "group-set", subject: name, message });
      plansChanged();
      return view(find(name));
    },
    removeGroup: async ({ params: { name } }, { actor, requireSeen }) => {
      const group = find(name);
      const shown = view(group);
      requireSeen(groupSettings(shown));
      store.groups.remove(group.id, world.clock.wallMicros());
      const message = `The consistency group ${name} was removed; its machines stay protected, and their points stay.`;
      events.add(actor, { severity: "info", kind: "group-removed", subject: name, message });
      plansChanged();
      return shown;
    },
    listGroupPoints: async ({ params, query }, { signal, within }) => {
      const between = {
        fromMicros: query?.from === undefined ? 0 : parseTime(query.from),
        toMicros: query?.to === undefined ? 0 : parseTime(query.to),
      };
      const rows = await groupPoints.list(find(params.name), between, signal);
      return pageOf(query, { within, rows, key: ({ time, id }) => [time, id], view: (point) => point });
    },
    createGroupPoint: async ({ params: { name }, body }, { actor, signal }: CallContext) => {
      const { consistency = "crash", timeoutSeconds = POINT_TIMEOUT_SECONDS } = body;
      const point = await groupPoints.create(find(name), { consistency, timeoutSeconds }, signal);
      const message = `The recovery point ${point.id} of the group ${name} was made.`;
      events.add(actor, { severity: "info", kind: "point-created", subject: name, message });
      return point;
    },
  };
}

/** @throws Fault `machine-unknown`, `machine-in-group` */
function setGroup(
  { store, world }: Services,
  name: string,
  {
    machines,
    intervalSeconds,
  }: { readonly machines: readonly string[]; readonly intervalSeconds?: number | undefined },
): void {
  const members = machines.map((machine) => findLiveMachine(store, machine));
  for (const other of store.groups.list().filter((group) => group.name !== name)) {
    const taken = members.find(({ id }) => other.revision.memberIds.includes(id));
    if (taken !== undefined) throw machineInGroup(taken.name, other.name);
  }
  const memberIds = [...new Set(members.map(({ id }) => id))].sort();
  const before = store.groups.byName(name);
  const groupId = before?.id ?? randomId(world.random);
  if (before === undefined) {
    store.groups.insert({ id: groupId, name, intervalSeconds: intervalSeconds ?? GROUP_INTERVAL_SECONDS });
  } else if (intervalSeconds !== undefined) store.groups.changeInterval(groupId, intervalSeconds);
  if (before?.revision.memberIds.join() !== memberIds.join()) {
    store.groups.addRevision(groupId, { id: randomId(world.random), memberIds });
  }
}

function groupView({ id, name, intervalSeconds, revision }: GroupRow, { store, live }: Services): Group {
  const members = revision.memberIds.flatMap((memberId) => store.members.byId(memberId) ?? []);
  return {
    id,
    name,
    intervalSeconds,
    members: members
      .filter(({ removedMicros }) => removedMicros === null)
      .map((member) => ({
        machine: member.id,
        name: member.name,
        state: live.has(member.id) ? ("online" as const) : ("offline" as const),
        address:
          member.addressHost === null || member.addressPort === null
            ? null
            : `${member.addressHost}:${member.addressPort}`,
      })),
  };
}
