import type { Point } from "@leeward/api";
import { formatTime, NUMBER_MAX, parseTime } from "@leeward/base";
import { lockEndInvalid, pointLocked, pointNotLocked } from "../faults.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Handlers } from "./handler.ts";
import { findMachine } from "./lookup.ts";
import type { CallContext, Services } from "./services.ts";
import { pointView } from "./views.ts";

/** Locks: points that nothing deletes before their time. Whoever may operate locks, and lengthens a lock; an administrator unlocks. */
export function lockHandlers({ store, points, events, world }: Services): Handlers<"lockPoint" | "unlockPoint"> {
  const tell = ({ actor }: CallContext, event: { kind: string; machine: MemberRow; message: string }): void =>
    events.add(actor, { severity: "info", kind: event.kind, subject: event.machine.name, message: event.message });
  return {
    lockPoint: async ({ params, body }, context) => {
      const machine = findMachine(store, params.machine);
      const untilMicros = body.until === null ? 0 : parseTime(body.until);
      const isToCome = untilMicros > world.clock.wallMicros() && untilMicros <= NUMBER_MAX;
      if (body.until !== null && !isToCome) throw lockEndInvalid(body.until);
      const lock = { pointId: params.point, owner: context.actor.name, reason: body.reason ?? "", untilMicros };
      const locked = pointView(await points.lock(machine, lock, context.signal));
      const end = locked.lockedUntil === null ? "without end" : `until ${locked.lockedUntil}`;
      tell(context, { kind: "point-locked", machine, message: `The recovery point ${locked.id} was locked ${end}.` });
      return locked;
    },
    unlockPoint: async ({ params }, context) => {
      const machine = findMachine(store, params.machine);
      const before = (await points.locked(machine, context.signal)).find(({ id }) => id === params.point);
      if (before === undefined) throw pointNotLocked(params.point);
      await points.unlock(machine, params.point, context.signal);
      const unlocked: Point = { ...pointView(before), locked: false, lockedUntil: null };
      tell(context, { kind: "point-unlocked", machine, message: `The recovery point ${unlocked.id} was unlocked.` });
      return unlocked;
    },
  };
}

/**
 * Before points are deleted. Of a master target that is away nothing is known: it refuses by itself when its turn has come.
 * @throws Fault `point-locked`
 */
export async function refuseLockedPoints(
  { points, live }: Pick<Services, "points" | "live">,
  of: { readonly machine: MemberRow; readonly disks: readonly DiskRow[] },
  signal: AbortSignal,
): Promise<void> {
  if (of.disks.some((disk) => !live.has(disk.masterTargetId))) return;
  const ids = new Set(of.disks.map(({ id }) => id));
  const locked = (await points.locked(of.machine, signal)).filter(({ members }) =>
    members.some(({ diskId }) => ids.has(diskId)),
  );
  const [first] = locked;
  if (first === undefined) return;
  const { id, lockedUntilMicros } = first;
  throw pointLocked(id, lockedUntilMicros === 0 ? null : formatTime(lockedUntilMicros), locked.length);
}
