import { Fault, randomId } from "@leeward/base";
import { type JournalParts, record, stateOf } from "../journal-parts.ts";
import type { PinEntry } from "../manifest/entry.ts";

/** Who holds a point, and why: shown to people. */
export interface PinReason {
  /** Who: a process, a job, a person. */
  readonly owner: string;
  readonly reason: string;
}

/** A pin or a lock as it is shown. */
export type ShownPin = Omit<PinEntry, "type">;

const TEXT_BYTES_MAX = 1_024;

/** What keeps points from retention: pins of what is in use, locks of people. Durable rows. */
export class Pins {
  readonly #parts: JournalParts;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  list(): readonly ShownPin[] {
    return [...stateOf(this.#parts).pins.values()];
  }

  /** Durable when it settles. @throws Fault `point-missing`, `pins-full` */
  async add(pointId: string, options: PinReason & { readonly kind: "pin" | "lock" }): Promise<string> {
    return this.#parts.decisions.hold(() => this.#add(pointId, options));
  }

  async #add(pointId: string, options: PinReason & { readonly kind: "pin" | "lock" }): Promise<string> {
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
    if (state.pins.size >= this.#parts.limits.pinsMax) {
      throw new Fault({
        code: "pins-full",
        kind: "operator",
        message: `The disk's points are held by ${state.pins.size} pins, as many as there may be.`,
        remedy: "Close opened points that are not used: `leeward point opened`.",
        detail: { pins: state.pins.size },
      });
    }
    const pinId = randomId(this.#parts.world.random);
    const { clock } = this.#parts.world;
    const { kind, owner, reason } = options;
    const texts = { owner: shortened(owner), reason: shortened(reason) };
    await record(this.#parts, [{ type: "pin", pinId, pointId, kind, ...texts, timeMicros: clock.wallMicros() }]);
    return pinId;
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

  /** @throws Fault `point-missing`, `pins-full` */
  async lock(pointId: string, reason: PinReason): Promise<void> {
    const locked = this.list().some((pin) => pin.kind === "lock" && pin.pointId === pointId);
    if (!locked) await this.add(pointId, { kind: "lock", ...reason });
  }

  async unlock(pointId: string): Promise<void> {
    await this.sweep((pin) => pin.kind === "lock" && pin.pointId === pointId);
  }
}

function shortened(text: string): string {
  return Buffer.byteLength(text) <= TEXT_BYTES_MAX
    ? text
    : Buffer.from(text)
        .subarray(0, TEXT_BYTES_MAX - 4)
        .toString("utf8");
}
