import { Fault, randomId } from "@leeward/base";
import type { JournalState } from "../history/journal-state.ts";
import { type JournalParts, record, stateOf } from "../journal-parts.ts";
import type { LockEntry, PinEntry } from "../manifest/entry.ts";

/** Who holds a point, and why: shown to people. */
export interface PinReason {
  /** Who: a process, a job, a person. */
  readonly owner: string;
  readonly reason: string;
}

/** A pin or a lock as it is shown. */
export interface ShownPin extends PinReason {
  readonly pinId: string;
  readonly pointId: string;
  /** A pin ends with what holds it, a lock when its time has come or a person takes it away. */
  readonly kind: "pin" | "lock";
  /** When it was made. */
  readonly timeMicros: number;
  /** When a lock ends by itself; undefined when it does not. */
  readonly untilMicros: number | undefined;
}

/** Until when a lock holds: microseconds of the wall clock, or for ever. */
export interface LockEnd {
  readonly untilMicros: number | undefined;
}

const TEXT_BYTES_MAX = 1_024;

/** What keeps points from retention: pins of what is in use, locks of people. Durable rows. */
export class Pins {
  readonly #parts: JournalParts;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  list(): readonly ShownPin[] {
    return Array.from(stateOf(this.#parts).pins.values(), shownPin);
  }

  /** Durable when it settles. @throws Fault `point-missing`, `pins-full` */
  async pin(pointId: string, reason: PinReason): Promise<string> {
    return this.#parts.decisions.hold(() => this.#add(pointId, reason));
  }

  /**
   * Locks the point, in the place of a lock that it has. Durable when it settles.
   * @throws Fault `point-missing`, `pins-full`
   */
  async lock(pointId: string, { untilMicros = 0, ...reason }: PinReason & Partial<LockEnd>): Promise<void> {
    await this.#parts.decisions.hold(async () => {
      const before = this.#locksOf(pointId);
      this.#refuse(pointId, before.length);
      const unpins = before.map(({ pinId }) => ({ type: "unpin", pinId }) as const);
      await record(this.#parts, [...unpins, { type: "lock", ...this.#row(pointId, reason), untilMicros }]);
    });
  }

  /** Whether there was one. */
  async unlock(pointId: string): Promise<boolean> {
    return (await this.sweep((pin) => pin.kind === "lock" && pin.pointId === pointId)) > 0;
  }

  /** Locks that have not ended, of one point or of all. */
  locks(pointId?: string): readonly ShownPin[] {
    const now = this.#parts.world.clock.wallMicros();
    return this.list().filter((pin) => isLockAt(pin, now) && (pointId === undefined || pin.pointId === pointId));
  }

  async #add(pointId: string, reason: PinReason): Promise<string> {
    this.#refuse(pointId, 0);
    const row = this.#row(pointId, reason);
    await record(this.#parts, [{ type: "pin", kind: "pin", ...row }]);
    return row.pinId;
  }

  #locksOf(pointId: string): readonly ShownPin[] {
    return this.list().filter((pin) => pin.kind === "lock" && pin.pointId === pointId);
  }

  #row(pointId: string, { owner, reason }: PinReason): Omit<PinEntry, "type" | "kind"> {
    const { random, clock } = this.#parts.world;
    const texts = { owner: shortened(owner), reason: shortened(reason) };
    return { pinId: randomId(random), pointId, ...texts, timeMicros: clock.wallMicros() };
  }

  /** `replaced` of the pins go with what is recorded. */
  #refuse(pointId: string, replaced: number): void {
    const state = stateOf(this.#parts);
    if (state.points.byId(pointId) === undefined) {
      throw new Fault({
        code: "point-missing",
        kind: "operator",
        message: `No recovery point ${pointId} is held.`,
        remedy: "See `leeward point list MACHINE`; older points may have gone by the policy's retention.",
        detail: { point: pointId },
      });
    }
    if (state.pins.size - replaced >= this.#parts.limits.pinsMax) {
      throw new Fault({
        code: "pins-full",
        kind: "operator",
        message: `The disk's points are held by ${state.pins.size} pins, as many as there may be.`,
        remedy: "Close opened points that are not used: `leeward point opened`.",
        detail: { pins: state.pins.size },
      });
    }
  }

  /** As `add`, but one pin however often its owner asks for it. @throws Fault `point-missing`, `pins-full` */
  async addOnce(pointId: string, { owner, reason }: PinReason): Promise<void> {
    await this.#parts.decisions.hold(async () => {
      const isIt = (pin: ShownPin): boolean =>
        pin.kind === "pin" &&
        pin.pointId === pointId &&
        pin.owner === shortened(owner) &&
        pin.reason === shortened(reason);
      if (!this.list().some(isIt)) await this.#add(pointId, { owner, reason });
    });
  }

  /** One that is not there any more is no error: it may have been removed as stale. */
  async remove(pinId: string): Promise<void> {
    if (stateOf(this.#parts).pins.has(pinId)) await record(this.#parts, [{ type: "unpin", pinId }]);
  }

  /** Removes the pins for which `isStale` holds: their owners are dead. Returns how many. */
  async sweep(isStale: (pin: ShownPin) => boolean): Promise<number> {
    const stale = this.list().filter((pin) => isStale(pin));
    if (stale.length > 0)
      await record(
        this.#parts,
        stale.map(({ pinId }) => ({ type: "unpin", pinId })),
      );
    return stale.length;
  }
}

function shownPin(pin: PinEntry | LockEntry): ShownPin {
  const { pinId, pointId, owner, reason, timeMicros } = pin;
  const kind = pin.type === "lock" ? "lock" : pin.kind;
  const untilMicros = pin.type === "lock" && pin.untilMicros !== 0 ? pin.untilMicros : undefined;
  return { pinId, pointId, kind, owner, reason, timeMicros, untilMicros };
}

function isLockAt({ kind, untilMicros }: ShownPin, nowMicros: number): boolean {
  return kind === "lock" && (untilMicros === undefined || untilMicros > nowMicros);
}

/** Points that something uses or a person locked, at this moment of the wall clock: nothing drops them. */
export function heldPoints(state: JournalState, nowMicros: number): ReadonlySet<string> {
  return new Set(holdingPins(state, nowMicros).map(({ pointId }) => pointId));
}

/** Pins and locks that hold a point at this moment of the wall clock. */
export function holdingPins(state: JournalState, nowMicros: number): readonly ShownPin[] {
  return Array.from(state.pins.values(), shownPin).filter((pin) => pin.kind === "pin" || isLockAt(pin, nowMicros));
}

/** Locks whose time has come. */
export function endedLocks(state: JournalState, nowMicros: number): ShownPin[] {
  return Array.from(state.pins.values(), shownPin).filter((pin) => pin.kind === "lock" && !isLockAt(pin, nowMicros));
}

/** Of each locked point until when it is, at this moment of the wall clock. */
export function lockedPoints(state: JournalState, nowMicros: number): ReadonlyMap<string, LockEnd> {
  const locked = new Map<string, LockEnd>();
  for (const pin of state.pins.values()) {
    const shown = shownPin(pin);
    if (isLockAt(shown, nowMicros)) locked.set(shown.pointId, { untilMicros: shown.untilMicros });
  }
  return locked;
}

function shortened(text: string): string {
  return Buffer.byteLength(text) <= TEXT_BYTES_MAX
    ? text
    : Buffer.from(text)
        .subarray(0, TEXT_BYTES_MAX - 4)
        .toString("utf8");
}
