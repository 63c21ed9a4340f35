// Points of consistency groups: the machines' own points of one id. Nothing of them is kept here either. Who should be in a point is known from its id,
// which begins like that of the group's revision it was made for; who is not, is named.
import type { Consistency, GroupPoint } from "@leeward/api";
import { type Fault, formatTime, isFault } from "@leeward/base";
import type { PointItem } from "@leeward/proto";
import { machineOffline, pointTimedOut } from "../faults.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { GroupRevision, GroupRow } from "../store/group-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import type { Points } from "./points.ts";

/** So many digits of a point's id are those of its revision. */
export const REVISION_DIGITS = 12;
const MS_PER_SECOND = 1_000;

export interface GroupPointsOptions {
  readonly store: Store;
  readonly points: Points;
  readonly requests: MemberRequests;
  readonly isOnline: (memberId: string) => boolean;
}

export class GroupPoints {
  readonly #options: GroupPointsOptions;

  constructor(options: GroupPointsOptions) {
    this.#options = options;
  }

  /** All points of the group between two times, oldest first. @throws as `Points.list` */
  async list(
    group: GroupRow,
    between: { readonly fromMicros: number; readonly toMicros: number },
    signal: AbortSignal,
  ): Promise<GroupPoint[]> {
    const { store, points } = this.#options;
    const revisions = store.groups.revisions(group.id);
    const machineIds = new Set(revisions.flatMap(({ memberIds }) => memberIds));
    const parts = new Map<string, PointItem[]>();
    for (const id of machineIds) {
      const machine = store.members.byId(id);
      if (machine === undefined) continue;
      for (const point of await points.list(machine, between, signal)) {
        if (point.kind === "group") parts.set(point.id, [...(parts.get(point.id) ?? []), point]);
      }
    }
    return [...parts]
      .flatMap(([id, items]) => {
        const revision = revisions.find((each) => id.startsWith(each.id.slice(0, REVISION_DIGITS)));
        return revision === undefined ? [] : [this.#view(group.name, revision, items)];
      })
      .toSorted((a, b) => (a.time < b.time ? -1 : 1));
  }

  /**
   * Makes a point and waits until every part of it is recoverable.
   * @throws Fault `machine-offline` when no member is there, `point-timed-out`, and what the members say when none has a part
   */
  async create(
    group: GroupRow,
    wanted: { readonly consistency: Consistency; readonly timeoutSeconds: number },
    signal: AbortSignal,
  ): Promise<GroupPoint> {
    const { consistency, timeoutSeconds } = wanted;
    const { requests } = this.#options;
    const { revision } = group;
    const wait = { signal, timeoutMs: timeoutSeconds * MS_PER_SECOND };
    const value = { revisionId: revision.id, consistency };
    const leader = this.#leaderOf(group);
    try {
      const made = await requests.ask(leader, { kind: "createGroupPoint", value }, wait);
      const marked = this.#membersOf(revision).filter(({ id }) => made.markedIds.includes(id));
      const answers = await Promise.allSettled(
        marked.map((machine) => requests.ask(machine, { kind: "awaitPoint", value: { pointId: made.pointId } }, wait)),
      );
      const items = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
      const failed = answers.find((answer) => answer.status === "rejected");
      if (failed !== undefined && (items.length === 0 || !isPartMissing(failed.reason))) throw failed.reason;
      if (items.length === 0) throw machineOffline(leader.name);
      return this.#view(group.name, revision, items);
    } catch (error) {
      if (isFault(error, "member-timed-out")) throw pointTimedOut(timeoutSeconds);
      throw error;
    }
  }

  /** The member with the lowest id of those that are there: most likely the one that coordinates anyway. */
  #leaderOf({ revision, name }: GroupRow): MemberRow {
    const leader = this.#membersOf(revision).find(({ id }) => this.#options.isOnline(id));
    if (leader === undefined) throw machineOffline(`Every machine of the group ${name}`);
    return leader;
  }

  #membersOf({ memberIds }: GroupRevision): MemberRow[] {
    return memberIds.flatMap((id) => this.#options.store.members.byId(id) ?? []);
  }

  #view(group: string, revision: GroupRevision, items: readonly PointItem[]): GroupPoint {
    const newestMicros = Math.max(...items.map(({ timeMicros }) => timeMicros));
    const members = this.#membersOf(revision);
    const nameOf = (id: string): string => members.find((member) => member.id === id)?.name ?? id;
    const missing = members.filter(
      ({ id, removedMicros }) =>
        !items.some(({ machineId }) => machineId === id) && (removedMicros === null || removedMicros > newestMicros),
    );
    const machines = items.map((item) => ({
      machine: item.machineId,
      name: nameOf(item.machineId),
      time: formatTime(item.timeMicros),
      validUntil: formatTime(item.validUntilMicros),
      disks: Object.fromEntries(item.members.map(({ diskId, branch, sequence }) => [diskId, { branch, sequence }])),
      missingDisks: [...item.missingDiskIds],
    }));
    return {
      id: items[0]?.id ?? "",
      group,
      time: formatTime(newestMicros),
      kind: "group",
      consistency: items[0]?.consistency ?? "crash",
      complete: missing.length === 0 && machines.every(({ missingDisks }) => missingDisks.length === 0),
      machines,
      missing: missing.map(({ id, name }) => ({ machine: id, name })),
    };
  }
}

function isPartMissing(error: unknown): error is Fault {
  return isFault(error, "group-part-missing");
}
