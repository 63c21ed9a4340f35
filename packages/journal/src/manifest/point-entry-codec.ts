import { assert } from "@leeward/base";
import type { Consistency, PointKind } from "../recovery-point.ts";
import type { Entry } from "./entry.ts";
import { ENTRY_TYPES, LIST_COUNT_MAX } from "./entry-type.ts";
import type { FieldReader } from "./field-reader.ts";
import type { FieldWriter } from "./field-writer.ts";

/** Entries about recovery points, and about what keeps some of them. */
export type PointEntry = Extract<
  Entry,
  {
    type:
      | "point"
      | "point-extended"
      | "points-dropped"
      | "points-withdrawn"
      | "points-thinned"
      | "pin"
      | "lock"
      | "unpin";
  }
>;

const POINT_KINDS: readonly PointKind[] = ["auto", "mark", "group"];
const CONSISTENCIES: readonly Consistency[] = ["crash", "file-system", "application"];
const DROP_REASONS = ["time", "bytes", "request"] as const;
const PIN_KINDS = ["pin", "lock"] as const;

/** Writes the body alone. */
export function encodePointEntry(to: FieldWriter, entry: PointEntry): void {
  switch (entry.type) {
    case "point":
      to.hex(entry.id, 16);
      for (const value of [entry.number, entry.timeMicros, entry.validUntilMicros, entry.epoch]) to.uint64(value);
      to.uint8(POINT_KINDS.indexOf(entry.kind));
      to.uint8(CONSISTENCIES.indexOf(entry.consistency));
      to.hex(entry.branch, 16);
      to.uint64(entry.sequence);
      encodeIds(to, entry.memberDiskIds);
      encodeIds(to, entry.missingDiskIds);
      return;
    case "point-extended":
      to.hex(entry.id, 16);
      to.uint64(entry.validUntilMicros);
      return;
    case "points-dropped":
      to.uint32(entry.count);
      to.uint8(DROP_REASONS.indexOf(entry.reason));
      return;
    case "points-withdrawn":
    case "points-thinned":
      encodeIds(to, entry.ids);
      return;
    case "pin":
      to.hex(entry.pinId, 16);
      to.hex(entry.pointId, 16);
      to.uint8(PIN_KINDS.indexOf(entry.kind));
      to.text(entry.owner);
      to.text(entry.reason);
      to.uint64(entry.timeMicros);
      return;
    case "lock":
      to.hex(entry.pinId, 16);
      to.hex(entry.pointId, 16);
      to.text(entry.owner);
      to.text(entry.reason);
      to.uint64(entry.timeMicros);
      to.uint64(entry.untilMicros);
      return;
    case "unpin":
      to.hex(entry.pinId, 16);
  }
}

function encodeIds(to: FieldWriter, ids: readonly string[]): void {
  assert(ids.length <= LIST_COUNT_MAX, "a list of ids is cut before it is written");
  to.uint32(ids.length);
  for (const id of ids) to.hex(id, 16);
}

/** Reads a body; undefined when the type is none of these. @throws FieldError */
export function decodePointEntry(from: FieldReader, type: number): PointEntry | undefined {
  switch (type) {
    case ENTRY_TYPES.point:
      return decodePoint(from);
    case ENTRY_TYPES["point-extended"]:
      return { type: "point-extended", id: from.hex(16), validUntilMicros: from.uint64() };
    case ENTRY_TYPES["points-dropped"]:
      return { type: "points-dropped", count: from.uint32(), reason: from.choice(DROP_REASONS) };
    case ENTRY_TYPES["points-withdrawn"]:
      return { type: "points-withdrawn", ids: decodeIds(from) };
    case ENTRY_TYPES["points-thinned"]:
      return { type: "points-thinned", ids: decodeIds(from) };
    case ENTRY_TYPES.pin:
      return {
        type: "pin",
        pinId: from.hex(16),
        pointId: from.hex(16),
        kind: from.choice(PIN_KINDS),
        owner: from.text(),
        reason: from.text(),
        timeMicros: from.uint64(),
      };
    case ENTRY_TYPES.lock:
      return {
        type: "lock",
        pinId: from.hex(16),
        pointId: from.hex(16),
        owner: from.text(),
        reason: from.text(),
        timeMicros: from.uint64(),
        untilMicros: from.uint64(),
      };
    case ENTRY_TYPES.unpin:
      return { type: "unpin", pinId: from.hex(16) };
    default:
      return undefined;
  }
}

function decodePoint(from: FieldReader): PointEntry {
  return {
    type: "point",
    id: from.hex(16),
    number: from.uint64(),
    timeMicros: from.uint64(),
    validUntilMicros: from.uint64(),
    epoch: from.uint64(),
    kind: from.choice(POINT_KINDS),
    consistency: from.choice(CONSISTENCIES),
    branch: from.id(),
    sequence: from.uint64(),
    memberDiskIds: decodeIds(from),
    missingDiskIds: decodeIds(from),
  };
}

function decodeIds(from: FieldReader): string[] {
  return Array.from({ length: from.count(LIST_COUNT_MAX) }, () => from.id());
}
