// How long what a process server holds has been waiting for its target. Reports say how far each disk is cached and journaled, not since when: so it is
// noted here how far it was cached at which time. In memory alone; after a restart a delay is counted from then on.
import { MICROS_PER_MS, MICROS_PER_SECOND } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { UPLOAD_NOTE_MS, UPLOAD_NOTES_MAX } from "../limits.ts";

interface Note {
  readonly atMicros: number;
  readonly cachedSequence: number;
}

type Progress = { readonly diskId: string; readonly cachedSequence: number; readonly journaledSequence: number };

export class UploadDelays {
  readonly #clock: Clock;
  /** Of each disk, oldest first: what was cached then and is not journaled yet. */
  readonly #notes = new Map<string, readonly Note[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes what process servers say of all their disks; of a disk that nobody names, what was noted goes. */
  note(said: readonly Progress[]): void {
    const named = new Set(said.map(({ diskId }) => diskId));
    for (const diskId of this.#notes.keys()) if (!named.has(diskId)) this.#notes.delete(diskId);
    for (const progress of said) this.#noteOne(progress);
  }

  /** Seconds. 0 when nothing waits. */
  of(diskId: string): number {
    const [oldest] = this.#notes.get(diskId) ?? [];
    return oldest === undefined ? 0 : (this.#clock.monotonicMicros() - oldest.atMicros) / MICROS_PER_SECOND;
  }

  #noteOne({ diskId, cachedSequence, journaledSequence }: Progress): void {
    const before = this.#notes.get(diskId) ?? [];
    // Sequences of another branch begin anew.
    const isSame = (before.at(-1)?.cachedSequence ?? 0) <= cachedSequence;
    const waiting = isSame ? before.filter((note) => note.cachedSequence > journaledSequence) : [];
    const now = this.#clock.monotonicMicros();
    const last = waiting.at(-1);
    const isNew = cachedSequence > Math.max(journaledSequence, last?.cachedSequence ?? 0);
    const isDue = last === undefined || now - last.atMicros >= UPLOAD_NOTE_MS * MICROS_PER_MS;
    const notes = isNew && isDue ? [...waiting, { atMicros: now, cachedSequence }] : waiting;
    // Beyond what is kept every second note goes: a delay is then known a little less closely.
    this.#notes.set(diskId, notes.length <= UPLOAD_NOTES_MAX ? notes : notes.filter((_, index) => index % 2 === 0));
  }
}
