// The passes in the background that compare every block of every disk with its replica, within the days of the policy.
//
// Invariant: a disk's cursor is durable and moves only past what was looked at, so that a restart goes on where it was and leaves nothing out.
// Worst outcome if broken: a block that is never compared, in a list that says all is well.
import { anySignal, Fault, firstOf, isFault, MICROS_PER_MS, orAborted, Waiters } from "@leeward/base";
import type { Trace } from "@leeward/daemon";
import { DIGEST_WINDOW_BYTES } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { type EventLog, SELF } from "../events/event-log.ts";
import { VERIFY_LOOK_MS, VERIFY_REST_MS, VERIFY_RUNNING_MAX } from "../limits.ts";
import { diskStateOf } from "../sessions/disk-health.ts";
import type { Reports } from "../sessions/reports.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { Store } from "../store/store.ts";
import type { VerifyRow } from "../store/verify-rows.ts";
import type { DiskVerifier, VerifiedWindow } from "./disk-verifier.ts";
import { dueMicros, passAdvanced } from "./pass.ts";

export interface VerifyPassesOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly trace: Trace;
  readonly reports: Reports;
  readonly verifier: DiskVerifier;
  readonly isOnline: (memberId: string) => boolean;
}

export class VerifyPasses {
  readonly #options: VerifyPassesOptions;
  readonly #running = new Map<string, Promise<void>>();
  /** Disks whose last window failed, and until when they rest; of the monotonic clock. */
  readonly #resting = new Map<string, number>();
  readonly #ended = new Waiters();

  constructor(options: VerifyPassesOptions) {
    this.#options = options;
  }

  /** Compares what is due, until `signal` aborts. Rejects on a mistake of ours. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const inner = anySignal([signal, stop.signal]);
    try {
      while (!signal.aborted) {
        const ended = this.#ended.next();
        this.#beginDue(inner, (error) => stop.abort(error));
        await firstOf(inner, [
          (either) => this.#options.clock.sleep(VERIFY_LOOK_MS, either),
          (either) => orAborted(ended, either),
        ]);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      stop.abort();
      await Promise.all(this.#running.values());
    }
  }

  #beginDue(signal: AbortSignal, onFailure: (error: unknown) => void): void {
    const { store, clock, verifier } = this.#options;
    const daysOf = new Map(store.policies.list().map(({ name, settings }) => [name, settings.verifyDays ?? 0]));
    const verifyOf = store.verify.ofAll();
    for (const disk of store.disks.list()) {
      if (this.#running.size >= VERIFY_RUNNING_MAX) return;
      if (
        this.#running.has(disk.id) ||
        !this.#isDue(disk, verifyOf(disk.id), daysOf.get(disk.policy) ?? 0) ||
        !verifier.isFree(disk)
      )
        continue;
      if ((this.#resting.get(disk.id) ?? 0) > clock.monotonicMicros()) continue;
      const running = this.#window(disk, signal)
        .catch((error: unknown) => {
          if (!signal.aborted) onFailure(error);
        })
        .finally(() => {
          this.#running.delete(disk.id);
          this.#ended.notify();
        });
      this.#running.set(disk.id, running);
    }
  }

  #isDue(disk: DiskRow, row: VerifyRow, verifyDays: number): boolean {
    const { clock, reports, isOnline } = this.#options;
    // What a rescanned disk holds now is not what was sent last.
    if (disk.capture === "rescan") return false;
    if (disk.state !== "protected" || !isOnline(disk.machineId) || !isOnline(disk.masterTargetId)) return false;
    const said = reports.ofDisk(disk);
    if (diskStateOf(said) !== "protected") return false;
    const { createdMicros } = disk;
    const due = dueMicros(row, {
      createdMicros,
      verifyDays,
      sizeBytes: said.agent?.sizeBytes ?? 0,
    });
    return due !== undefined && due <= clock.wallMicros();
  }

  async #window(disk: DiskRow, signal: AbortSignal): Promise<void> {
    const { store, clock, verifier, trace } = this.#options;
    const row = store.verify.of(disk.id);
    const begun = clock.wallMicros();
    let window: VerifiedWindow;
    try {
      window = await verifier.window(disk, row.offset, signal);
    } catch (error) {
      if (signal.aborted || !isFault(error)) throw error;
      trace.warn("A part of a disk could not be compared with its replica.", { fault: error, disk: disk.id });
      this.#resting.set(disk.id, clock.monotonicMicros() + VERIFY_REST_MS * MICROS_PER_MS);
      // What passes is tried again at the same place; what does not must not keep the rest from being compared.
      if (error.kind === "transient") return;
      window = this.#passedOver(disk, row, error);
    }
    store.transaction(() => {
      const now = store.verify.of(disk.id);
      // A verification that a person asked for may have ended meanwhile: its result is newer.
      if (now.begunMicros !== row.begunMicros || now.offset !== row.offset) return;
      store.verify.put(passAdvanced({ ...now, begunMicros: now.begunMicros ?? begun }, window, clock.wallMicros()));
    });
  }

  #passedOver(disk: DiskRow, { offset }: VerifyRow, fault: Fault): VerifiedWindow {
    const diskBytes = this.#options.reports.ofDisk(disk).agent?.sizeBytes ?? 0;
    const end = offset + DIGEST_WINDOW_BYTES;
    const message = `The part of ${disk.name} from ${offset} on could not be compared with its replica: ${fault.message}`;
    const detail = { disk: disk.id, offset, code: fault.code };
    this.#options.events.add(SELF, {
      severity: "warning",
      kind: "verify-failed",
      subject: disk.name,
      message,
      detail,
    });
    const skippedBytes = Math.max(0, Math.min(end, diskBytes) - offset);
    return { comparedBytes: 0, skippedBytes, differingBytes: 0, repairedBytes: 0, end, diskBytes };
  }
}
