import { type Fault, Waiters } from "@leeward/base";
import type { EventReport } from "@leeward/proto";
import type { Clock } from "@leeward/world";

/** Where something that concerns the whole machine can be wrong. */
export type FaultSource = "configuration" | "identity" | "offers" | "hooks" | "group" | "host";

export interface ShownFault {
  readonly fault: Fault;
  readonly sinceMicros: number;
}

export interface MachineFaultsOptions {
  readonly clock: Clock;
  /** Told of each fault when it begins. */
  readonly onEvent: (event: EventReport) => void;
}

/**
 * What is wrong with what people put beside the agent while it runs: its configuration, its certificates, its disk offers, its
 * hooks. What was good last stays in force; each fault is shown until it is mended, and told once.
 */
export class MachineFaults {
  readonly #options: MachineFaultsOptions;
  readonly #waiters = new Waiters();
  readonly #shown = new Map<FaultSource, readonly ShownFault[]>();

  constructor(options: MachineFaultsOptions) {
    this.#options = options;
  }

  all(): readonly ShownFault[] {
    return [...this.#shown.values()].flat();
  }

  changed(): Promise<void> {
    return this.#waiters.next();
  }

  /** All that is wrong at the source now. */
  set(source: FaultSource, faults: readonly Fault[]): void {
    const before = this.#shown.get(source) ?? [];
    const now = this.#options.clock.wallMicros();
    const shown = faults.map(
      (fault) => before.find((each) => each.fault.message === fault.message) ?? { fault, sinceMicros: now },
    );
    this.#shown.set(source, shown);
    const begun = shown.filter((each) => !before.includes(each));
    for (const { fault } of begun) this.#options.onEvent(eventOf(source, fault));
    if (begun.length > 0 || shown.length !== before.length) this.#waiters.notify();
  }
}

function eventOf(source: FaultSource, { code, message }: Fault): EventReport {
  return { kind: "agent-fault", subject: source, message, detail: { code }, severity: "warning" };
}
