// Works off the copies of a disk, within the window that its rescans keep to.
//
// A copy of the whole disk that nobody asked for keeps to its window (RescanWindow), as long as there are points to go back to. One that the window's end
// comes upon stays open where it is. A fault of the disk is shown and tried again on the retry schedule. Worst outcome if broken: a copy that reads the
// disk at the wrong time of the day, or one that never ends.
import { anySignal, type Fault, firstOf, isFault, orAborted, retryDelayMs } from "@leeward/base";
import type { OpenSpan, Splitter } from "@leeward/splitter";
import type { Clock } from "@leeward/world";
import type { ShownFault } from "../inventory/machine-faults.ts";
import type { RescanWindow } from "./rescan-window.ts";

export interface WindowedCopiesOptions {
  readonly clock: Clock;
  readonly rescans: RescanWindow;
  /** Told of what keeps a copy from going on, and when one has ended. */
  readonly onFault: (fault: Fault | undefined) => void;
  /** Told when `waiting` is another. */
  readonly onChange: () => void;
}

export class WindowedCopies {
  readonly #options: WindowedCopiesOptions;
  #waiting: ShownFault | undefined;

  constructor(options: WindowedCopiesOptions) {
    this.#options = options;
  }

  /** Why the copy that is open does not go on now. */
  get waiting(): ShownFault | undefined {
    return this.#waiting;
  }

  /** Works off whatever copy is open at the splitter, until the signal aborts. */
  async run(splitter: Splitter, signal: AbortSignal): Promise<never> {
    const { clock, rescans, onFault } = this.#options;
    // Of the copy that is open: nothing else that happens to the disk is an attempt at it.
    let failures = 0;
    for (;;) {
      try {
        const changed = splitter.changed();
        const copy = copyOf(splitter);
        this.#showWaiting(copy && rescans.waits(copy));
        if (copy === undefined) await orAborted(changed, signal);
        else if (this.#waiting !== undefined) await this.#windowChange(signal);
        else {
          await this.#copyInWindow(splitter, copy, signal);
          onFault(undefined);
          failures = 0;
        }
      } catch (error) {
        if (signal.aborted || !isFault(error)) throw error;
        onFault(error);
        failures += 1;
        await clock.sleep(retryDelayMs(failures), signal);
      }
    }
  }

  /** Copies until the copy has ended, or may not go on: it stays open then. */
  async #copyInWindow(splitter: Splitter, copy: OpenSpan, signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const closed = new AbortController();
    const either = anySignal([signal, closed.signal]);
    const closing = this.#untilWaiting(copy, anySignal([either, ended.signal])).then(
      () => closed.abort(),
      (error: unknown) => {
        if (!either.aborted && !ended.signal.aborted) throw error;
      },
    );
    try {
      await splitter.copy(either);
    } catch (error) {
      if (signal.aborted || error !== closed.signal.reason) throw error;
    } finally {
      ended.abort();
      await closing;
    }
  }

  async #untilWaiting(copy: OpenSpan, signal: AbortSignal): Promise<void> {
    while (this.#options.rescans.waits(copy) === undefined) await this.#windowChange(signal);
  }

  #windowChange(signal: AbortSignal): Promise<void> {
    const { clock, rescans } = this.#options;
    const { staysMs } = rescans;
    const changed = rescans.changed();
    return firstOf(signal, [(either) => clock.sleep(staysMs, either), (either) => orAborted(changed, either)]);
  }

  #showWaiting(fault: Fault | undefined): void {
    if (fault?.message === this.#waiting?.fault.message) return;
    const sinceMicros = this.#waiting?.sinceMicros ?? this.#options.clock.wallMicros();
    this.#waiting = fault && { fault, sinceMicros };
    this.#options.onChange();
  }
}

/** The copy of the whole disk that is open. */
export function copyOf({ state }: Splitter): OpenSpan | undefined {
  return "copy" in state ? state.copy : undefined;
}
