import type { ScopeOrder } from "@leeward/api";
import { diskUnknown, machineUnknown, serverUnknown } from "../faults.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import type { Services } from "./services.ts";
import type { ViewFacts } from "./views.ts";

/** @throws Fault `machine-unknown` */
export function findMachine(store: Store, nameOrId: string): MemberRow {
  const machine = store.members.find("agent", nameOrId);
  if (machine === undefined) throw machineUnknown(nameOrId);
  return machine;
}

/** One that is still a member. @throws Fault `machine-unknown` */
export function findLiveMachine(store: Store, nameOrId: string): MemberRow {
  const machine = findMachine(store, nameOrId);
  if (machine.removedMicros !== null) throw machineUnknown(nameOrId);
  return machine;
}

/** Ids of the machines that somebody is to be limited to; null for no limit. @throws Fault `machine-unknown` */
export function findScope(store: Store, order: ScopeOrder | null | undefined): readonly string[] | null {
  if (order === undefined || order === null) return null;
  return [...new Set(order.machines.map((machine) => findLiveMachine(store, machine).id))];
}

/** @throws Fault `disk-unknown` */
export function findDisk(store: Store, machine: MemberRow, nameOrId: string): DiskRow {
  const disk = store.disks.find(machine.id, nameOrId);
  if (disk === undefined) throw diskUnknown(machine.name, nameOrId);
  return disk;
}

/** @throws Fault `server-unknown` */
export function findServer(store: Store, nameOrId: string): MemberRow {
  const server = store.members.find("process-server", nameOrId) ?? store.members.find("master-target", nameOrId);
  if (server === undefined || server.removedMicros !== null) throw serverUnknown(nameOrId);
  return server;
}

export function viewFactsOf({ world, reports, live, store, installations, uploadDelays }: Services): ViewFacts {
  const delaysAt = (serverId: string): number[] =>
    installations
      .now()
      .disks.filter(({ state, processServerId }) => state === "protected" && processServerId === serverId)
      .map(({ id }) => uploadDelays.of(id));
  return {
    nowMicros: world.clock.wallMicros(),
    reports,
    isOnline: (id) => live.has(id),
    clockOffsetOf: ({ id, clockOffsetMicros }) => live.of(id)?.clockOffsetMicros ?? clockOffsetMicros,
    verifyOf: (diskId) => store.verify.of(diskId),
    seedOf: (diskId) => store.seeds.of(diskId),
    furtherOf: (diskId) => store.furtherTargets.of(diskId),
    uploadDelayAt: (serverId) => Math.max(0, ...delaysAt(serverId)),
    nameOf: (memberId) => store.members.byId(memberId)?.name ?? memberId,
  };
}

/** What the views of many are made of: what stands in tables is read once, not for each. */
export interface ListFacts extends ViewFacts {
  readonly disksOf: (machineId: string) => readonly DiskRow[];
  readonly memberOf: (id: string) => MemberRow | undefined;
}

export function listFactsOf(services: Services): ListFacts {
  const { store } = services;
  const members = new Map(store.members.list().map((member) => [member.id, member]));
  const disks = Map.groupBy(store.disks.list(), ({ machineId }) => machineId);
  const further = Map.groupBy(store.furtherTargets.list(), ({ diskId }) => diskId);
  const seeds = new Map(store.seeds.list().map((seed) => [seed.diskId, seed]));
  return {
    ...viewFactsOf(services),
    verifyOf: store.verify.ofAll(),
    seedOf: (diskId) => seeds.get(diskId),
    furtherOf: (diskId) => further.get(diskId) ?? [],
    nameOf: (memberId) => members.get(memberId)?.name ?? memberId,
    disksOf: (machineId) => disks.get(machineId) ?? [],
    memberOf: (id) => members.get(id),
  };
}
