// Recovery points, asked from whoever has them: the master target for what can be recovered, the agent for a new one. Nothing of it is kept here, so
// that nobody is ever shown a point that is gone.
import type { Consistency } from "@leeward/api";
import { type Fault, isFault } from "@leeward/base";
import type { OpenedPoint, PointItem, PointItemMember } from "@leeward/proto";
import {
  masterTargetOffline,
  openedUnknown,
  pointNotLocked,
  pointTimedOut,
  targetUnknown,
  tooManyPoints,
} from "../faults.ts";
import { POINTS_MAX, POINTS_PER_REQUEST } from "../limits.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";

const MS_PER_SECOND = 1_000;

export interface PointsOptions {
  readonly store: Store;
  readonly requests: MemberRequests;
  readonly isOnline: (memberId: string) => boolean;
}

/** Between two times, each 0 for no bound, at the main targets or at the one that is named. */
interface PointRange {
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly target?: string | undefined;
}

export interface OpenRequest {
  readonly at: string;
  readonly socketPath: string;
  readonly writable: boolean;
  /** The main target, unless told. */
  readonly target?: string | undefined;
}

export class Points {
  readonly #options: PointsOptions;

  constructor(options: PointsOptions) {
    this.#options = options;
  }

  /** All points of the machine between two times at its main targets, or at the one that is named, oldest first. @throws Fault `master-target-offline`, `point-range-invalid`, `target-unknown` */
  async list(
    machine: MemberRow,
    { fromMicros, toMicros, target: asked }: PointRange,
    signal: AbortSignal,
  ): Promise<PointItem[]> {
    const targets = this.#targetsFor(machine, asked);
    const range = { machine, fromMicros, toMicros, lockedOnly: false };
    const lists = await Promise.all(targets.map((target) => this.#listFrom(target, range, signal)));
    return merged(lists.flatMap(({ points }) => points));
  }

  /** The first `limit` of the same points after a time. @throws as `list` */
  async page(
    machine: MemberRow,
    wanted: PointRange & { readonly limit: number; readonly afterMicros: number | undefined },
    signal: AbortSignal,
  ): Promise<PointItem[]> {
    const { toMicros, target, limit, afterMicros } = wanted;
    const fromMicros = Math.max(wanted.fromMicros, afterMicros === undefined ? 0 : afterMicros + 1);
    const range = { machine, fromMicros, toMicros, lockedOnly: false, limit };
    const lists = await Promise.all(
      this.#targetsFor(machine, target).map((each) => this.#listFrom(each, range, signal)),
    );
    // What one target has more of may come before what another said already.
    const ends = lists.flatMap(({ points, more }) => (more ? (points.at(-1)?.timeMicros ?? fromMicros) : []));
    const knownUntil = Math.min(...ends, Number.MAX_SAFE_INTEGER);
    return merged(lists.flatMap(({ points }) => points))
      .filter(({ timeMicros }) => timeMicros <= knownUntil)
      .slice(0, limit);
  }

  /** The machine's points that are locked. @throws as `list` */
  async locked(machine: MemberRow, signal: AbortSignal): Promise<PointItem[]> {
    const range = { machine, fromMicros: 0, toMicros: 0, lockedOnly: true };
    const lists = await Promise.all(this.#targetsOf(machine).map((target) => this.#listFrom(target, range, signal)));
    return merged(lists.flatMap(({ points }) => points));
  }

  /** Locked at every target that holds the point when it settles. @throws Fault `point-missing`, `point-lock-shorter`, `pins-full` */
  async lock(
    machine: MemberRow,
    lock: { readonly pointId: string; readonly owner: string; readonly reason: string; readonly untilMicros: number },
    signal: AbortSignal,
  ): Promise<PointItem> {
    const body = { kind: "lockPoint", value: { machineId: machine.id, ...lock } } as const;
    await this.#atHolders(machine, (target) => this.#options.requests.ask(target, body, { signal }));
    const locked = (await this.locked(machine, signal)).find(({ id }) => id === lock.pointId);
    if (locked === undefined) throw pointNotLocked(lock.pointId);
    return locked;
  }

  /** @throws Fault `point-missing` */
  async unlock(machine: MemberRow, pointId: string, signal: AbortSignal): Promise<void> {
    const body = { kind: "unlockPoint", value: { machineId: machine.id, pointId } } as const;
    await this.#atHolders(machine, (target) => this.#options.requests.ask(target, body, { signal }));
  }

  /** At all of the machine's targets; one that does not hold the point is passed over, as long as another does. */
  async #atHolders(machine: MemberRow, ask: (target: MemberRow) => Promise<unknown>): Promise<void> {
    let missing: Fault | undefined;
    let holders = 0;
    for (const target of this.#targetsOf(machine)) {
      try {
        await ask(target);
        holders += 1;
      } catch (error) {
        if (!isFault(error, "point-missing")) throw error;
        missing = error;
      }
    }
    if (holders === 0 && missing !== undefined) throw missing;
  }

  /** Makes a point and waits until it is recoverable. @throws Fault `machine-offline`, `point-timed-out` */
  async create(
    machine: MemberRow,
    wanted: { consistency: Consistency; timeoutSeconds: number },
    signal: AbortSignal,
  ): Promise<PointItem> {
    const { consistency, timeoutSeconds } = wanted;
    const value = { machineId: machine.id, consistency };
    try {
      const wait = { signal, timeoutMs: timeoutSeconds * MS_PER_SECOND };
      return await this.#options.requests.ask(machine, { kind: "createPoint", value }, wait);
    } catch (error) {
      if (isFault(error, "member-timed-out")) throw pointTimedOut(timeoutSeconds);
      throw error;
    }
  }

  async open(
    disk: DiskRow,
    { at, socketPath, writable, target }: OpenRequest,
    signal: AbortSignal,
  ): Promise<OpenedPoint> {
    const value = { machineId: disk.machineId, diskId: disk.id, at, socketPath, writable };
    return await this.#options.requests.ask(this.targetOf(disk, target), { kind: "openPoint", value }, { signal });
  }

  /** What is open at the master targets that are there. */
  async listOpened(signal: AbortSignal): Promise<OpenedPoint[]> {
    const opened = await Promise.all(this.#liveTargets().map((target) => this.#openedAt(target, signal)));
    return opened.flat();
  }

  /** @throws Fault `opened-unknown` */
  async close(id: string, signal: AbortSignal): Promise<void> {
    for (const target of this.#liveTargets()) {
      const opened = await this.#openedAt(target, signal);
      if (!opened.some((each) => each.id === id)) continue;
      await this.#options.requests.ask(target, { kind: "closePoint", value: { id } }, { signal });
      return;
    }
    throw openedUnknown(id);
  }

  /** The disk's main target, or the one of its targets that is named. @throws Fault `master-target-offline` when it is gone for good, `target-unknown` */
  targetOf(disk: DiskRow, asked?: string): MemberRow {
    const { members, furtherTargets } = this.#options.store;
    const target = members.byId(disk.masterTargetId);
    if (target === undefined) throw masterTargetOffline(disk.masterTargetId);
    if (asked === undefined) return target;
    const further = furtherTargets.of(disk.id).flatMap(({ targetId }) => members.byId(targetId) ?? []);
    const found = [target, ...further].find(({ id, name }) => id === asked || name === asked);
    if (found === undefined) throw targetUnknown(asked, disk.name);
    return found;
  }

  async #openedAt(target: MemberRow, signal: AbortSignal): Promise<readonly OpenedPoint[]> {
    const { items } = await this.#options.requests.ask(target, { kind: "listOpened", value: {} }, { signal });
    return items;
  }

  async #listFrom(
    target: MemberRow,
    range: { machine: MemberRow; fromMicros: number; toMicros: number; lockedOnly: boolean; limit?: number },
    signal: AbortSignal,
  ): Promise<{ readonly points: PointItem[]; readonly more: boolean }> {
    const points: PointItem[] = [];
    let { fromMicros } = range;
    for (;;) {
      const { machine, toMicros, lockedOnly, limit = Number.POSITIVE_INFINITY } = range;
      const itemsMax = Math.min(POINTS_PER_REQUEST, limit - points.length);
      const value = { machineId: machine.id, fromMicros, toMicros, itemsMax, lockedOnly };
      const { items, more } = await this.#options.requests.ask(target, { kind: "listPoints", value }, { signal });
      points.push(...items);
      const last = items.at(-1);
      if (!more || last === undefined || points.length >= limit) return { points, more };
      if (points.length > POINTS_MAX) throw tooManyPoints(POINTS_MAX);
      fromMicros = last.timeMicros + 1;
    }
  }

  #targetsFor(machine: MemberRow, asked: string | undefined): MemberRow[] {
    return asked === undefined ? this.#targetsOf(machine) : [this.#furtherOf(machine, asked)];
  }

