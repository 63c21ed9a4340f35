import type { Fault } from "@leeward/base";
import type { WorkRates } from "@leeward/world";
import type { Capture } from "./capture.ts";
import { type SplitterState, spansOf } from "./splitter-state.ts";

/** What is known of a splitter at one moment. */
export interface SplitterFacts {
  readonly state: SplitterState;
  /** A whole copy of the disk has been logged: points are made although it is copied once more for another target. */
  readonly complete: boolean;
  readonly branch: string;
  /** Last sequence that was taken. */
  readonly writtenSequence: number;
  /** Last sequence that is durable in the log. */
  readonly durableSequence: number;
  /** Last sequence that may leave the machine. */
  readonly sendableSequence: number;
  /** First sequence that the log holds, or will hold. */
  readonly firstSequence: number;
  readonly logBytes: number;
  /** By applications, since the disk was opened. */
  readonly writtenBytes: number;
  /**
   * Of the copy of the whole disk that is open, up to its `doneBytes`: what the target was not known to hold. undefined when none is open, or nothing
   * is left out of it.
   */
  readonly differingBytes: number | undefined;
  /** What is wrong now. */
  readonly faults: readonly Fault[];
  /** Of the last minute: reading what is copied, and the log. */
  readonly work: { readonly read: WorkRates; readonly log: WorkRates | undefined };
  /** Bytes of frames that were logged since the log was opened, up to which sequence; undefined while there is none. */
  readonly logged: { readonly sequence: number; readonly bytes: number } | undefined;
}

/** What of the facts the capture does not know by itself. */
export interface CopyFacts extends Pick<SplitterFacts, "branch" | "differingBytes"> {
  /** Why the disk is copied again: shown while a copy is open. */
  readonly copyFaults: readonly Fault[];
  /** What keeps the bitmap from being caught up. */
  readonly catchUpFault: Fault | undefined;
}

export function splitterFactsOf({ log, state, tally, parts, reads }: Capture, copies: CopyFacts): SplitterFacts {
  const { branch, differingBytes, copyFaults, catchUpFault } = copies;
  const faults = "fault" in state && state.fault !== undefined ? [state.fault] : [];
  return {
    state,
    complete: parts.stateFile.state.complete,
    branch,
    writtenSequence: log.last,
    durableSequence: log.durable,
    sendableSequence: log.sendable,
    firstSequence: log.log?.firstSequence ?? 1,
    logBytes: log.bytes,
    writtenBytes: tally.writtenBytes,
    differingBytes,
    work: { read: reads.rates(), log: log.log?.work.rates() },
    logged: log.log && { sequence: log.log.writtenSequence, bytes: log.log.writtenBytes },
    faults: [
      ...faults,
      ...(spansOf(state).copy === undefined ? [] : copyFaults),
      ...(catchUpFault === undefined || faults.includes(catchUpFault) ? [] : [catchUpFault]),
    ],
  };
}
