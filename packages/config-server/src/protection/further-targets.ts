// Which targets a disk goes to beside its main one.

import { serverUnknown, targetIsFurther, targetIsMain, targetsTooMany, targetTaken } from "../faults.ts";
import { DISK_TARGETS_MAX } from "../limits.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";

/** Where the machine's other disks go, so that its points are whole at one target; undefined when it has none. */
export function mainTargetOf(store: Store, machine: MemberRow): string | undefined {
  const disk = store.disks.ofMachine(machine.id).find(({ state }) => state === "protected");
  const target = disk && store.members.byId(disk.masterTargetId);
  return target?.removedMicros === null ? target.id : undefined;
}

/**
 * The master targets that were asked for. None is a main target of the machine: a machine's points have one role at each target.
 * @throws Fault `server-unknown`, `target-is-main`, `target-is-further`, `target-taken`, `targets-too-many`
 */
export function furtherTargets(
  store: Store,
  {
    machine,
    mainId,
    asked,
  }: { readonly machine: MemberRow; readonly mainId: string; readonly asked: readonly string[] },
): MemberRow[] {
  if (asked.length > DISK_TARGETS_MAX) throw targetsTooMany(DISK_TARGETS_MAX);
  const disks = store.disks.ofMachine(machine.id);
  const further = new Set(disks.flatMap(({ id }) => store.furtherTargets.of(id)).map(({ targetId }) => targetId));
  if (further.has(mainId)) throw targetIsFurther(store.members.byId(mainId)?.name ?? mainId, machine.name);
  const mains = new Set([mainId, ...disks.map(({ masterTargetId }) => masterTargetId)]);
  const found = asked.map((nameOrId) => {
    const target = store.members.find("master-target", nameOrId);
    if (target === undefined || target.removedMicros !== null) throw serverUnknown(nameOrId);
    if (mains.has(target.id)) throw targetIsMain(target.name, machine.name);
    return target;
  });
  const ids = found.map(({ id }) => id);
  const twice = found.find(({ id }, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw targetTaken(twice.name);
  return found;
}
