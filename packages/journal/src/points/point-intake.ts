import { Fault } from "@leeward/base";
import type { Branch } from "../history/branch.ts";
import type { HeldPoint } from "../history/point-list.ts";
import { type JournalParts, record, stateOf } from "../journal-parts.ts";
import type { PointEntry } from "../manifest/entry.ts";
import type { PointMember, PointRecord } from "../recovery-point.ts";

/**
 * Which points a journal takes: only those that it can give back byte for byte.
 *
 * Invariant: a listed point stands at the end of a segment (or of the base) of its branch, behind a whole copy of the disk, in no
 * needed span and on no damage. Worst outcome: a person starts a machine from a disk that never existed.
 */
export class PointIntake {
  readonly #parts: JournalParts;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /**
   * Where the point stands, with the branch as this journal calls it there; refused by name when it cannot hold it now.
   * @throws Fault `point-not-covered` (not all of it has arrived), `point-foreign`, `point-invalid`, `point-expired`,
   *   `point-not-at-segment-end`, `point-incomplete`, `point-in-span`, `point-damaged`, `point-withdrawn`, `points-full`
   */
  check(point: PointRecord): PointMember {
    const member = this.#placeOf(this.#memberOf(point));
    const held = stateOf(this.#parts).points.byId(point.id);
    if (held === undefined) this.#checkPlace(point, member);
    else refuseOther(held, member);
    return member;
  }

  /** Makes the point durable and listed. One that is held already may only be extended. As `check`. */
  async add(point: PointRecord): Promise<void> {
    await this.#parts.decisions.hold(async () => {
      const member = this.check(point);
      const held = stateOf(this.#parts).points.byId(point.id);
      if (held !== undefined) await this.#extend(held, point.validUntilMicros);
      else await record(this.#parts, [entryOf(point, member)]);
    });
  }

  /** Lets a point hold until a later time, while nothing was written. @throws Fault `point-missing` */
  async extend(id: string, validUntilMicros: number): Promise<void> {
    await this.#parts.decisions.hold(async () => {
      const held = stateOf(this.#parts).points.byId(id);
      if (held !== undefined) return this.#extend(held, validUntilMicros);
      throw new Fault({
        code: "point-missing",
        kind: "operator",
        message: `No recovery point ${id} is held that could be extended.`,
        remedy: "See `leeward point list MACHINE`; older points may have gone by the policy's retention.",
        detail: { point: id },
      });
    });
  }

  async #extend(held: HeldPoint, validUntilMicros: number): Promise<void> {
    if (validUntilMicros <= held.validUntilMicros) return;
    await record(this.#parts, [{ type: "point-extended", id: held.id, validUntilMicros }]);
  }

  #memberOf(point: PointRecord): PointMember {
    const { machineId, diskId } = this.#parts.manifest.identity;
    const { membersMax } = this.#parts.limits;
    if (point.members.length + point.missingDiskIds.length > membersMax || point.validUntilMicros < point.timeMicros) {
      throw new Fault({
        code: "point-invalid",
        kind: "protocol",
        message: `The recovery point ${point.id} breaks a rule.`,
        detail: { point: point.id },
      });
    }
    const member = point.members.find((each) => each.diskId === diskId);
    if (point.machineId !== machineId || member === undefined) {
      throw new Fault({
        code: "point-foreign",
        kind: "protocol",
        message: `The recovery point ${point.id} is not one of this disk.`,
        detail: { point: point.id },
      });
    }
    return member;
  }

  /** The place as this journal calls it. */
  #placeOf(member: PointMember): PointMember {
    return { ...member, branch: stateOf(this.#parts).stretchOf(member)?.id ?? member.branch };
  }

  #checkPlace(point: PointRecord, member: PointMember): void {
    const detail = { point: point.id, disk: member.diskId, branch: member.branch, sequence: member.sequence };
    const state = stateOf(this.#parts);
    const branch = state.branch(member.branch);
    if (branch === undefined || branch.sequence < member.sequence) {
      throw new Fault({
        code: "point-not-covered",
        kind: "transient",
        message: `Not all of the recovery point ${point.id} has arrived yet.`,
        detail,
      });
    }
    const number = branch.numberEndingAt(member.sequence);
    // Where segments were merged, all points of that time had come, but for one that a crash kept from some of its disks.
    const isGone =
      branch.isMergedOver(member.sequence) || (number !== undefined && !state.isAboveFloor(branch, number));
    if (member.sequence < branch.start.sequence || isGone) {
      throw new Fault({
        code: "point-expired",
        kind: "operator",
        message: `The recovery point ${point.id} is older than what is kept.`,
        remedy: "None: it is dropped. If points are often so late, raise `retentionSeconds` or look at the link.",
        detail,
      });
    }
    if (number === undefined) {
      throw new Fault({
        code: "point-not-at-segment-end",
        kind: "protocol",
        message: `No segment ends at the recovery point ${point.id}.`,
        detail,
      });
    }
    refuseUnpointable(branch, number, detail);
    if (state.points.count >= this.#parts.limits.pointsMax) {
      throw new Fault({
        code: "points-full",
        kind: "operator",
        message: "The journal holds as many recovery points as it may.",
        remedy:
          "Make `pointIntervalSeconds` of the policy longer or `retentionSeconds` shorter; older points make room.",
        detail,
      });
    }
  }
}

function refuseUnpointable(branch: Branch, number: number, detail: Fault["detail"]): void {
  if (!branch.spans.pointableAt(number)) {
    const { complete } = branch.spansAt(number);
    if (complete)
      throw new Fault({
        code: "point-in-span",
        kind: "operator",
        message: "The recovery point lies inside of a span that this journal needs.",
        remedy: "None: points follow as soon as the copy has ended.",
        detail,
      });
    throw new Fault({
      code: "point-incomplete",
      kind: "operator",
      message: "The recovery point lies before the end of the first whole copy of the disk.",
      remedy: "None: points follow as soon as the copy has ended.",
      detail,
    });
  }
  if (branch.damageAt(number).length > 0) {
    throw new Fault({
      code: "point-damaged",
      kind: "corruption",
      message: "The recovery point needs bytes that are damaged.",
      detail,
    });
  }
}

function refuseOther(held: HeldPoint, member: PointMember): void {
  const detail = { point: held.id, branch: held.branch, sequence: held.sequence };
  if (held.branch !== member.branch || held.sequence !== member.sequence) {
    throw new Fault({
      code: "point-invalid",
      kind: "protocol",
      message: `The recovery point ${held.id} is held at another place.`,
      detail,
    });
  }
  if (held.withdrawn)
    throw new Fault({
      code: "point-withdrawn",
      kind: "corruption",
      message: `The recovery point ${held.id} was withdrawn.`,
      remedy: "Choose another: `leeward point list`. Check the disk that holds the journal.",
      detail,
    });
}

function entryOf(point: PointRecord, member: PointMember): PointEntry {
  const { id, number, timeMicros, validUntilMicros, kind, consistency, epoch, missingDiskIds } = point;
  return {
    type: "point",
    id,
    number,
    timeMicros,
    validUntilMicros,
    kind,
    consistency,
    epoch,
    branch: member.branch,
    sequence: member.sequence,
    memberDiskIds: point.members.map(({ diskId }) => diskId),
    missingDiskIds,
  };
}
