import type { Fault } from "@leeward/base";
import type { FaultItem } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { itemOf } from "./faults.ts";

/** Which part of the work a fault stands in the way of; each has at most one at a time. */
export type FaultPlace = "container" | "cache" | "intake" | "cut" | "forward";

/** What is wrong with one disk right now, and since when. */
export class FaultBoard {
  readonly #clock: Clock;
  readonly #standing = new Map<FaultPlace, FaultItem>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same code again keeps its beginning. */
  raise(place: FaultPlace, fault: Fault): void {
    const known = this.#standing.get(place);
    const since = known?.code === fault.code ? known.sinceMicros : this.#clock.wallMicros();
    this.#standing.set(place, itemOf(fault, since));
  }

  clear(place: FaultPlace): void {
    this.#standing.delete(place);
  }

  items(): FaultItem[] {
    return Array.from(this.#standing.values());
  }
}
