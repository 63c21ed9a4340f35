import { parseTime } from "@leeward/base";
import type { MachineJournal, MachinePoint, PointAt } from "@leeward/journal";
import { isId, type ListPoints, type PointItem, type PointList } from "@leeward/proto";
import { POINTS_PER_ANSWER_MAX } from "../limits.ts";

/** `latest`, a point's id, or an RFC 3339 time. @throws Fault `time-invalid` */
export function pointAt(text: string): PointAt {
  if (text === "latest") return { kind: "latest" };
  if (isId(text)) return { kind: "id", id: text };
  return { kind: "time", micros: parseTime(text) };
}

/** One page of a machine's points, oldest first. */
export function pointPage(machine: MachineJournal | undefined, request: ListPoints): PointList {
  const range = {
    fromMicros: request.fromMicros,
    ...(request.toMicros === 0 ? {} : { toMicros: request.toMicros }),
  };
  const limit = Math.min(request.itemsMax === 0 ? POINTS_PER_ANSWER_MAX : request.itemsMax, POINTS_PER_ANSWER_MAX);
  const all = machine?.points(range) ?? [];
  const points = request.lockedOnly ? all.filter(({ locked }) => locked) : all;
  return { items: points.slice(0, limit).map(pointItemOf), more: points.length > limit };
}

/** As the config server is told of it. */
export function pointItemOf(point: MachinePoint): PointItem {
  const { id, machineId, timeMicros, validUntilMicros, epoch, kind, consistency } = point;
  const { members, missingDiskIds, locked, lockedUntilMicros = 0 } = point;
  const place = { members, missingDiskIds, locked, lockedUntilMicros };
  return { id, machineId, timeMicros, validUntilMicros, epoch, kind, consistency, ...place };
}
