// Whole copies for further targets: one that began to follow in the middle of a branch, or goes on behind a hole, holds nothing of what came before. Its
// target says so, and the source is asked to be read for it.
//
// Nothing of this is kept: as long as a target says that it needs a copy, its agent is asked, and one that has begun behind what the target holds is the
// answer. A crash or a restart costs another look, at most another copy. A copy that brought some target no point is not followed closely by the next: one that
// loses its place again and again is no reason to read the source without end.
import { type Fault, isFault } from "@leeward/base";
import type { Trace } from "@leeward/daemon";
import type { TargetDiskStatus } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { type EventLog, SELF } from "../events/event-log.ts";
import { FURTHER_COPY_AGAIN_MS, FURTHER_COPY_RETRY_MS } from "../limits.ts";
import { atEachReport } from "../sessions/at-each-report.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { Reports } from "../sessions/reports.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { Store } from "../store/store.ts";

export interface FurtherCopiesOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly trace: Trace;
  readonly requests: MemberRequests;
  readonly reports: Reports;
  readonly isOnline: (memberId: string) => boolean;
}

/** What was answered last for a disk. */
interface Asked {
  /** Not asked again before (monotonic microseconds). */
  readonly untilMicros: number;
  /** Where the copy that was begun lies behind. */
  readonly begun?: { readonly branch: string; readonly sequence: number };
  readonly refused?: string;
}

export class FurtherCopies {
  readonly #options: FurtherCopiesOptions;
  readonly #asked = new Map<string, Asked>();

  constructor(options: FurtherCopiesOptions) {
    this.#options = options;
  }

  /** Looks at every report, and now and then, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void> {
    const { clock, reports } = this.#options;
    return atEachReport({ clock, reports, everyMs: FURTHER_COPY_RETRY_MS }, (inner) => this.#sweep(inner), signal);
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    // An agent that does not answer holds up its own disks alone.
    const { store } = this.#options;
    const following = new Set(store.furtherTargets.list().map(({ diskId }) => diskId));
    if (following.size === 0) return;
    const disks = store.disks.list().filter(({ id }) => following.has(id));
    const byMachine = Map.groupBy(disks, ({ machineId }) => machineId);
    await Promise.all(Array.from(byMachine.values(), (disks) => this.#sweepMachine(disks, signal)));
  }

  async #sweepMachine(disks: readonly DiskRow[], signal: AbortSignal): Promise<void> {
    for (const disk of disks) {
      if (signal.aborted) return;
      const needed = this.#neededOf(disk);
      if (needed !== undefined) await this.#ask(disk, needed, signal);
    }
  }

  /** What the target says that is farthest and needs a copy: one behind that serves the others, too. */
  #neededOf(disk: DiskRow): TargetDiskStatus | undefined {
    const { store, reports, isOnline, clock } = this.#options;
    if (disk.state !== "protected" || !isOnline(disk.machineId)) return undefined;
    const branch = reports.ofDisk(disk).agent?.branch;
    const told = store.furtherTargets.of(disk.id).flatMap(({ targetId, state }) => {
      const said = state === "following" && isOnline(targetId) ? reports.ofTarget(targetId, disk.id) : undefined;
      return said !== undefined && said.branch === branch ? [said] : [];
    });
    // What was asked for is done: a need that comes later is another one.
    if (told.length > 0 && told.every(({ history, copyNeeded }) => history !== "gap" && !copyNeeded))
      this.#asked.delete(disk.id);
    const asked = this.#asked.get(disk.id);
    if (asked !== undefined && clock.monotonicMicros() < asked.untilMicros) return undefined;
    return told
      .filter(({ copyNeeded }) => copyNeeded)
      .filter(
        ({ branch: on, journaledSequence }) =>
          !(asked?.begun?.branch === on && journaledSequence < asked.begun.sequence),
      )
      .toSorted((a, b) => b.journaledSequence - a.journaledSequence)[0];
  }

  async #ask(disk: DiskRow, { branch, journaledSequence }: TargetDiskStatus, signal: AbortSignal): Promise<void> {
    const { store, requests, events, clock } = this.#options;
    const agent = store.members.byId(disk.machineId);
    if (agent === undefined) return;
    const untilMicros = (ms: number): number => clock.monotonicMicros() + ms * 1_000;
    try {
      const value = { diskId: disk.id, branch, afterSequence: journaledSequence };
      const begun = await requests.ask(agent, { kind: "copyDisk", value }, { signal });
      this.#asked.set(disk.id, { begun, untilMicros: untilMicros(FURTHER_COPY_AGAIN_MS) });
      const subject = `${agent.name}/${disk.name}`;
      const message = `${subject} is read as a whole once more, for a further target that holds nothing of it.`;
      events.add(SELF, { severity: "info", kind: "copy-begun", subject, message, detail: { disk: disk.id } });
    } catch (error) {
      if (!isFault(error) || signal.aborted) throw error;
      this.#refused(disk, error);
      this.#asked.set(disk.id, { refused: error.code, untilMicros: untilMicros(FURTHER_COPY_RETRY_MS) });
    }
  }

  /** Said once: what passes by itself in the trace alone. */
  #refused(disk: DiskRow, fault: Fault): void {
    const { trace, events } = this.#options;
    if (this.#asked.get(disk.id)?.refused === fault.code) return;
    trace.warn("A copy for a further target cannot begin yet.", { fault, disk: disk.id });
    if (fault.kind === "transient") return;
    const message = `${disk.name} cannot be read for a further target: ${fault.message}`;
    const detail = { disk: disk.id, code: fault.code };
    events.add(SELF, { severity: "warning", kind: "copy-refused", subject: disk.name, message, detail });
  }
}