  #targetsOf(machine: MemberRow): MemberRow[] {
    const disks = this.#options.store.disks.ofMachine(machine.id);
    const ids = new Set(disks.map((disk) => disk.masterTargetId));
    return [...ids].flatMap((id) => this.#options.store.members.byId(id) ?? []);
  }

  /** A target that at least one of the machine's disks goes to. @throws as `targetOf` */
  #furtherOf(machine: MemberRow, asked: string): MemberRow {
    for (const disk of this.#options.store.disks.ofMachine(machine.id)) {
      try {
        return this.targetOf(disk, asked);
      } catch (error) {
        if (!isFault(error, "target-unknown")) throw error;
      }
    }
    throw targetUnknown(asked, machine.name);
  }

  #liveTargets(): MemberRow[] {
    const { store, isOnline } = this.#options;
    return store.members.list().filter((member) => member.role === "master-target" && isOnline(member.id));
  }
}

/** A point whose disks lie at several targets is one point. */
function merged(points: readonly PointItem[]): PointItem[] {
  const byId = new Map<string, PointItem>();
  for (const point of points) {
    const known = byId.get(point.id);
    byId.set(point.id, known === undefined ? point : { ...known, members: union(known.members, point.members) });
  }
  return [...byId.values()].toSorted((a, b) => a.timeMicros - b.timeMicros);
}

function union(one: readonly PointItemMember[], other: readonly PointItemMember[]): PointItemMember[] {
  return [...one, ...other.filter(({ diskId }) => !one.some((member) => member.diskId === diskId))];
}
